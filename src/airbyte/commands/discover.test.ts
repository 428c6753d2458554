import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import {
  type Field,
  boolean,
  integer,
  listOfObjects,
  listOfTexts,
  number,
  object,
  text,
  timestamp,
} from '../../core/stream/fields.ts';
import type { ParsedPage } from '../../core/stream/request.ts';
import type { Stream } from '../../core/stream/stream.ts';
import { streams } from '../../platforms/compose/streams/index.ts';
import { startServer } from '../../../test-support/unit/http.ts';
import { Printout, jsonFile, openContext } from '../../../test-support/unit/output.ts';
import type { Row } from '../../core/record/row.ts';
import { streamsIn } from '../protocol/configured-catalog.ts';
import { catalogStream, runDiscover } from './discover.ts';
import type { JsonSchema } from '../../core/stream/json-schema.ts';

test('discover prints a single catalog with all streams, and sends no request', async () => {
  const { origin, requests } = await startServer((_, response) => response.end());
  const { context, messages } = openContext();
  const config = jsonFile({ api_token: 'wrong', base_url: origin });
  await expect(runDiscover(context, config)).resolves.toBe(0);
  const [log, ...catalogs] = messages();
  expect(log).toMatchObject({ type: 'LOG', log: { message: expect.stringContaining('discover') } });
  expect(catalogs).toEqual([{ type: 'CATALOG', catalog: { streams: streams.map(catalogStream) } }]);
  expect(requests).toEqual([]);
});

const IBM = { name: 'ibm_cloud', api_key: 'k' };
const WITHOUT_LOGS = { ...IBM, access_review: true, api_keys: true };

test('a stream that requires an unset option is omitted, and this is reported in the log and on the terminal', async () => {
  const { context, messages } = openContext();
  const seen: string[] = [];
  const terminal = { write: (line: string) => void seen.push(line), columns: () => 80 };
  await runDiscover({ ...context, terminal }, jsonFile({ platform: WITHOUT_LOGS }));
  expect(seen).toEqual(['The stream audit_events is omitted. To read it, set the option platform.logs_instances.\n']);
  expect(messages().slice(1)).toMatchObject([
    {
      type: 'LOG',
      log: {
        level: 'INFO',
        message: 'The stream audit_events is omitted. To read it, set the option platform.logs_instances.',
      },
    },
    { type: 'CATALOG' },
  ]);
});

test('discover --configured prints only a catalog that read accepts, with one stream per line', async () => {
  const { context, stderr } = openContext();
  const out = new Printout();
  const code = await runDiscover(
    { ...context, writer: out.writer },
    jsonFile({ platform: WITHOUT_LOGS, start_dat: '' }),
    true,
  );
  expect(code).toBe(0);
  const catalog = JSON.parse(out.text) as { streams: Row[] };
  expect(out.text.split('\n')).toHaveLength(catalog.streams.length + 3);
  const modes = catalog.streams.map((entry) => [(entry['stream'] as Row)['name'], entry['sync_mode']]);
  expect(modes).toContainEqual(['teams', 'full_refresh']);
  expect(modes).toContainEqual(['billables', 'incremental']);
  expect(streamsIn(catalog, '').map(({ name, mode }) => [name, mode])).toEqual(modes);
  expect(stderr()).toBe(
    'Warning: the config has an unknown option start_dat, which is ignored: did you mean start_date?\n' +
      'The stream audit_events is omitted. To read it, set the option platform.logs_instances.\n',
  );
});

test('a misspelled option is reported in the log and on the terminal', async () => {
  const { context, messages } = openContext();
  const seen: string[] = [];
  const terminal = { write: (line: string) => void seen.push(line), columns: () => 80 };
  const config = jsonFile({ api_token: 'a', start_dat: '2018' });
  await runDiscover({ ...context, terminal }, config);
  const sentence = 'the config has an unknown option start_dat, which is ignored: did you mean start_date?';
  expect(messages()).toContainEqual({ type: 'LOG', log: { level: 'WARN', message: sentence } });
  expect(seen).toEqual([`Warning: ${sentence}\n`]);
});

test('an invalid config causes a config_error, and no catalog is printed', async () => {
  const { context, messages } = openContext();
  const config = jsonFile({ api_token: '' });
  await expect(runDiscover(context, config)).rejects.toMatchObject({
    failureType: 'config_error',
    message: `The config file ${config} cannot be used: platform.api_token must not be empty.`,
  });
  expect(messages().map(({ type }) => type)).toEqual(['LOG']);
});

