import { expect, test } from 'vitest';
import { Printout } from '../../../test-support/unit/output.ts';
import { AirbyteOutput } from '../../airbyte/protocol/output.ts';
import { CHECKPOINT_MS, CHECKPOINT_RECORDS, CheckpointedSink } from './checkpoints.ts';

interface Opened {
  sink: CheckpointedSink;
  printed: Printout;
  emit: (count: number) => void;
  clock: { ms: number };
}

/** Opens a stream with an adjustable clock. Without `stateNow`, which receives the number of records, the stream can't be resumed. */
function open(stateNow?: (upTo: number) => object): Opened {
  const printed = new Printout();
  const clock = { ms: 0 };
  const emitted = { count: 0 };
  const sink = new CheckpointedSink(
    new AirbyteOutput(printed, 'debug').stream('parts'),
    stateNow === undefined ? undefined : () => stateNow(emitted.count),
    () => clock.ms,
  );
  const emit = (count: number): void => {
    for (let i = 0; i < count; i++) {
      sink.record({ id: String(i) }, 1_000, undefined);
      emitted.count += 1;
    }
  };
  sink.started();
  return { sink, printed, emit, clock };
}

const counting = (upTo: number): object => ({ version: 1, upTo });

test('a stream that cannot be resumed saves one state without a cursor when it ends', () => {
  const { sink, printed, emit } = open();
  emit(3);
  sink.checkpoint();
  sink.end(true);
  expect(printed.outline).toEqual(['STARTED', 'RUNNING', 'RECORD', 'RECORD', 'RECORD', 'STATE 3', 'COMPLETE']);
  expect(printed.states).toEqual([{ __ab_no_cursor_state_message: true }]);
});

test('a stream that cannot be resumed saves no state if it fails', () => {
  const { sink, printed, emit } = open();
  emit(1);
  sink.end(false);
  expect(printed.outline).toEqual(['STARTED', 'RUNNING', 'RECORD', 'INCOMPLETE']);
});

test('a stream without records still reports its start and saves its state', () => {
  for (const stateNow of [counting, undefined]) {
    const { sink, printed } = open(stateNow);
    sink.end(true);
    expect(printed.outline).toEqual(['STARTED', 'RUNNING', 'STATE 0', 'COMPLETE']);
  }
});

test('a state contains the number of records since the previous state', () => {
  const { sink, printed, emit } = open(counting);
  emit(2);
  sink.checkpoint();
  emit(3);
  sink.end(true);
  expect(printed.outline.filter((line) => line.startsWith('STATE'))).toEqual(['STATE 2', 'STATE 3']);
  expect(printed.states).toEqual([
    { version: 1, upTo: 2 },
    { version: 1, upTo: 5 },
  ]);
});

test('a checkpoint is saved after enough records have been emitted', () => {
  const { sink, printed, emit } = open(counting);
  for (let i = 0; i < 2 * CHECKPOINT_RECORDS; i++) {
    emit(1);
    sink.checkpointIfDue();
  }
  expect(printed.states).toEqual([CHECKPOINT_RECORDS, 2 * CHECKPOINT_RECORDS].map((upTo) => ({ version: 1, upTo })));
});

test('a checkpoint is saved after enough time has passed', () => {
  const { sink, printed, emit, clock } = open(counting);
  emit(1);
  clock.ms = CHECKPOINT_MS - 1;
  sink.checkpointIfDue();
  expect(printed.states).toEqual([]);
  clock.ms = CHECKPOINT_MS;
  sink.checkpointIfDue();
  emit(1);
  sink.checkpointIfDue();
  expect(printed.states).toEqual([{ version: 1, upTo: 1 }]);
});

test('a large state is delayed until four times its size has been printed or it is overdue', () => {
  const padding = 'x'.repeat(100_000);
  const { sink, printed, emit, clock } = open((upTo) => ({ version: 1, upTo, padding }));
  let printedBytes = 0;
  for (let i = 0; i < 20_000; i += 1) {
    emit(1);
    printedBytes += 80;
    sink.checkpointIfDue();
    sink.checkpoint();
  }
  const upTo = printed.states.map((state) => (state as { upTo: number }).upTo);
  expect(upTo.length).toBeGreaterThan(1);
  expect(upTo.length * padding.length).toBeLessThan(printedBytes / 4);
  emit(1);
  clock.ms = CHECKPOINT_MS;
  sink.checkpointIfDue();
  expect(printed.states).toHaveLength(upTo.length + 1);
});

test('the same checkpoint is saved only once, and no checkpoint is saved after the stream has ended', () => {
  const { sink, printed, emit } = open(counting);
  emit(1);
  sink.checkpoint();
  sink.checkpoint();
  sink.end(true);
  sink.checkpoint();
  sink.held(5_000);
  expect(printed.outline).toEqual(['STARTED', 'RUNNING', 'RECORD', 'STATE 1', 'COMPLETE']);
});

test('the final state reports the number of remaining records, even if the state itself is unchanged', () => {
  const { sink, printed, emit } = open(() => ({ version: 1 }));
  emit(1);
  sink.checkpoint();
  emit(1);
  sink.end(true);
  expect(printed.outline).toEqual(['STARTED', 'RUNNING', 'RECORD', 'STATE 1', 'RECORD', 'STATE 1', 'COMPLETE']);
  expect(printed.states[0]).toEqual({ version: 1 });
  expect(printed.states[1]).toMatchObject({ version: 1 });
  expect(printed.states[1]).not.toEqual(printed.states[0]);
});

test('a checkpoint is saved before a rate limit is reported', () => {
  const { sink, printed, emit } = open(counting);
  emit(2);
  sink.held(5_000);
  expect(printed.outline).toEqual(['STARTED', 'RUNNING', 'RECORD', 'RECORD', 'STATE 2', 'RUNNING']);
  expect(printed.messages.at(-1)?.trace?.stream_status?.reasons).toEqual([
    { type: 'RATE_LIMITED', rate_limited: { quota_reset: 5_000 } },
  ]);
});

test('a stream that is incomplete has also ended', () => {
  const { sink } = open(counting);
  expect(sink.hasEnded).toBe(false);
  sink.end(false);
  expect(sink.hasEnded).toBe(true);
});
