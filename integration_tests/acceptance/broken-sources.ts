import type { CommandFiles } from './check.ts';
import { fakeRead, type FakeSource, putValue } from './fake-source.ts';
import { isObject } from './json-schema.ts';
import type { PlainMessage } from './valid-read.ts';

/** One thing broken in the fake source, and the check that must catch it. */
interface BrokenSource {
  readonly check: number;
  readonly name: string;
  /** The command prints nothing that could be checked, so the check throws. */
  readonly stops?: true;
  readonly change: (source: FakeSource) => void;
}

/** Adds or replaces an option of the specification. */
function option(name: string, schema: object): (source: FakeSource) => void {
  return (source) => putValue(source.spec, `connectionSpecification.properties.${name}`, schema);
}

const variant = (method: object, more: object = {}): object => ({
  type: 'object',
  properties: { method: { type: 'string', ...method }, ...more },
});
const signIn = (...variants: object[]): object => ({ type: 'object', oneOf: variants });
const oauth = variant({ const: 'oauth' }, { client_id: { type: 'string' } });
const apiKey = variant({ const: 'key' });
const flow = (path: string[]): object => ({
  predicate_key: ['sign_in', 'method'],
  predicate_value: 'oauth',
  oauth_config_specification: { output: { properties: { a: { path_in_connector_config: path } } } },
});

function withFlow(path: string[], ...variants: object[]): (source: FakeSource) => void {
  return (source) => {
    option('sign_in', signIn(...variants))(source);
    putValue(source.spec, 'advanced_auth', flow(path));
  };
}

const brokenSpecs: readonly BrokenSource[] = [
  { check: 1, name: 'the sample config has no token', change: ({ files }) => putValue(files, 'good', {}) },
  { check: 1, name: 'there is no sample config', change: ({ files }) => putValue(files, 'good', undefined) },
  { check: 1, name: 'the specification is no schema', change: option('page_size', { type: 'whole' }) },
  { check: 2, name: 'the checked-in file is older', change: option('page_size', { type: 'integer' }) },
  { check: 3, name: 'an enum with a value twice', change: option('mode', { type: 'string', enum: ['a', 'b', 'a'] }) },
  { check: 4, name: 'a choice without an object', change: option('sign_in', { oneOf: [oauth, apiKey] }) },
  { check: 4, name: 'a variant without properties', change: option('sign_in', signIn(oauth, { type: 'object' })) },
  {
    check: 4,
    name: 'variants without a constant',
    change: option('sign_in', signIn(variant({}), variant({}))),
  },
  {
    check: 4,
    name: 'two constants in all variants',
    change: option(
      'sign_in',
      signIn(variant({ const: 1 }, { other: { const: 2 } }), variant({ const: 3 }, { other: { const: 4 } })),
    ),
  },
  {
    check: 4,
    name: 'a default that is not the constant',
    change: option('sign_in', signIn(variant({ const: 'oauth', default: 'key' }), apiKey)),
  },
  {
    check: 4,
    name: 'an enum that is not the constant',
    change: option('sign_in', signIn(variant({ const: 'oauth', enum: ['oauth', 'key'] }), apiKey)),
  },
  { check: 5, name: 'a token that is no secret', change: option('Client_Secret', { type: 'string' }) },
  { check: 5, name: 'a switch that is a secret', change: option('key', { type: 'boolean', airbyte_secret: true }) },
  { check: 6, name: 'two types', change: option('ids', { type: ['string', 'integer'] }) },
  { check: 6, name: 'three types', change: option('ids', { type: ['string', 'null', 'null'] }) },
  { check: 7, name: 'an object without properties', change: option('more', { type: 'object' }) },
  { check: 8, name: 'an array without items', change: option('ids', { type: 'array' }) },
  { check: 8, name: 'an array of arrays', change: option('ids', { type: 'array', items: { type: 'array' } }) },
  {
    check: 8,
    name: 'an array with a list of items',
    change: option('ids', { type: 'array', items: [{ type: 'string' }] }),
  },
  { check: 9, name: 'anyOf', change: option('ids', { anyOf: [{ type: 'string' }, { type: 'null' }] }) },
  { check: 9, name: 'not', change: option('ids', { type: 'string', not: { pattern: '^x' } }) },
  { check: 10, name: 'a date without a pattern', change: option('start_date', { type: 'string', format: 'date' }) },
  {
    check: 11,
    name: 'a pattern of dates without a format',
    change: option('start_date', { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }),
  },
  { check: 12, name: 'the same order twice', change: option('ids', { type: 'string', order: 0 }) },
  {
    check: 13,
    name: 'a group inside of a field',
    change: option('sign_in', signIn(variant({ const: 'a', group: 'g' }), apiKey)),
  },
  {
    check: 14,
    name: 'a display_type without a choice',
    change: option('ids', { type: 'string', display_type: 'radio' }),
  },
  {
    check: 14,
    name: 'a display_type that nobody knows',
    change: option('sign_in', { ...signIn(oauth, apiKey), display_type: 'tabs' }),
  },
  { check: 15, name: 'a reference', change: option('ids', { $ref: '#/properties/api_token' }) },
  { check: 16, name: 'a flow that names no option', change: withFlow(['sign_in', 'client_key'], oauth, apiKey) },
  { check: 17, name: 'OAuth is not the first', change: withFlow(['sign_in', 'client_id'], apiKey, oauth) },
  {
    check: 18,
    name: 'unknown options are refused',
    change: ({ spec }) => putValue(spec, 'connectionSpecification.additionalProperties', false),
  },
  {
    check: 19,
    name: 'an option that has become required',
    change: (source) => {
      putValue(source.files, 'old-spec', structuredClone(source.spec));
      putValue(source.spec, 'connectionSpecification.required', ['api_token', 'start_date']);
    },
  },
];

