import type { CommandRun } from './command-run.ts';
import type { ConfiguredCatalog, DiscoveredCatalog } from './messages.ts';
import { parseTranscript } from './transcript.ts';

// A small valid read, into which each test introduces one defect. Messages are plain objects, so that tests can also
// create messages that no schema allows.

export type PlainMessage = Record<string, unknown>;

const emittedAt = 1_767_000_000_000;

export const spec = {
  type: 'SPEC',
  spec: {
    protocol_version: '0.2.0',
    documentationUrl: 'https://example.org/docs',
    changelogUrl: 'https://example.org/changes',
    connectionSpecification: { type: 'object', properties: {} },
  },
};

export function log(level: string, message: string): PlainMessage {
  return { type: 'LOG', log: { level, message } };
}

/** A STREAM_STATUS, which is RATE_LIMITED if `quotaReset` is set. */
export function status(name: string, state: string, quotaReset?: number): PlainMessage {
  const reasons = [{ type: 'RATE_LIMITED', rate_limited: { quota_reset: quotaReset } }];
  const streamStatus = { stream_descriptor: { name }, status: state, ...(quotaReset === undefined ? {} : { reasons }) };
  return { type: 'TRACE', trace: { type: 'STREAM_STATUS', emitted_at: emittedAt, stream_status: streamStatus } };
}

/** A RECORD, emitted `later` milliseconds after the other messages. */
export function record(stream: string, data: Record<string, unknown>, later = 0): PlainMessage {
  return { type: 'RECORD', record: { stream, data, emitted_at: emittedAt + later } };
}

export function state(name: string, streamState: unknown, recordCount: number): PlainMessage {
  const stream = { stream_descriptor: { name }, stream_state: streamState };
  return { type: 'STATE', state: { type: 'STREAM', stream, sourceStats: { recordCount } } };
}

/** A TRACE ERROR for one stream or for the whole read. */
export function error(failureType: string, name?: string): PlainMessage {
  const descriptor = name === undefined ? {} : { stream_descriptor: { name } };
  const payload = { message: 'It went wrong.', failure_type: failureType, ...descriptor };
  return { type: 'TRACE', trace: { type: 'ERROR', emitted_at: emittedAt, error: payload } };
}

export const noCursor = { __ab_no_cursor_state_message: true };

function stream(name: string, incremental: boolean): DiscoveredCatalog['streams'][number] {
  return {
    name,
    json_schema: {
      type: 'object',
      additionalProperties: true,
      properties: { id: { type: ['null', 'string'] }, created_at: { type: ['null', 'string'] } },
    },
    supported_sync_modes: incremental ? ['full_refresh', 'incremental'] : ['full_refresh'],
    ...(incremental ? { source_defined_cursor: true, default_cursor_field: ['created_at'], is_resumable: true } : {}),
    source_defined_primary_key: [['id']],
  };
}

/** The streams of the fictional source in these tests. One stream is resumable, and two streams support only full refresh. */
export const discovered: DiscoveredCatalog = {
  streams: [stream('audit_events', true), stream('clusters', false), stream('teams', false)],
};

/** A configured catalog of the named streams. The sync mode of the stream `nonsense` is also `nonsense`. */
export function configured(...names: string[]): ConfiguredCatalog {
  return {
    streams: names.map((name) => ({
      stream: discovered.streams.find((known) => known.name === name) ?? stream(name, false),
      sync_mode: name === 'nonsense' ? name : name === 'audit_events' ? 'incremental' : 'full_refresh',
      destination_sync_mode: 'append_dedup',
    })),
  };
}

/**
 * A read of three streams in parallel. The `clusters` stream is empty, and `audit_events` waits once for the rate
 * limit.
 */
export function validRead(): PlainMessage[] {
  return [
    log('INFO', 'source-compose 1.2.3 reads 3 streams.'),
    status('audit_events', 'STARTED'),
    status('clusters', 'STARTED'),
    status('teams', 'STARTED'),
    status('audit_events', 'RUNNING'),
    record('audit_events', { id: 'a', created_at: '2026-01-02T00:00:00.000Z' }),
    status('teams', 'RUNNING'),
    record('teams', { id: 't1' }),
    record('audit_events', { id: 'b', created_at: '2026-01-01T00:00:00.000Z' }),
    state('audit_events', { version: 1, walk: { top: '2026-01-02T00:00:00.000Z', cursor: 'b' } }, 2),
    status('audit_events', 'RUNNING', emittedAt + 60_000),
    status('clusters', 'RUNNING'),
    state('clusters', noCursor, 0),
    log('INFO', 'clusters: 0 records.'),
    status('clusters', 'COMPLETE'),
    record('audit_events', { id: 'c', created_at: '2025-12-31T00:00:00.000Z' }),
    state('audit_events', { version: 1, mark: '2026-01-02T00:00:00.000Z' }, 1),
    log('INFO', 'audit_events: 3 records.'),
    status('audit_events', 'COMPLETE'),
    record('teams', { id: 't2' }),
    state('teams', noCursor, 2),
    log('INFO', 'teams: 2 records.'),
    status('teams', 'COMPLETE'),
  ];
}

/**
 * Records of `audit_events`, followed by a STATE. Each record is padded with `recordBytes` bytes, and the STATE with `stateBytes` bytes.
 */
export interface Checkpoint {
  readonly records: number;
  readonly recordBytes: number;
  readonly stateBytes: number;
}

/** The messages of these checkpoints, with `msApart` milliseconds between records. */
export function checkpoints(all: readonly Checkpoint[], msApart = 0): PlainMessage[] {
  let count = 0;
  return all.flatMap(({ records, recordBytes, stateBytes }) => [
    ...Array.from({ length: records }, () => {
      count += 1;
      return record('audit_events', { id: `more ${count}`, created_at: 'r'.repeat(recordBytes) }, count * msApart);
    }),
    state('audit_events', { version: 1, walk: { cursor: `more ${count}`, floor: 's'.repeat(stateBytes) } }, records),
  ]);
}

export function readOf(messages: readonly PlainMessage[], rest: Partial<CommandRun> = {}): CommandRun {
  return {
    command: 'read',
    transcript: parseTranscript(textOf(messages)),
    exitCode: 0,
    stderr: '',
    configuredCatalog: configured('audit_events', 'clusters', 'teams'),
    ...rest,
  };
}

export function textOf(messages: readonly PlainMessage[]): string {
  return messages.map((message) => `${JSON.stringify(message)}\n`).join('');
}
