import { Ajv, type ValidateFunction } from 'ajv';
import { isDeepStrictEqual } from 'node:util';
import type { Judged, Rule } from './judged.ts';
import type { RecordMessage, Row, SchemaMessage } from './transcript.ts';

// Rules about stdout: lines, SCHEMA messages and RECORD messages.

const KEYS: Readonly<Record<string, readonly string[]>> = {
  SCHEMA: ['type', 'stream', 'schema', 'key_properties', 'bookmark_properties'],
  RECORD: ['type', 'stream', 'record', 'time_extracted'],
  STATE: ['type', 'value'],
};
/** target-stitch has the lowest limit of all targets. */
const MAX_LINE = 20_000_000;
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const HALF_PAIR = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

const schemasIn = ({ lines }: Judged): SchemaMessage[] =>
  lines.flatMap(({ message }) => (message?.type === 'SCHEMA' ? [message] : []));
const recordsIn = ({ lines }: Judged): RecordMessage[] =>
  lines.flatMap(({ message }) => (message?.type === 'RECORD' ? [message] : []));

/** Returns each record's violations of its stream's SCHEMA. Another rule covers records without a SCHEMA. */
function ofRecords(run: Judged, fault: (record: Row, schema: SchemaMessage) => string | undefined): string[] {
  const schemas = new Map(schemasIn(run).map((schema) => [schema.stream, schema]));
  return recordsIn(run).flatMap(({ stream, record }) => {
    const schema = schemas.get(stream);
    const found = schema === undefined ? undefined : fault(record, schema);
    return found === undefined ? [] : [`${stream}: ${found}`];
  });
}

const validators = new Map<string, ValidateFunction>();

/** A JSON Schema draft 7 validator that checks times as strictly as targets do. */
function validatorOf(schema: Row): ValidateFunction {
  const text = JSON.stringify(schema);
  const known = validators.get(text);
  if (known !== undefined) return known;
  const ajv = new Ajv({ strict: false });
  ajv.addFormat('date-time', (value) => UTC.test(value) && !Number.isNaN(Date.parse(value)));
  const validator = ajv.compile(schema);
  validators.set(text, validator);
  return validator;
}