/** Changes something in the schema of the incremental stream. */
function schema(path: string, value: unknown): (source: FakeSource) => void {
  return ({ catalog }) => putValue(catalog, `streams.0.json_schema.${path}`, value);
}

/** Changes something else in the incremental stream. */
function stream(path: string, value: unknown): (source: FakeSource) => void {
  return ({ catalog }) => putValue(catalog, `streams.0.${path}`, value);
}

const brokenConnections: readonly BrokenSource[] = [
  {
    check: 22,
    name: 'the good token fails',
    change: ({ files }) => putValue(files, 'good', { api_token: 'bad' }),
  },
  {
    check: 23,
    name: 'the bad token succeeds',
    change: ({ files }) => putValue(files, 'bad', { api_token: 'good' }),
  },
  {
    check: 24,
    name: 'an outage is called a bad config',
    change: (source) => {
      const connectionStatus = { status: 'FAILED', message: 'No.' };
      source.edit = (command, messages) =>
        command === 'check' ? [{ type: 'CONNECTION_STATUS', connectionStatus }] : messages;
    },
  },
  {
    check: 22,
    name: 'two statuses',
    change: (source) => {
      source.edit = (command, messages) => (command === 'check' ? [...messages, ...messages] : messages);
    },
  },
];

const brokenCatalogs: readonly BrokenSource[] = [
  { check: 25, name: 'no streams', change: (source) => (source.catalog.streams = []) },
  { check: 25, name: 'a name twice', change: stream('name', 'addons') },
  {
    check: 25,
    name: 'no catalog',
    stops: true,
    change: (source) => {
      source.edit = (command, messages) => (command === 'discover' ? [] : messages);
    },
  },
  { check: 26, name: 'a type that is none', change: schema('properties.id', { type: 'text' }) },
  { check: 27, name: 'a cursor that is not declared', change: stream('default_cursor_field', ['updated_at']) },
  { check: 28, name: 'a reference', change: schema('properties.id', { $ref: '#/properties/created_at' }) },
  { check: 29, name: 'allOf', change: schema('properties.id', { allOf: [{ type: 'string' }] }) },
  { check: 29, name: 'not', change: schema('properties.id.not', { type: 'object' }) },
  { check: 30, name: 'a key that is not declared', change: stream('source_defined_primary_key', [['uuid']]) },
  { check: 30, name: 'a nested key that is not declared', change: stream('source_defined_primary_key', [['id', 'a']]) },
  { check: 31, name: 'a sync mode twice', change: stream('supported_sync_modes', ['incremental', 'incremental']) },
  { check: 31, name: 'no sync mode', stops: true, change: stream('supported_sync_modes', []) },
  { check: 32, name: 'undeclared fields are refused', change: schema('additionalProperties', false) },
  {
    check: 33,
    name: 'a stream is gone',
    change: ({ files, catalog }) => {
      putValue(files, 'old-catalog', { streams: [...catalog.streams, { ...catalog.streams[0], name: 'teams' }] });
    },
  },
  { check: 34, name: 'a key that is an object', change: schema('properties.id.type', ['null', 'object']) },
  { check: 35, name: 'a format that destinations do not know', change: schema('properties.id.format', 'uuid') },
  {
    check: 35,
    name: 'an airbyte_type without its format',
    change: schema('properties.id.airbyte_type', 'timestamp_with_timezone'),
  },
];

