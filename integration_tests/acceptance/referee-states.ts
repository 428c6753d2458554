import { isDeepStrictEqual } from 'node:util';
import { expectedStreams, type CommandRun, type ExpectedStream } from './command-run.ts';
import { finalStatus, type ReadEvents, type StreamEvent } from './stream-events.ts';
import { violation, type Violation } from './violation.ts';

const noCursor = { __ab_no_cursor_state_message: true };

/** What every stream's checkpoints promise: how many, how often, and that they stand behind their records. */
export function stateViolations(run: CommandRun, events: ReadEvents): Violation[] {
  const violations: Violation[] = [];
  const expected = expectedStreams(run);
  for (const [name, seen] of events.streams) {
    violations.push(...countViolations(name, seen), ...repetitionViolations(name, seen));
    const stream = expected.get(name);
    if (stream) violations.push(...contentViolations(stream, seen), ...presenceViolations(stream, seen));
    else if (seen.some(({ kind }) => kind === 'state')) {
      violations.push(violation('1.12 state of an unknown stream', `A STATE is for ${name}, which nobody asked for.`));
    }
  }
  return violations;
}

function countViolations(name: string, seen: readonly StreamEvent[]): Violation[] {
  const violations: Violation[] = [];
  let records = 0;
  for (const event of seen) {
    if (event.kind === 'record') records += 1;
    if (event.kind !== 'state') continue;
    const { recordCount } = event.state.sourceStats;
    if (recordCount !== records) {
      const sentence = `A STATE of ${name} counts ${recordCount} records, but ${records} came since the one before.`;
      violations.push(violation('1.7 recordCount', sentence));
    }
    records = 0;
  }
  if (records > 0 && finalStatus(seen) === 'COMPLETE') {
    const sentence = `Stream ${name} is COMPLETE, but ${records} records stand behind its last STATE.`;
    violations.push(violation('1.13 no records after the last STATE', sentence));
  }
  return violations;
}

function repetitionViolations(name: string, seen: readonly StreamEvent[]): Violation[] {
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

function contentViolations(stream: ExpectedStream, seen: readonly StreamEvent[]): Violation[] {
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
      violations.push(violation('4 state without nulls', `A STATE of ${stream.name} holds a null.`));
    }
  }
  return violations;
}

function presenceViolations(stream: ExpectedStream, seen: readonly StreamEvent[]): Violation[] {
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
