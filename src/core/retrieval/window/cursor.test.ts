import { describe, expect, test } from 'vitest';
import { type Window, WindowCursor, type WindowState } from './cursor.ts';
import type { CursorOptions } from '../cursor.ts';
import type { WindowSize } from './declaration.ts';
import { utcText } from '../../record/timestamp.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.parse('2025-06-02T12:00:00.000Z');
const SIZE: WindowSize = { longestMs: 8 * DAY, shortestMs: MINUTE, overlapMs: HOUR, firstMs: 30 * DAY };

const NONE: WindowState = { version: 1, marks: {} };

function open(state: WindowState = NONE, options: Partial<CursorOptions> = {}, size = SIZE): WindowCursor {
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

function marked(mark: string, more: Partial<WindowState> = {}): WindowState {
  return { version: 1, platform: 'ibm_cloud', marks: { one: mark }, ...more };
}

/** Reads all windows of a partition, and returns them from the oldest to the newest. */
function readAll(cursor: WindowCursor, partition = 'one'): Window[] {
  const all = cursor.windowsOf(partition).toReversed();
  for (const window of all) cursor.read(partition, window);
  return all;
}

/** Reads the oldest window of a partition. */
function readFirst(cursor: WindowCursor, partition: string): void {
  cursor.read(partition, cursor.windowsOf(partition).at(-1) ?? { from: 0, to: 0 });
}

const shown = ({ from, to }: Window): string => `${utcText(from)}/${utcText(to)}`;

describe('the start of a read', () => {
  test('a first read begins thirty days before the start of the sync, in windows of eight days', () => {
    expect(readAll(open()).map(shown)).toEqual([
      '2025-05-03T12:00:00.000Z/2025-05-11T12:00:00.000Z',
      '2025-05-11T12:00:00.000Z/2025-05-19T12:00:00.000Z',
      '2025-05-19T12:00:00.000Z/2025-05-27T12:00:00.000Z',
      '2025-05-27T12:00:00.000Z/2025-06-02T12:00:00.000Z',
    ]);
  });

  test('a first read begins at start_date, however old or recent it is', () => {
    const early = readAll(open(NONE, { startDate: '2025-01-01T00:00:00.000Z' }));
    expect(early[0]?.from).toBe(Date.parse('2025-01-01T00:00:00.000Z'));
    expect(early).toHaveLength(20);
    const late = readAll(open(NONE, { startDate: '2025-06-01T00:00:00.000Z' }));
    expect(late.map(shown)).toEqual(['2025-06-01T00:00:00.000Z/2025-06-02T12:00:00.000Z']);
    expect(readAll(open(NONE, { startDate: '2025-07-01T00:00:00.000Z' }))).toEqual([]);
  });

  test('a later read begins an hour before the high-water mark, or earlier with a longer lookback window, but not before start_date', () => {
    const mark = marked('2025-06-02T06:00:00.000Z');
    const from = (options: Partial<CursorOptions>): string =>
      utcText(open(mark, options).windowsOf('one').at(-1)?.from ?? 0);
    expect(from({})).toBe('2025-06-02T05:00:00.000Z');
    expect(from({ lookbackMs: 3 * HOUR })).toBe('2025-06-02T03:00:00.000Z');
    expect(from({ startDate: '2025-06-02T05:30:00.000Z' })).toBe('2025-06-02T05:30:00.000Z');
    expect(from({ startDate: '2024-06-02T05:30:00.000Z' })).toBe('2025-06-02T05:00:00.000Z');
  });

  test('each partition has its own high-water mark, and a new partition is read from the beginning', () => {
    const cursor = open(marked('2025-06-02T06:00:00.000Z'));
    expect(utcText(cursor.windowsOf('two').at(-1)?.from ?? 0)).toBe('2025-05-03T12:00:00.000Z');
    expect(readAll(cursor)).toHaveLength(1);
    expect(cursor.state().marks).toEqual({ one: utcText(START) });
  });
});

describe('the state', () => {
  test('the state contains the version, platform, high-water marks, start date, and the job of a full refresh', () => {
    const cursor = open(NONE, { mode: 'full_refresh', jobId: '7' });
    expect(cursor.state()).toEqual({ version: 1, platform: 'ibm_cloud', marks: {}, job: '7' });
    readFirst(cursor, 'one');
    expect(cursor.state()).toEqual({
      version: 1,
      platform: 'ibm_cloud',
      marks: { one: '2025-05-11T12:00:00.000Z' },
      start_date: '2025-05-03T12:00:00.000Z',
      job: '7',
    });
  });

  test('a partition that was not read does not change the saved start date', () => {
    const state = marked('2025-06-02T06:00:00.000Z', { start_date: '2025-01-01T00:00:00.000Z' });
    const cursor = open(state);
    cursor.windowsOf('refused');
    readFirst(cursor, 'one');
    expect(cursor.state()).toMatchObject({ start_date: '2025-01-01T00:00:00.000Z', marks: { one: utcText(START) } });
    readFirst(cursor, 'new');
    expect(cursor.state().start_date).toBe('2025-05-03T12:00:00.000Z');
  });

  test("a start_date before the first read's start date causes a warning", () => {
    const state = marked('2025-06-02T06:00:00.000Z', { start_date: '2025-05-03T12:00:00.000Z' });
    expect(open(state).warnings()).toEqual([]);
    expect(open(state, { startDate: '2025-05-04T00:00:00.000Z' }).warnings()).toEqual([]);
    expect(open(state, { startDate: '2025-01-01T00:00:00.000Z' }).warnings()).toEqual([
      'earlier syncs skipped records before 2025-05-03T12:00:00.000Z. They are still not read, although start_date is now 2025-01-01T00:00:00.000Z. To read them, reset the stream',
    ]);
  });

  test('a high-water mark in the future causes a warning and never moves back', () => {
    const cursor = open(marked('2025-06-02T12:30:00.000Z'));
    expect(cursor.warnings()).toEqual([expect.stringContaining('That time is in the future')]);
    expect(readAll(cursor)).toHaveLength(1);
    expect(cursor.state().marks).toEqual({ one: '2025-06-02T12:30:00.000Z' });
  });
});

test('a window is halved at a whole minute, and a window of one minute is not halved', () => {
  const cursor = open();
  const from = START - 3 * MINUTE - 1;
  const [newer, older] = cursor.halvesOf({ from, to: START }) ?? [];
  expect([older, newer]).toEqual([
    { from, to: START - MINUTE - 1 },
    { from: START - MINUTE - 1, to: START },
  ]);
  expect(cursor.halvesOf({ from: START - MINUTE, to: START })).toBeUndefined();
});