type Edit = (messages: PlainMessage[], files: CommandFiles, reads: number) => PlainMessage[];

/** Changes what reads print. */
function reads(edit: Edit): (source: FakeSource) => void {
  return (source) => {
    source.edit = (command, messages, files) => (command === 'read' ? edit(messages, files, source.reads) : messages);
  };
}

/** Changes one row of a stream. */
function row(stream: string, index: number, change: object): (source: FakeSource) => void {
  return ({ rows }) => {
    rows[stream] = (rows[stream] ?? []).map((data, at) => (at === index ? { ...data, ...change } : data));
  };
}

const isType =
  (type: string) =>
  (message: PlainMessage): boolean =>
    message['type'] === type;
const isOf =
  (type: string, stream: string) =>
  (message: PlainMessage): boolean =>
    isType(type)(message) && JSON.stringify(message).includes(`"${stream}"`);
const isStatus =
  (status: string) =>
  (message: PlainMessage): boolean =>
    JSON.stringify(message).includes(`"status":"${status}"`);

function stampedAgain(message: PlainMessage): PlainMessage {
  const { record } = message;
  return isObject(record) ? { ...message, record: { ...record, emitted_at: 1_700_000_000_000 } } : message;
}

const brokenRecords: readonly BrokenSource[] = [
  { check: 36, name: 'no record at all', change: (source) => (source.rows = {}) },
  {
    check: 37,
    name: 'a record of something else',
    change: ({ rows }) => (rows['addons'] = [{ title: 'one' }, { name: 'two' }]),
  },
  { check: 38, name: 'a number in a text field', change: row('addons', 0, { title: 1 }) },
  {
    check: 38,
    name: 'a day that does not exist',
    change: row('audit_events', 0, { created_at: '2026-02-99T00:00:00Z' }),
  },
  { check: 38, name: 'a time without zone', change: row('audit_events', 0, { created_at: '2026-02-01T00:00:00' }) },
  { check: 38, name: 'a fraction in an integer field', change: row('audit_events', 0, { count: 1.5 }) },
  { check: 39, name: 'an empty stream', change: ({ rows }) => (rows['addons'] = []) },
  { check: 40, name: 'a key without a value', change: row('audit_events', 3, { id: null }) },
  { check: 40, name: 'a key that is an object', change: row('audit_events', 3, { id: { a: 1 } }) },
  {
    check: 41,
    name: 'a field that never has a value',
    change: ({ catalog }) => putValue(catalog, 'streams.1.json_schema.properties.size', { type: ['null', 'integer'] }),
  },
  {
    check: 42,
    name: 'a row is missing',
    change: ({ rows }) => (rows['audit_events'] = rows['audit_events']?.slice(1) ?? []),
  },
  { check: 42, name: 'a row without key is missing', change: ({ rows }) => (rows['addons'] = [{ title: 'one' }]) },
  {
    check: 43,
    name: 'no RUNNING',
    change: reads((messages) => messages.filter((message) => !isStatus('RUNNING')(message))),
  },
  {
    check: 43,
    name: 'no COMPLETE',
    change: reads((messages) => messages.filter((message) => !isStatus('COMPLETE')(message))),
  },
  {
    check: 43,
    name: 'INCOMPLETE in the middle',
    change: reads(
      (messages) => JSON.parse(JSON.stringify(messages).replaceAll('RUNNING', 'INCOMPLETE')) as PlainMessage[],
    ),
  },
  {
    check: 44,
    name: 'too few STATEs',
    change: reads((messages) => messages.filter((message) => !isType('STATE')(message))),
  },
  {
    check: 44,
    name: 'a STATE without sourceStats',
    change: reads(
      (messages) => JSON.parse(JSON.stringify(messages).replaceAll('sourceStats', 'stats')) as PlainMessage[],
    ),
  },
  { check: 45, name: 'an undeclared field', change: row('addons', 0, { extra: 1 }) },
  {
    check: 46,
    name: 'a bad catalog is read as if nothing were',
    change: reads((messages) => messages.filter((message) => !JSON.stringify(message).includes('"type":"ERROR"'))),
  },
  { check: 47, name: 'a stream of files', change: ({ catalog }) => putValue(catalog, 'streams.1.is_file_based', true) },
  {
    check: 48,
    name: 'the second read brings less',
    change: reads((messages, _files, count) =>
      count > 1 ? messages.filter((m) => !isOf('RECORD', 'two')(m)) : messages,
    ),
  },
  {
    check: 48,
    name: 'the second read brings other values',
    change: reads(
      (messages, _files, count) =>
        JSON.parse(JSON.stringify(messages).replaceAll('"count":3', `"count":${count}00`)) as PlainMessage[],
    ),
  },
  {
    check: 48,
    name: 'the second read sends records of the first',
    change: reads((messages, _files, count) => (count > 1 ? messages.map(stampedAgain) : messages)),
  },
];

