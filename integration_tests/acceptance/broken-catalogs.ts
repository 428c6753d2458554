import type { BrokenSource } from './broken-specs.ts';
import type { FakeSource } from './fake-source.ts';
import { putValue } from './put-value.ts';

/** Changes something in the schema of the incremental stream. */
function schema(path: string, value: unknown): (source: FakeSource) => void {
  return ({ catalog }) => putValue(catalog, `streams.0.json_schema.${path}`, value);
}

/** Changes something else in the incremental stream. */
function stream(path: string, value: unknown): (source: FakeSource) => void {
  return ({ catalog }) => putValue(catalog, `streams.0.${path}`, value);
}

export const brokenCatalogs: readonly BrokenSource[] = [
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

export const brokenConnections: readonly BrokenSource[] = [
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
