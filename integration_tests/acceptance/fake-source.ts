// A small faultless source, as data, for the tests of the checks: each test breaks one thing in it.
import type { CommandFiles } from './check.ts';
import type { PlainMessage } from './valid-read.ts';

type Row = Readonly<Record<string, unknown>>;

/** What the fake says and holds. Tests change a copy. */
export interface FakeSource {
  spec: object;
  /** The project's files by path; those of a last release are not there. */
  files: Record<string, unknown>;
  catalog: { streams: { name: string }[] };
  rows: Record<string, readonly Row[]>;
  /** How many reads have begun, for sources that change their mind. */
  reads: number;
  /** The last word on what a command prints. */
  edit: (command: string, messages: PlainMessage[], files: CommandFiles) => PlainMessage[];
}

const day = (number: number): string => `2026-01-0${number}T00:00:00.000Z`;

const connectionSpecification = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['api_token'],
  additionalProperties: true,
  properties: {
    api_token: { type: 'string', airbyte_secret: true, order: 0 },
    ids: { type: 'array', items: { type: 'string', pattern: '^[0-9a-f]{4}$' }, order: 1 },
    start_date: { type: 'string', format: 'date-time', pattern: '^.{10}T.{8}Z$', order: 2 },
    page_size: { type: 'integer', minimum: 10, maximum: 100, default: 50, order: 3 },
  },
};

const audit = {
  name: 'audit_events',
  json_schema: {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    additionalProperties: true,
    properties: {
      id: { type: ['null', 'string'] },
      count: { type: ['null', 'integer'] },
      created_at: { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_with_timezone' },
    },
  },
  supported_sync_modes: ['full_refresh', 'incremental'],
  source_defined_cursor: true,
  default_cursor_field: ['created_at'],
  source_defined_primary_key: [['id']],
  is_resumable: true,
};

const addons = {
  name: 'addons',
  json_schema: { type: 'object', properties: { title: { type: ['null', 'string'] } } },
  supported_sync_modes: ['full_refresh'],
};

const configured = {
  streams: [
    { stream: audit, sync_mode: 'incremental', destination_sync_mode: 'append_dedup' },
    { stream: addons, sync_mode: 'full_refresh', destination_sync_mode: 'append' },
  ],
};

const future = {
  stream_descriptor: { name: 'audit_events' },
  stream_state: { version: 1, mark: '2027-01-01T00:00:00.000Z' },
};

const faultless = {
  spec: {
    protocol_version: '0.2.0',
    documentationUrl: 'https://example.org/docs',
    changelogUrl: 'https://example.org/changes',
    connectionSpecification,
  },
  files: {
    good: { api_token: 'good', _comment: 1 },
    bad: { api_token: 'bad' },
    spec: {
      protocol_version: '0.2.0',
      documentationUrl: 'https://example.org/docs',
      changelogUrl: 'https://example.org/changes',
      connectionSpecification,
    },
    configured: configured,
    future: [{ type: 'STREAM', stream: future }],
  },
  catalog: { streams: [audit, addons] },
  rows: {
    audit_events: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({ id: `e${n}`, count: n, created_at: day(n) })),
    addons: [{ title: 'one' }, { title: 'two' }],
  },
  reads: 0,
};

/** A new copy of the faultless source. */
export function fakeSource(): FakeSource {
  // Through JSON, so that no two places share an object.
  const copy = JSON.parse(JSON.stringify(faultless)) as Omit<FakeSource, 'edit'>;
  return { ...copy, edit: (_command, messages) => messages };
}
