import { isDeepStrictEqual } from 'node:util';
import {
  type CommandRun,
  type ExpectedStream,
  expectedStreams,
  fieldValue,
  finalStatus,
  type ReadEvents,
  type StreamEvent,
  wholeRunErrors,
} from './command-run.ts';
import type { RecordMessage } from './messages.ts';
import { violation, type Violation } from './violation.ts';

/** Checks that the statuses are STARTED, RUNNING and one final status, in this order, and that records occur only while RUNNING. */
export function statusViolations(run: CommandRun, events: ReadEvents): Violation[] {
  const violations: Violation[] = [];
  const expected = expectedStreams(run);
  // If a command fails before any stream starts, for example because of an invalid config, there are no statuses.
  const neverStarted = events.streams.size === 0 && wholeRunErrors(events.errors).length > 0;
  for (const stream of expected.values()) {
    const seen = events.streams.get(stream.name) ?? [];
    if (seen.length > 0) violations.push(...orderViolations(stream.name, seen));
    const mayBeSilent = neverStarted || stream.refused || run.signal !== undefined;
    if (seen.length === 0 && !mayBeSilent) {
      violations.push(violation('1.13 every stream has a status', `Stream ${stream.name} has no status.`));
    }
    violations.push(...endViolations(stream, seen, run.signal !== undefined));
  }
  for (const [name, seen] of events.streams) {
    if (!expected.has(name) && seen.some(({ kind }) => kind === 'status')) {
      const sentence = `Stream ${name} has a status (${finalStatus(seen) ?? 'not final'}), but is not in the catalog.`;
      violations.push(violation('1.12 status of an unknown stream', sentence));
    }
  }
  return violations;
}

function orderViolations(name: string, seen: readonly StreamEvent[]): Violation[] {
  const violations: Violation[] = [];
  let running = false;
  let ended: string | undefined;
  const [first, ...later] = seen;
  if (first?.kind !== 'status' || first.status.status !== 'STARTED') {
    violations.push(violation('1.13 STARTED first', `Stream ${name} does not begin with STARTED.`));
  }
  if (later.some((event) => event.kind === 'status' && event.status.status === 'STARTED')) {
    violations.push(violation('1.13 STARTED once', `Stream ${name} is STARTED after its first message.`));
  }
  for (const event of seen) {
    if (ended !== undefined) {
      const sentence = `Stream ${name} sends a ${event.kind} after ${ended}.`;
      const again = event.kind === 'status' && ['COMPLETE', 'INCOMPLETE'].includes(event.status.status);
      violations.push(violation(again ? '1.13 one final status' : '1.13 nothing after the final status', sentence));
      break;
    }
    if (event.kind === 'record' && !running) {
      violations.push(violation('1.13 records only while RUNNING', `Stream ${name} sends a record before RUNNING.`));
      running = true; // Report only the first violation.
    }
    if (event.kind !== 'status') continue;
    const { status, reasons } = event.status;
    if (status === 'RUNNING') running = true;
    else if (reasons !== undefined) {
      violations.push(
        violation('1.9 reasons only with RUNNING', `Stream ${name} has reasons in its status ${status}.`),
      );
    }
    if (status === 'COMPLETE' && !running) {
      violations.push(
        violation('1.13 RUNNING before COMPLETE', `Stream ${name} is COMPLETE without having been RUNNING.`),
      );
    }
    if (status === 'COMPLETE' || status === 'INCOMPLETE') ended = status;
  }
  return violations;
}

function endViolations(stream: ExpectedStream, seen: readonly StreamEvent[], interrupted: boolean): Violation[] {
  const end = finalStatus(seen);
  if (seen.length > 0 && end === undefined && !interrupted) {
    return [violation('1.13 a final status', `Stream ${stream.name} is neither COMPLETE nor INCOMPLETE.`)];
  }
  if (stream.refused && (end === 'COMPLETE' || seen.some(({ kind }) => kind === 'record'))) {
    const sentence = `Stream ${stream.name} is read, although its catalog entry must be rejected.`;
    return [violation('5 a rejected stream is not read', sentence)];
  }
  return [];
}