/** Changes what reads from a state print. */
function resumed(
  edit: (messages: PlainMessage[], source: FakeSource, files: CommandFiles) => PlainMessage[],
): (source: FakeSource) => void {
  return (source) => {
    source.edit = (command, messages, files) =>
      command === 'read' && files.state !== undefined ? edit(messages, source, files) : messages;
  };
}

const isRecord = (message: PlainMessage): boolean => message['type'] === 'RECORD';
const forgetful = resumed((_messages, source, { catalog }) => fakeRead(source, { catalog }));
const without = (id: string): ((messages: PlainMessage[]) => PlainMessage[]) => {
  return (messages) =>
    messages.filter((message) => !(isRecord(message) && JSON.stringify(message).includes(`"${id}"`)));
};

const brokenStates: readonly BrokenSource[] = [
  { check: 49, name: 'a state without effect', change: forgetful },
  {
    check: 49,
    name: 'no STATE at all',
    change: (source) => {
      source.edit = (_command, messages) => messages.filter(({ type }) => type !== 'STATE');
    },
  },
  { check: 49, name: 'no record in the first read', change: ({ rows }) => (rows['audit_events'] = []) },
  { check: 50, name: 'a state without effect', change: forgetful },
  { check: 50, name: 'a record is lost after a state', change: resumed(without('e7')) },
  {
    check: 50,
    name: 'records are lost, though as many come',
    change: resumed((messages) => {
      const last = messages.find((message) => isRecord(message) && JSON.stringify(message).includes('"e8"'));
      return without('e7')(messages).flatMap((message) => (message === last ? [message, message] : [message]));
    }),
  },
  {
    check: 50,
    name: 'no state in the middle',
    change: ({ rows }) => (rows['audit_events'] = rows['audit_events']?.slice(0, 2) ?? []),
  },
  { check: 51, name: 'the future brings records', change: forgetful },
  { check: 51, name: 'no STATE', change: resumed((messages) => messages.filter(({ type }) => type !== 'STATE')) },
  {
    check: 51,
    name: 'the future is forgotten',
    change: resumed(
      (messages) => JSON.parse(JSON.stringify(messages).replaceAll('"mark":"2027', '"mark":"2026')) as PlainMessage[],
    ),
  },
  { check: 51, name: 'a stream without a future', change: ({ files }) => putValue(files, 'future', []) },
];

export const brokenSources: readonly BrokenSource[] = [
  ...brokenSpecs,
  ...brokenConnections,
  ...brokenCatalogs,
  ...brokenRecords,
  ...brokenStates,
];