/** Returns all strings in a value, including keys, at any depth. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)]);
}

function propertyFaults(name: string, property: Row): string[] {
  const { type } = property;
  const faults = Object.keys(property).filter(
    (key) => !['type', 'format', 'description', 'additionalProperties'].includes(key),
  );
  if (!Array.isArray(type) || !type.includes('null') || type.length !== 2) faults.push(`type ${JSON.stringify(type)}`);
  return faults.map((fault) => `${name} has ${fault}`);
}

export const MESSAGE_RULES: readonly Rule[] = [
  {
    name: '3.1 whole lines',
    sentence: 'The output ends with a line break, unless the tap was killed.',
    broken: ({ rest, wasKilled }) => (rest === '' || wasKilled ? [] : [rest.slice(0, 80)]),
  },
  {
    name: '3.1 one message per line',
    sentence: 'Every line is one JSON object with a type, because targets accept nothing else.',
    broken: ({ lines }) => lines.flatMap(({ text, message }) => (message === undefined ? [text.slice(0, 80)] : [])),
  },
  {
    name: '3.1 known messages',
    sentence:
      'All messages are SCHEMA, RECORD or STATE, with only known keys, because targets fail on any other message or key.',
    broken: ({ lines }) =>
      lines.flatMap(({ message }) => {
        if (message === undefined) return [];
        const known = KEYS[message.type];
        if (known === undefined) return [message.type];
        const needed = known.filter((key) => key !== 'bookmark_properties');
        const missing = needed.filter((key) => !(key in message)).map((key) => `${message.type} without ${key}`);
        const foreign = Object.keys(message).filter((key) => !known.includes(key));
        return [...missing, ...foreign.map((key) => `${message.type} with ${key}`)];
      }),
  },
  {
    name: '3.1 ASCII',
    sentence: 'Every line is ASCII, because SDK targets read in the encoding of their locale.',
    broken: ({ lines }) => lines.flatMap(({ text }) => (/^[\x20-\x7e]*$/.test(text) ? [] : [text.slice(0, 80)])),
  },
  {
    name: '3.1 no U+0000, no half pairs',
    sentence: 'No string contains U+0000 or half of a surrogate pair, which make Postgres targets fail.',
    broken: ({ lines }) =>
      lines.flatMap(({ text, message }) => {
        // A line can contain U+0000 or a lone surrogate only as an escape.
        if (!/\\u(?:0000|d[89a-f])/i.test(text)) return [];
        return textsIn(message).filter((one) => one.includes('\0') || HALF_PAIR.test(one));
      }),
  },
  {
    name: '2.6 line length',
    sentence: 'Every line is shorter than 20 MB.',
    broken: ({ lines }) => lines.flatMap(({ text }) => (text.length < MAX_LINE ? [] : [`${text.length} bytes`])),
  },
  {
    name: '3.2 SCHEMA before RECORD',
    sentence: 'A stream has a SCHEMA before its first RECORD.',
    broken: ({ lines }) => {
      const seen = new Set<string>();
      return lines.flatMap(({ message }) => {
        if (message?.type === 'SCHEMA') seen.add(message.stream);
        return message?.type === 'RECORD' && !seen.has(message.stream) ? [message.stream] : [];
      });
    },
  },
  {
    name: '3.2 SCHEMA once',
    sentence:
      'A sync prints one SCHEMA per stream, because a second SCHEMA makes some targets write everything they have buffered.',
    broken: (run) => {
      const streams = schemasIn(run).map(({ stream }) => stream);
      return streams.filter((stream, i) => streams.indexOf(stream) !== i);
    },
  },
  {
    name: '3.2 SCHEMA of every stream',
    sentence: 'Every selected stream has a SCHEMA, even without records, and no other stream has a SCHEMA.',
    broken: (run) => {
      const streams = schemasIn(run).map(({ stream }) => stream);
      const due = [...run.expected.keys()];
      const foreign = streams.filter((stream) => !due.includes(stream)).map((stream) => `${stream} was not selected`);
      if (run.neverBegan || run.sent !== undefined) return foreign;
      return [...foreign, ...due.filter((stream) => !streams.includes(stream))];
    },
  },
  {
    name: '3.2 a key',
    sentence: 'Every SCHEMA has a key that is one of its fields, because PipelineWise targets fail without a key.',
    broken: (run) =>
      schemasIn(run).flatMap(({ stream, key_properties: keys, schema }) => {
        const { key } = run.expected.get(stream) ?? {};
        const fits = key !== undefined && isDeepStrictEqual(keys, [key]) && key in schema.properties;
        return fits ? [] : [`${stream}: ${JSON.stringify(keys)}`];
      }),
  },
  {
    name: '3.2 dialect',
    sentence:
      'A schema is an open object. Its fields have nullable types, and declare nothing else that targets would validate.',
    broken: (run) =>
      schemasIn(run).flatMap(({ stream, schema }) => {
        const faults = Object.entries(schema.properties).flatMap(([name, property]) => propertyFaults(name, property));
        const root = Object.keys(schema).toSorted().join(',');
        if (root !== 'additionalProperties,properties,type') faults.push(`the root has ${root}`);
        if (schema['type'] !== 'object' || schema['additionalProperties'] !== true)
          faults.push('the root does not allow additional properties');
        return faults.map((fault) => `${stream}: ${fault}`);
      }),
  },
  {
    name: '4.2 SCHEMA fields',
    sentence: 'A SCHEMA has only the selected fields, the key and the cursor.',
    broken: (run) =>
      schemasIn(run).flatMap(({ stream, schema }) => {
        const fields = [...(run.expected.get(stream)?.fields ?? [])].toSorted().join(',');
        const found = Object.keys(schema.properties).toSorted().join(',');
        return run.expected.has(stream) && found !== fields ? [`${stream}: ${found}`] : [];
      }),
  },
  {
    name: '3.3 records match their SCHEMA',
    sentence: 'Every RECORD matches its SCHEMA, because SDK targets fail otherwise.',
    broken: (run) =>
      ofRecords(run, (record, { schema }) => {
        const validate = validatorOf(schema);
        return validate(record) ? undefined : JSON.stringify(validate.errors?.[0]);
      }),
  },
  {
    name: '3.3 every field',
    sentence:
      'Every RECORD has every field of its SCHEMA, if only as null, because targets would otherwise keep old values.',
    broken: (run) =>
      ofRecords(run, (record, { schema }) => Object.keys(schema.properties).find((field) => !(field in record))),
  },
  {
    name: '4.2 no deselected field',
    sentence: 'No RECORD has a field that the catalog deselects, because target-jsonl writes every field it receives.',
    broken: (run) =>
      recordsIn(run).flatMap(({ stream, record }) => {
        const { deselected = [] } = run.expected.get(stream) ?? {};
        return deselected.filter((field) => field in record).map((field) => `${stream}: ${field}`);
      }),
  },
  {
    name: '3.3 a value for the key',
    sentence: 'Every RECORD has a string key, because no table accepts null as a key.',
    broken: (run) =>
      ofRecords(run, (record, { key_properties: [key = ''] }) => {
        const value = record[key];
        return typeof value === 'string' && value !== '' ? undefined : `${key} is ${JSON.stringify(value)}`;
      }),
  },
  {
    name: '3.3 times in UTC',
    sentence: 'Every time ends with Z, because PipelineWise targets drop an offset.',
    broken: (run) => [
      ...recordsIn(run).flatMap(({ time_extracted: at }) => (UTC.test(at) ? [] : [`time_extracted ${at}`])),
      ...ofRecords(run, (record, { schema }) => {
        const times = Object.entries(schema.properties).filter(([, { format }]) => format === 'date-time');
        const wrong = times.find(([field]) => typeof record[field] === 'string' && !UTC.test(record[field]));
        return wrong?.[0];
      }),
    ],
  },
  {
    name: '3.1 whole numbers',
    sentence: 'No integer has an exponent, because Python parses 1e21 as a float.',
    broken: (run) =>
      ofRecords(run, (record, { schema }) => {
        const integers = Object.entries(schema.properties).filter(([, { type }]) =>
          (type as string[]).includes('integer'),
        );
        return integers.find(
          ([field]) => record[field] !== null && !/^-?\d+$/.test(JSON.stringify(record[field]) ?? ''),
        )?.[0];
      }),
  },
];