// A STATE can be large if it contains a cursor value per deployment, so the share of STATEs is checked only in output of more than this
// many bytes.
const smallOutput = 100_000;
const largestShare = 1 / 4;
// A STATE is always allowed if at least this much time has passed since the previous STATE.
const checkpointMs = 10_000;
// A STATE is always allowed before a wait longer than this.
const waitMs = 1_000;

const noCursor = { __ab_no_cursor_state_message: true };

/** Checks a stream's checkpoints: their record counts, content and size, and whether each checkpoint follows all of its records. */
export function stateViolations(run: CommandRun, events: ReadEvents): Violation[] {
  const violations: Violation[] = [];
  const expected = expectedStreams(run);
  for (const [name, seen] of events.streams) {
    violations.push(...recordCountViolations(name, seen), ...repeatedStateViolations(name, seen));
    violations.push(...stateShareViolations(name, seen));
    const stream = expected.get(name);
    if (stream) violations.push(...stateContentViolations(stream, seen), ...missingStateViolations(stream, seen));
    else if (seen.some(({ kind }) => kind === 'state')) {
      violations.push(
        violation('1.12 state of an unknown stream', `A STATE is for ${name}, which is not in the catalog.`),
      );
    }
  }
  return violations;
}

function recordCountViolations(name: string, seen: readonly StreamEvent[]): Violation[] {
  const violations: Violation[] = [];
  let records = 0;
  for (const event of seen) {
    if (event.kind === 'record') records += 1;
    if (event.kind !== 'state') continue;
    const { recordCount } = event.state.sourceStats;
    if (recordCount !== records) {
      const sentence = `A STATE of ${name} counts ${recordCount} records, but ${records} records follow the previous STATE.`;
      violations.push(violation('1.7 recordCount', sentence));
    }
    records = 0;
  }
  if (records > 0 && finalStatus(seen) === 'COMPLETE') {
    const sentence = `Stream ${name} is COMPLETE, but ${records} records follow its last STATE.`;
    violations.push(violation('1.13 no records after the last STATE', sentence));
  }
  return violations;
}

function repeatedStateViolations(name: string, seen: readonly StreamEvent[]): Violation[] {
  let last: unknown;
  let records = 0;
  for (const event of seen) {
    if (event.kind === 'record') records += 1;
    if (event.kind !== 'state') continue;
    const current = event.state.stream.stream_state;
    if (records > 0 && last !== undefined && isDeepStrictEqual(current, last)) {
      const sentence = `Stream ${name} sends the same STATE twice with ${records} records in between.`;
      return [violation('1.13 a new STATE after records', sentence)];
    }
    last = current;
    records = 0;
  }
  return [];
}

function stateShareViolations(name: string, seen: readonly StreamEvent[]): Violation[] {
  const states = avoidableStateBytes(seen);
  if (states <= smallOutput * largestShare) return [];
  const records = seen.reduce(
    (bytes, event) => (event.kind === 'record' ? bytes + lineBytes({ type: 'RECORD', record: event.record }) : bytes),
    0,
  );
  const output = records + states;
  if (output <= smallOutput || states <= output * largestShare) return [];
  const sentence = `States make up ${Math.round((100 * states) / output)}% of the ${output} bytes that ${name} sends.`;
  return [violation('4 states are at most a quarter', sentence)];
}

/**
 * The total size of STATEs that should have waited for more records. Excludes the last STATE, STATEs that may have been due because of the
 * elapsed time, and STATEs before a wait. A STATE has no timestamp, so the timestamps of adjacent messages are used.
 */
function avoidableStateBytes(seen: readonly StreamEvent[]): number {
  const last = seen.findLastIndex(({ kind }) => kind === 'state');
  let bytes = 0;
  let latest = timeOf(seen[0]) ?? 0;
  let latestBeforeState = latest;
  // STATEs that no message with a timestamp has followed yet.
  let open: { readonly bytes: number; readonly since: number; readonly latest: number }[] = [];
  for (const [index, event] of seen.entries()) {
    if (event.kind === 'state') {
      if (index < last) {
        open.push({ bytes: lineBytes({ type: 'STATE', state: event.state }), since: latestBeforeState, latest });
      }
      latestBeforeState = latest;
      continue;
    }
    const time = timeOf(event) ?? latest;
    const isRateLimited = event.kind === 'status' && event.status.reasons !== undefined;
    for (const state of isRateLimited ? [] : open) {
      if (time - state.since < checkpointMs && time - state.latest <= waitMs) bytes += state.bytes;
    }
    open = [];
    latest = time;
  }
  return bytes;
}

