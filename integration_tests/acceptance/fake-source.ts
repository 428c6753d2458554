import type { CheckContext, CommandFiles } from './check.ts';
import type { Command, CommandRun } from './command-run.ts';
import type { AcceptanceTests } from './config.ts';
import type { ConfiguredCatalog } from './messages.ts';
import { parseTranscript } from './transcript.ts';
import { error, log, noCursor, type PlainMessage, record, state, status, textOf } from './valid-read.ts';

// A small faultless source as data, in which each test of the checks breaks one thing.

type Row = Readonly<Record<string, unknown>>;

/** What the fake prints and holds. Tests change a copy. */
export interface FakeSource {
  spec: object;
  /** The project's files by path; those of a previous release are missing. */
  files: Record<string, unknown>;
  catalog: { streams: { name: string }[] };
  rows: Record<string, readonly Row[]>;
  /** How many reads have begun, for sources whose reads differ. */
  reads: number;
  /** Changes what a command prints. */
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

const perCheckpoint = 2;

/** What the fake prints for a read. Its incremental stream sends a STATE after every second record. */
export function fakeRead(source: FakeSource, { catalog, state: given }: CommandFiles): PlainMessage[] {
  source.reads += 1;
  const { streams } = catalog as ConfiguredCatalog;
  const known = source.catalog.streams.map(({ name }) => name);
  const isRefused = ({ stream, sync_mode: mode }: ConfiguredCatalog['streams'][number]): boolean =>
    !known.includes(stream.name) || !['full_refresh', 'incremental'].includes(mode);
  return [
    log('INFO', 'source-compose 1.2.3: read'),
    ...streams
      .filter((entry) => !isRefused(entry))
      .flatMap(({ stream: { name }, sync_mode: mode }) =>
        name === 'audit_events'
          ? incremental(source, mode === 'incremental' ? markOf(given) : undefined)
          : inFull(source, name),
      ),
    ...streams.filter(isRefused).map(({ stream }) => error('config_error', stream.name)),
  ];
}

function inFull(source: FakeSource, name: string): PlainMessage[] {
  const rows = source.rows[name] ?? [];
  return around(name, [...rows.map((row) => recordAt(source, name, row)), state(name, noCursor, rows.length)]);
}

function incremental(source: FakeSource, since: string | undefined): PlainMessage[] {
  const name = 'audit_events';
  const rows = (source.rows[name] ?? []).filter((row) => since === undefined || String(row['created_at']) >= since);
  const messages: PlainMessage[] = [];
  let mark = since;
  for (let at = 0; at < rows.length; at += perCheckpoint) {
    const some = rows.slice(at, at + perCheckpoint);
    mark = String(some.at(-1)?.['created_at']);
    messages.push(...some.map((row) => recordAt(source, name, row)));
    messages.push(state(name, { version: 1, mark }, some.length));
  }
  if (rows.length === 0) messages.push(state(name, { version: 1, ...(mark === undefined ? {} : { mark }) }, 0));
  return around(name, messages);
}

function around(name: string, messages: PlainMessage[]): PlainMessage[] {
  const summary = log('INFO', `${name}: done`);
  return [status(name, 'STARTED'), status(name, 'RUNNING'), ...messages, summary, status(name, 'COMPLETE')];
}

// Each read is a second later than the last.
function recordAt(source: FakeSource, name: string, row: Readonly<Record<string, unknown>>): PlainMessage {
  const message = record(name, row);
  const emitted = message['record'] as { emitted_at: number };
  return { ...message, record: { ...emitted, emitted_at: emitted.emitted_at + source.reads * 1000 } };
}

function markOf(given: unknown): string | undefined {
  const states = (given ?? []) as { stream: { stream_state: { mark?: string } } }[];
  return states[0]?.stream.stream_state.mark;
}

const fakeTests: AcceptanceTests = {
  spec: { tests: [{ config_path: 'good', spec_path: 'spec', previous_release_path: 'old-spec' }] },
  connection: {
    tests: [
      { config_path: 'good', status: 'succeed' },
      { config_path: 'bad', status: 'failed' },
      { config_path: 'good', status: 'exception' },
    ],
  },
  discovery: { tests: [{ config_path: 'good', previous_release_path: 'old-catalog' }] },
  basic_read: {
    tests: [
      {
        config_path: 'good',
        empty_streams: [],
        validate_schema: true,
        validate_data_points: true,
        absent_fields: {},
        fail_on_extra_columns: true,
        expect_records: 'sandbox',
      },
    ],
  },
  full_refresh: {
    tests: [{ config_path: 'good', configured_catalog_path: 'configured', ignored_fields: {} }],
  },
  incremental: {
    tests: [
      {
        config_path: 'good',
        configured_catalog_path: 'configured',
        future_state: { future_state_path: 'future' },
      },
    ],
  },
};

/** A context for the checks over a source in this process, in which `change` has broken something. */
export function fakeContext(change: (source: FakeSource) => void = () => undefined): CheckContext {
  const held = fakeSource();
  const source = fakeSource();
  change(source);
  const finished = new Map<string, CommandRun>();
  const runs: CommandRun[] = [];
  let outage = false;

  const print = (command: Command, files: CommandFiles): PlainMessage[] => {
    if (command === 'spec') return [{ type: 'SPEC', spec: source.spec }];
    if (command === 'discover') return [{ type: 'CATALOG', catalog: source.catalog }];
    if (command === 'read') return fakeRead(source, files);
    if (outage) return [error('transient_error')];
    const isGood = (files.config as { api_token: string }).api_token === 'good';
    const connectionStatus = isGood ? { status: 'SUCCEEDED' } : { status: 'FAILED', message: 'A bad token.' };
    return [log('INFO', 'Trying.'), { type: 'CONNECTION_STATUS', connectionStatus }];
  };

  const run = (command: Command, files: CommandFiles = {}, repetition = ''): CommandRun => {
    const key = JSON.stringify([command, files, repetition]);
    const known = finished.get(key);
    if (known) return known;
    const messages = source.edit(command, print(command, files), files);
    const result: CommandRun = {
      command,
      transcript: parseTranscript(textOf(messages)),
      exitCode: messages.some((message) => JSON.stringify(message).includes('"type":"ERROR"')) ? 1 : 0,
      stderr: '',
      configuredCatalog: files.catalog as CommandRun['configuredCatalog'],
      discoveredCatalog: source.catalog as unknown as CommandRun['discoveredCatalog'],
    };
    finished.set(key, result);
    runs.push(result);
    return result;
  };

  return {
    tests: fakeTests,
    run: (command, files, repetition) => Promise.resolve(run(command, files, repetition)),
    runs: () => runs,
    file: (path) => Promise.resolve(source.files[path]),
    duringOutage: async (work) => {
      outage = true;
      try {
        return await work();
      } finally {
        outage = false;
      }
    },
    expected: {
      counts: () => Object.fromEntries(Object.entries(held.rows).map(([name, rows]) => [name, rows.length])),
      keys: (stream) => (held.rows[stream] ?? []).map((row) => String(row['id'])),
    },
  };
}

/** Sets the value at a dotted path of a JSON value; undefined removes it. For tests that break one thing. */
export function putValue(root: object, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let inner = root as Record<string, unknown>;
  for (const name of names) inner = inner[name] as Record<string, unknown>;
  if (value === undefined) delete inner[last];
  else inner[last] = value;
}
