import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { windowState, type WindowValues } from './state.ts';
import { parseState, type SharedState } from '../state-format.ts';
import type { CursorOptions } from '../cursor.ts';
import { type PartitionWindows, WindowCursor, type Window } from './cursor.ts';
import type { WindowSize } from './declaration.ts';
import { utcText } from '../../record/timestamp.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.parse('2025-06-02T12:00:00.000Z');
const SIZE: WindowSize = { longestMs: 8 * DAY, shortestMs: MINUTE, overlapMs: HOUR, firstMs: 30 * DAY };

const NONE: WindowValues & SharedState = { version: 1, marks: {} };

function open(
  state: WindowValues & SharedState = NONE,
  options: Partial<CursorOptions> = {},
  size = SIZE,
): WindowCursor {
  return new WindowCursor(
    state,
    {
      mode: 'incremental',
      platform: 'ibm_cloud',
      startedAt: utcText(START),
      lookbackMs: MINUTE,
      startDate: undefined,
      jobId: undefined,
      ...options,
    },
    size,
  );
}

function marked(mark: string, more: Partial<WindowValues & SharedState> = {}): WindowValues & SharedState {
  return { version: 1, platform: 'ibm_cloud', marks: { one: mark }, ...more };
}

/** All windows, each read at once. */
function allOf(windows: PartitionWindows): Window[] {
  const all: Window[] = [];
  for (let window = windows.current; window !== undefined; window = windows.current) {
    all.push(window);
    windows.read();
  }
  return all;
}

const shown = ({ from, to }: Window): string => `${utcText(from)}/${utcText(to)}`;

describe('where a read begins', () => {
  test('thirty days back, in windows of eight days, up to the start of the run', () => {
    expect(allOf(open().begin('one')).map(shown)).toEqual([
      '2025-05-03T12:00:00.000Z/2025-05-11T12:00:00.000Z',
      '2025-05-11T12:00:00.000Z/2025-05-19T12:00:00.000Z',
      '2025-05-19T12:00:00.000Z/2025-05-27T12:00:00.000Z',
      '2025-05-27T12:00:00.000Z/2025-06-02T12:00:00.000Z',
    ]);
  });

  test('at start_date, however old or young', () => {
    const early = allOf(open(NONE, { startDate: '2025-01-01T00:00:00.000Z' }).begin('one'));
    expect(early[0]?.from).toBe(Date.parse('2025-01-01T00:00:00.000Z'));
    expect(early).toHaveLength(20);
    const late = allOf(open(NONE, { startDate: '2025-06-01T00:00:00.000Z' }).begin('one'));
    expect(late.map(shown)).toEqual(['2025-06-01T00:00:00.000Z/2025-06-02T12:00:00.000Z']);
    expect(allOf(open(NONE, { startDate: '2025-07-01T00:00:00.000Z' }).begin('one'))).toEqual([]);
  });

  test('an hour before the mark, or the look-back window if that is longer, but not before start_date', () => {
    const mark = marked('2025-06-02T06:00:00.000Z');
    const from = (options: Partial<CursorOptions>): string =>
      utcText(open(mark, options).begin('one').current?.from ?? 0);
    expect(from({})).toBe('2025-06-02T05:00:00.000Z');
    expect(from({ lookbackMs: 3 * HOUR })).toBe('2025-06-02T03:00:00.000Z');
    expect(from({ startDate: '2025-06-02T05:30:00.000Z' })).toBe('2025-06-02T05:30:00.000Z');
    expect(from({ startDate: '2024-06-02T05:30:00.000Z' })).toBe('2025-06-02T05:00:00.000Z');
  });

  test('each partition has its own mark, and one that is new is read from its beginning', () => {
    const cursor = open(marked('2025-06-02T06:00:00.000Z'));
    expect(utcText(cursor.begin('two').current?.from ?? 0)).toBe('2025-05-03T12:00:00.000Z');
    expect(allOf(cursor.begin('one'))).toHaveLength(1);
    expect(cursor.state().marks).toEqual({ one: utcText(START) });
  });
});

