import { expect, test } from 'vitest';
import { Printout } from '../../test-support/unit/output.ts';
import { CHECKPOINT_MS, CHECKPOINT_RECORDS, StreamOutput } from './stream-output.ts';

/** The output of a stream whose state counts its records, with a clock that can be set. */
function open(resumable: boolean): {
  output: StreamOutput;
  printed: Printout;
  emit: (count: number) => void;
  clock: { ms: number };
} {
  const printed = new Printout();
  const clock = { ms: 0 };
  const output = new StreamOutput(printed.writer, 'parts', () => clock.ms);
  if (resumable) output.resumable(() => ({ version: 1, upTo: output.records }));
  output.started();
  const emit = (count: number): void => {
    for (let i = 0; i < count; i++) output.record({ id: String(i) }, 1_000);
  };
  return { output, printed, emit, clock };
}

test('a stream that cannot be resumed has one state at its end, which means nothing', () => {
  const { output, printed, emit } = open(false);
  emit(3);
  output.checkpoint();
  output.complete();
  expect(printed.outline).toEqual(['STARTED', 'RUNNING', 'RECORD', 'RECORD', 'RECORD', 'STATE 3', 'COMPLETE']);
  expect(printed.states).toEqual([{ __ab_no_cursor_state_message: true }]);
});

test('it sends no state when it fails', () => {
  const { output, printed, emit } = open(false);
  emit(1);
  output.incomplete();
  expect(printed.outline).toEqual(['STARTED', 'RUNNING', 'RECORD', 'INCOMPLETE']);
});

test('a stream without records still runs, and has its state', () => {
  for (const resumable of [true, false]) {
    const { output, printed } = open(resumable);
    output.complete();
    expect(printed.outline).toEqual(['STARTED', 'RUNNING', 'STATE 0', 'COMPLETE']);
  }
});

test('a record is a line of the protocol, with the changes that were made in it', () => {
  const { output, printed } = open(false);
  const changes = [{ field: 'units', change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' }] as const;
  output.record({ id: 'a', gone: undefined }, 1_534_931_783_363);
  output.record({ id: 'b"\u2028\n', units: null }, 1_534_931_783_364, [...changes]);
  expect(printed.messages.filter(({ type }) => type === 'RECORD')).toEqual([
    { type: 'RECORD', record: { stream: 'parts', data: { id: 'a' }, emitted_at: 1_534_931_783_363 } },
    {
      type: 'RECORD',
      record: {
        stream: 'parts',
        data: { id: 'b"\u2028\n', units: null },
        emitted_at: 1_534_931_783_364,
        meta: { changes },
      },
    },
  ]);
});

test('a state tells where its stream stands, and counts the records since the one before', () => {
  const { output, printed, emit } = open(true);
  emit(2);
  output.checkpoint();
  emit(3);
  output.complete();
  expect(printed.outline.filter((line) => line.startsWith('STATE'))).toEqual(['STATE 2', 'STATE 3']);
  expect(printed.messages.find(({ type }) => type === 'STATE')).toEqual({
    type: 'STATE',
    state: {
      type: 'STREAM',
      stream: { stream_descriptor: { name: 'parts' }, stream_state: { version: 1, upTo: 2 } },
      sourceStats: { recordCount: 2 },
    },
  });
});

test('a checkpoint goes out when enough records have gone since the last one', () => {
  const { output, printed, emit } = open(true);
  for (let i = 0; i < 2 * CHECKPOINT_RECORDS; i++) {
    emit(1);
    output.checkpointIfDue();
  }
  expect(printed.states).toEqual([CHECKPOINT_RECORDS, 2 * CHECKPOINT_RECORDS].map((upTo) => ({ version: 1, upTo })));
});

test('a checkpoint goes out when enough time has gone since the last one', () => {
  const { output, printed, emit, clock } = open(true);
  emit(1);
  clock.ms = CHECKPOINT_MS - 1;
  output.checkpointIfDue();
  expect(printed.states).toEqual([]);
  clock.ms = CHECKPOINT_MS;
  output.checkpointIfDue();
  emit(1);
  output.checkpointIfDue();
  expect(printed.states).toEqual([{ version: 1, upTo: 1 }]);
});

test('a large state waits until four times its bytes were printed, or until it is late', () => {
  const printed = new Printout();
  const clock = { ms: 0 };
  const output = new StreamOutput(printed.writer, 'parts', () => clock.ms);
  const padding = 'x'.repeat(100_000);
  output.resumable(() => ({ version: 1, upTo: output.records, padding }));
  output.started();
  let printedBytes = 0;
  for (let i = 0; i < 20_000; i += 1) {
    output.record({ id: String(i) }, 1_000);
    printedBytes += 80;
    output.checkpointIfDue();
    output.checkpoint();
  }
  const upTo = printed.states.map((state) => (state as { upTo: number }).upTo);
  expect(upTo.length).toBeGreaterThan(1);
  expect(upTo.length * padding.length).toBeLessThan(printedBytes / 4);
  output.record({ id: 'one more' }, 1_000);
  clock.ms = CHECKPOINT_MS;
  output.checkpointIfDue();
  expect(printed.states).toHaveLength(upTo.length + 1);
});

test('a checkpoint does not repeat what the reader has, nor goes out when the stream has ended', () => {
  const { output, printed, emit } = open(true);
  emit(1);
  output.checkpoint();
  output.checkpoint();
  output.complete();
  output.checkpoint();
  output.rateLimited(5_000);
  expect(printed.outline).toEqual(['STARTED', 'RUNNING', 'RECORD', 'STATE 1', 'COMPLETE']);
});

test('the last state counts the last records even if it says the same, and then differs from the one before', () => {
  const printed = new Printout();
  const output = new StreamOutput(printed.writer, 'parts', () => 0);
  output.resumable(() => ({ version: 1 }));
  output.started();
  output.record({ id: 'a' }, 0);
  output.checkpoint();
  output.record({ id: 'b' }, 0);
  output.complete();
  expect(printed.outline).toEqual(['STARTED', 'RUNNING', 'RECORD', 'STATE 1', 'RECORD', 'STATE 1', 'COMPLETE']);
  expect(printed.states[0]).toEqual({ version: 1 });
  expect(printed.states[1]).toMatchObject({ version: 1 });
  expect(printed.states[1]).not.toEqual(printed.states[0]);
});

test('a resumable stream that fails says how far it came', () => {
  const { output, printed, emit } = open(true);
  emit(2);
  output.incomplete();
  expect(printed.outline).toEqual(['STARTED', 'RUNNING', 'RECORD', 'RECORD', 'STATE 2', 'INCOMPLETE']);
});

test('a rate limit is told with its end, behind a checkpoint', () => {
  const { output, printed, emit } = open(true);
  emit(2);
  output.rateLimited(5_000);
  expect(printed.outline).toEqual(['STARTED', 'RUNNING', 'RECORD', 'RECORD', 'STATE 2', 'RUNNING']);
  expect(printed.messages.at(-1)?.trace?.stream_status?.reasons).toEqual([
    { type: 'RATE_LIMITED', rate_limited: { quota_reset: 5_000 } },
  ]);
});

test('only a stream that has begun and not ended is active, and tells of rate limits and checkpoints', () => {
  const printed = new Printout();
  const output = new StreamOutput(printed.writer, 'parts', () => 0);
  output.resumable(() => ({ version: 1 }));
  output.rateLimited(5_000);
  output.checkpoint();
  expect([output.active, printed.messages.length]).toEqual([false, 0]);
  output.started();
  expect(output.active).toBe(true);
  output.incomplete();
  expect(output.active).toBe(false);
});