const fields = { id: text('Id.'), created_at: timestamp('When it was made.') };
const nothing = (): ParsedPage => ({ rows: [] });
const plain: Stream = {
  name: 'parts',
  description: 'Parts.',
  retrieval: { way: 'once', request: () => ({ path: 'parts' }), rows: nothing },
  primaryKey: 'id',
  fields,
};

test('a stream without a cursor supports only full refreshes', () => {
  expect(catalogStream(plain)).toEqual({
    name: 'parts',
    json_schema: expect.objectContaining({ type: 'object' }) as JsonSchema,
    supported_sync_modes: ['full_refresh'],
    source_defined_primary_key: [['id']],
  });
});

test.each<Stream['retrieval']>([
  { way: 'newest-first', cursorField: 'created_at', path: 'parts', query: () => ({}), rows: nothing },
  {
    way: 'partition',
    partitions: async () => ({ chosen: [], all: undefined }),
    request: () => ({ path: 'parts' }),
    rows: nothing,
    cursorField: 'created_at',
  },
])('a stream with a cursor ($way) is resumable and supports incremental syncs', (retrieval) => {
  expect(catalogStream({ ...plain, retrieval })).toEqual({
    name: 'parts',
    json_schema: expect.objectContaining({ type: 'object' }) as JsonSchema,
    supported_sync_modes: ['full_refresh', 'incremental'],
    source_defined_cursor: true,
    default_cursor_field: ['created_at'],
    is_resumable: true,
    source_defined_primary_key: [['id']],
  });
});

const FIELDS: Array<[name: string, field: Field, type: string, values: unknown[]]> = [
  ['text', text('D.'), 'string', ['', 'a']],
  ['integer', integer('D.'), 'integer', [0, -7]],
  ['number', number('D.'), 'number', [0.5, 3]],
  ['boolean', boolean('D.'), 'boolean', [true, false]],
  ['timestamp', timestamp('D.'), 'string', ['2017-08-30T12:46:29.000Z']],
  ['object', object('D.', { id: text('Id.') }), 'object', [{}, { id: null, more: 1 }, { id: 'a' }]],
  ['listOfObjects', listOfObjects('D.', { id: text('Id.') }), 'array', [[], [{ id: 'a', more: 1 }, null]]],
  ['listOfTexts', listOfTexts('D.'), 'array', [[], ['a', null]]],
];

const recordSchema = (fields: Record<string, Field>): JsonSchema => catalogStream({ ...plain, fields }).json_schema;

function schemaOf(field: Field): JsonSchema {
  const { properties } = recordSchema({ field });
  return (properties as { field: JsonSchema }).field;
}

test.each(FIELDS)(
  'the schema of a field of type %s contains a single type besides null, and the description',
  (_, field, type) => {
    expect(schemaOf(field)).toMatchObject({ type: ['null', type], description: 'D.' });
  },
);

test.each(FIELDS)('the schema of a field of type %s allows null and values of that type', (_, field, __, values) => {
  const allows = new Ajv({ strict: false, validateFormats: false }).compile(recordSchema({ field }));
  for (const value of [null, ...values]) expect(allows({ field: value })).toBe(true);
  expect(allows({ field: Symbol('neither') })).toBe(false);
});

test('the schema of a timestamp declares that it has a time zone', () => {
  expect(schemaOf(timestamp('D.'))).toMatchObject({ format: 'date-time', airbyte_type: 'timestamp_with_timezone' });
});

test('the schemas of objects and lists declare their known content and allow other content', () => {
  const inside = { type: ['null', 'object'], additionalProperties: true, properties: { id: schemaOf(text('Id.')) } };
  expect(schemaOf(object('D.', { id: text('Id.') }))).toMatchObject(inside);
  expect(schemaOf(listOfObjects('D.', { id: text('Id.') }))['items']).toEqual(inside);
  expect(schemaOf(listOfTexts('D.'))['items']).toEqual({ type: ['null', 'string'] });
});

test('the schema of a record allows undeclared fields and missing fields', () => {
  const schema = recordSchema({ b: text('B.'), a: integer('A.') });
  expect(schema).toMatchObject({ type: 'object', additionalProperties: true });
  expect(schema).not.toHaveProperty('required');
  expect(Object.keys(schema['properties'] as object)).toEqual(['b', 'a']);
  const allows = new Ajv({ strict: false }).compile(schema);
  expect(allows({})).toBe(true);
  expect(allows({ c: [] })).toBe(true);
  expect(allows({ a: 'x' })).toBe(false);
});