describe('the state', () => {
  test('names version, platform, marks, what reads went by, and the job of a full refresh', () => {
    const cursor = open(NONE, { mode: 'full_refresh', jobId: '7' });
    expect(cursor.state()).toEqual({ version: 1, platform: 'ibm_cloud', marks: {}, job: '7' });
    cursor.begin('one').read();
    expect(cursor.state()).toEqual({
      version: 1,
      platform: 'ibm_cloud',
      marks: { one: '2025-05-11T12:00:00.000Z' },
      start_date: '2025-05-03T12:00:00.000Z',
      job: '7',
    });
  });

  test('a partition of which nothing could be read says nothing about where reading began', () => {
    const state = marked('2025-06-02T06:00:00.000Z', { start_date: '2025-01-01T00:00:00.000Z' });
    const cursor = open(state);
    cursor.begin('refused');
    cursor.begin('one').read();
    expect(cursor.state()).toMatchObject({ start_date: '2025-01-01T00:00:00.000Z', marks: { one: utcText(START) } });
    cursor.begin('new').read();
    expect(cursor.state().start_date).toBe('2025-05-03T12:00:00.000Z');
  });

  test('a start_date that is moved back behind where reading began is warned about', () => {
    const state = marked('2025-06-02T06:00:00.000Z', { start_date: '2025-05-03T12:00:00.000Z' });
    expect(open(state).warnings()).toEqual([]);
    expect(open(state, { startDate: '2025-05-04T00:00:00.000Z' }).warnings()).toEqual([]);
    expect(open(state, { startDate: '2025-01-01T00:00:00.000Z' }).warnings()).toEqual([
      'earlier syncs read this stream from 2025-05-03T12:00:00.000Z on, and start_date is now 2025-01-01T00:00:00.000Z; records from before 2025-05-03T12:00:00.000Z do not come. Reset the stream to read them',
    ]);
  });

  test('a mark in the future is warned about and never goes back', () => {
    const cursor = open(marked('2025-06-02T12:30:00.000Z'));
    expect(cursor.warnings()).toEqual([expect.stringContaining('which is in the future')]);
    expect(allOf(cursor.begin('one'))).toHaveLength(1);
    expect(cursor.state().marks).toEqual({ one: '2025-06-02T12:30:00.000Z' });
  });
});

test('the first half comes first, and one that is as short as it may be is not halved', () => {
  const windows = open(NONE, { startDate: utcText(START - 3 * MINUTE - 1) }).begin('one');
  expect(windows.halve()).toBe(true);
  expect(windows.current).toEqual({ from: START - 3 * MINUTE - 1, to: START - MINUTE - 1 });
  expect(windows.halve()).toBe(true);
  expect(windows.current).toEqual({ from: START - 3 * MINUTE - 1, to: START - 2 * MINUTE - 1 });
  expect(windows.halve()).toBe(false);
  // What is left over is not halved unless it has to be.
  expect(allOf(windows).map(({ from, to }) => to - from)).toEqual([MINUTE, MINUTE, MINUTE + 1]);
});

/** Whether the n-th window is cut off, and whether the process is killed behind it. */
const fates = fc.array(fc.record({ cut: fc.boolean(), killed: fc.boolean() }), { maxLength: 60 });

test('whatever is cut off, and wherever a read is killed: windows leave no gap, go forward, and end where the run began', () => {
  fc.assert(
    fc.property(
      fates,
      fc.integer({ min: 1, max: 40 * DAY }),
      fc.integer({ min: 0, max: 3 * HOUR }),
      (happenings, span, lookbackMs) => {
        const startDate = utcText(START - span);
        const overlap = Math.max(HOUR, lookbackMs);
        let state = NONE;
        /** Up to here everything was emitted, over all reads. */
        let covered = START - span;
        const left = [...happenings];
        for (let done = false; !done;) {
          const cursor = open(state, { startDate, lookbackMs });
          const windows = cursor.begin('one');
          let last: number | undefined;
          done = true;
          for (let window = windows.current; window !== undefined; window = windows.current) {
            const { from, to } = window;
            expect(to - from).toBeGreaterThan(0);
            expect(to - from).toBeLessThanOrEqual(SIZE.longestMs);
            // In one read they stand side by side; against the read before they overlap.
            if (last === undefined)
              expect(from).toBe(Math.max(START - span, state.marks['one'] === undefined ? 0 : covered - overlap));
            else expect(from).toBe(last);
            const { cut = false, killed = false } = left.shift() ?? {};
            if (cut && windows.halve()) {
              expect(windows.current?.from).toBe(from);
              continue;
            }
            if (cut) expect(to - from).toBeLessThanOrEqual(MINUTE);
            last = to;
            covered = Math.max(covered, to);
            windows.read();
            // What is saved is what was read, at any moment.
            expect(cursor.state().marks['one']).toBe(utcText(covered));
            state = parseState(
              windowState,
              JSON.parse(JSON.stringify(cursor.state())) as object,
              'The state',
              'ibm_cloud',
            );
            if (killed) {
              done = false;
              break;
            }
          }
        }
        expect(covered).toBe(START);
      },
    ),
  );
});