function timeOf(event: StreamEvent | undefined): number | undefined {
  if (event?.kind === 'record') return event.record.emitted_at;
  return event?.kind === 'status' ? event.emittedAt : undefined;
}

function lineBytes(message: object): number {
  return Buffer.byteLength(JSON.stringify(message)) + 1;
}

function stateContentViolations(stream: ExpectedStream, seen: readonly StreamEvent[]): Violation[] {
  const violations: Violation[] = [];
  for (const event of seen) {
    if (event.kind !== 'state') continue;
    const state = event.state.stream.stream_state;
    if (stream.fullRefreshOnly === true && !isDeepStrictEqual(state, noCursor)) {
      const sentence = `Stream ${stream.name} has no cursor, but sends ${JSON.stringify(state)}.`;
      violations.push(violation('4 state of a full-refresh stream', sentence));
    }
    if (stream.fullRefreshOnly === false && state['version'] !== 1) {
      violations.push(violation('4 state has a version', `A STATE of ${stream.name} is not of version 1.`));
    }
    if (stream.fullRefreshOnly === false && JSON.stringify(state).includes(':null')) {
      violations.push(violation('4 state without nulls', `A STATE of ${stream.name} contains a null.`));
    }
  }
  return violations;
}

function missingStateViolations(stream: ExpectedStream, seen: readonly StreamEvent[]): Violation[] {
  const states = seen.filter(({ kind }) => kind === 'state').length;
  const end = finalStatus(seen);
  if (end === 'INCOMPLETE' && stream.fullRefreshOnly === true && states > 0) {
    const sentence = `Stream ${stream.name} failed and cannot be resumed, but sends a STATE.`;
    return [violation('5 no STATE of a failed full refresh', sentence)];
  }
  const owesOne = end === 'COMPLETE' || (end === 'INCOMPLETE' && stream.fullRefreshOnly === false);
  if (states === 0 && owesOne && !stream.refused) {
    return [violation('1.13 at least one STATE', `Stream ${stream.name} is ${end} without any STATE.`)];
  }
  return [];
}

/** Checks for records that Airbyte would drop, reject or fail on. Reports each rule at most once per stream. */
export function recordViolations(run: CommandRun, events: ReadEvents): Violation[] {
  const violations: Violation[] = [];
  const expected = expectedStreams(run);
  for (const [name, seen] of events.streams) {
    const records = seen.flatMap((event) => (event.kind === 'record' ? [event.record] : []));
    if (records.length === 0) continue;
    const stream = expected.get(name);
    if (!stream) {
      violations.push(
        violation(
          '1.12 record of an unknown stream',
          `The output has records of ${name}, which is not in the catalog.`,
        ),
      );
      continue;
    }
    violations.push(...recordContentViolations(stream, records));
  }
  return violations;
}

function recordContentViolations(stream: ExpectedStream, records: readonly RecordMessage[]): Violation[] {
  const violations: Violation[] = [];
  if (records.some(({ data }) => Object.keys(data).length === 0)) {
    violations.push(violation('1.6 record with data', `Stream ${stream.name} sends a record without any field.`));
  }
  if (records.some(({ data }) => hasNoKey(stream.primaryKey, data))) {
    const sentence = `Stream ${stream.name} sends a record whose primary key is null.`;
    violations.push(violation('1.12 primary key not null', sentence));
  }
  for (const { data, meta } of records) {
    const kept = meta?.changes.find(({ change, field }) => change === 'NULLED' && data[field] !== null);
    if (!kept) continue;
    const sentence = `Stream ${stream.name} reports ${kept.field} as NULLED, but the record keeps a value.`;
    violations.push(violation('1.6 NULLED means null', sentence));
    break;
  }
  return violations;
}

function hasNoKey(primaryKey: ExpectedStream['primaryKey'], data: RecordMessage['data']): boolean {
  return primaryKey.length > 0 && primaryKey.every((path) => (fieldValue(data, path) ?? null) === null);
}
