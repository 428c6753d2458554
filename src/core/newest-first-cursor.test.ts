import { describe, expect, test } from 'vitest';
import type { CursorOptions } from './cursor.ts';
import { NewestFirstCursor } from './newest-first-cursor.ts';
import type { WalkState } from './stream-states.ts';

type TestRow = { id: string; at: string | undefined };

const EVENTS = { path: 'events', key: 'id', time: 'at' };
const STARTED_AT = '2018-09-01T00:00:00.000Z';

/** A time on 31 August, `minute` minutes after noon. */
const at = (minute: number): string => new Date(Date.UTC(2018, 7, 31, 12, minute)).toISOString();
/** Rows as `e<minute>`, each at its minute. */
const rows = (...minutes: number[]): TestRow[] => minutes.map((minute) => ({ id: `e${minute}`, at: at(minute) }));

function cursorAt(state: Omit<WalkState, 'version'> = {}, options: Partial<CursorOptions> = {}): NewestFirstCursor {
  const defaults = {
    platform: 'compose',
    startedAt: STARTED_AT,
    lookbackMs: 60_000,
    startDate: undefined,
    jobId: undefined,
  };
  return new NewestFirstCursor({ version: 1, ...state }, { mode: 'incremental', ...defaults, ...options }, EVENTS);
}

/** Takes a page as a read does, and gives the ids that come out. */
function take(cursor: NewestFirstCursor, page: TestRow[]): string[] {
  const { emit, commit } = cursor.plan(page);
  commit();
  return page.filter((_, i) => emit[i]).map(({ id }) => id);
}

/** An empty page, and the answer to the question whether there is nothing older than the last row either. */
function end(cursor: NewestFirstCursor): void {
  take(cursor, []);
  if (cursor.place.olderThan !== undefined) take(cursor, []);
}

describe('the first read', () => {
  test('asks for the newest page, then for what follows the last row, until nothing comes', () => {
    const cursor = cursorAt();
    expect(cursor.place).toEqual({ newerThan: undefined, olderThan: undefined, cursor: undefined });
    expect(take(cursor, rows(9, 8))).toEqual(['e9', 'e8']);
    expect(cursor.place).toEqual({ newerThan: undefined, olderThan: undefined, cursor: 'e8' });
    expect(take(cursor, rows(7))).toEqual(['e7']);
    expect(cursor.done).toBe(false);
    expect(take(cursor, [])).toEqual([]);
    expect(cursor.done).toBe(false);
    expect(cursor.place).toEqual({ newerThan: undefined, olderThan: '2018-08-31T12:07:01.000Z', cursor: undefined });
    expect(take(cursor, rows(7))).toEqual([]);
    expect(cursor.place.olderThan).toBe(at(7));
    expect(take(cursor, [])).toEqual([]);
    expect(cursor.done).toBe(true);
    expect(cursor.state()).toEqual({ version: 1, mark: at(9) });
  });

  test('keeps the walk in its state, and no mark before the end', () => {
    const cursor = cursorAt();
    expect(cursor.state()).toEqual({ version: 1 });
    take(cursor, rows(9, 8));
    expect(cursor.state()).toEqual({ version: 1, walk: { top: at(9), cursor: 'e8' } });
  });

  test('of an empty list ends at once, without a mark', () => {
    const cursor = cursorAt();
    take(cursor, []);
    expect([cursor.done, cursor.state()]).toEqual([true, { version: 1 }]);
  });

  test('begins a page anew if what it was to emit was not emitted', () => {
    const cursor = cursorAt();
    cursor.plan(rows(9, 8));
    expect(cursor.state()).toEqual({ version: 1 });
    expect(take(cursor, rows(9, 8))).toEqual(['e9', 'e8']);
  });
});

describe('the next read', () => {
  test('asks for what is newer than the mark, less the look-back and a second', () => {
    const cursor = cursorAt({ mark: at(9) });
    expect(cursor.place.newerThan).toBe('2018-08-31T12:07:59.000Z');
    expect(take(cursor, rows(11, 10, 9))).toEqual(['e11', 'e10', 'e9']);
    end(cursor);
    expect(cursor.state()).toEqual({ version: 1, mark: at(11) });
  });

  test('emits the bound itself, but nothing before it', () => {
    const cursor = cursorAt({ mark: at(9) });
    expect(take(cursor, rows(9, 8, 7))).toEqual(['e9', 'e8']);
    expect(cursor.done).toBe(false);
  });

  test('ends at a page that lies wholly below the bound', () => {
    const cursor = cursorAt({ mark: at(9) });
    take(cursor, rows(11, 10));
    expect(take(cursor, rows(7, 6))).toEqual([]);
    expect([cursor.done, cursor.mark]).toEqual([true, at(11)]);
  });

  test('keeps its mark when there is nothing new', () => {
    const cursor = cursorAt({ mark: at(9) });
    take(cursor, rows(8));
    end(cursor);
    expect(cursor.state()).toEqual({ version: 1, mark: at(9) });
  });

  test('of a state from the future emits nothing and keeps the state', () => {
    const mark = '2019-01-01T00:00:00.000Z';
    const cursor = cursorAt({ mark });
    expect(take(cursor, rows(9, 8))).toEqual([]);
    expect([cursor.done, cursor.state()]).toEqual([true, { version: 1, mark }]);
  });
});

test('start_date is a bound too, and the later of the two counts', () => {
  const first = cursorAt({}, { startDate: at(8) });
  expect(first.place.newerThan).toBe('2018-08-31T12:07:59.000Z');
  expect(take(first, rows(9, 8, 7))).toEqual(['e9', 'e8']);
  expect(cursorAt({ mark: at(20) }, { startDate: at(8) }).place.newerThan).toBe('2018-08-31T12:18:59.000Z');
  expect(cursorAt({ mark: at(2) }, { startDate: at(8) }).place.newerThan).toBe('2018-08-31T12:07:59.000Z');
});

describe('a read that goes on with an unfinished walk', () => {
  const state = { mark: at(2), walk: { top: at(9), cursor: 'e6', floor: at(2) } };

  test('goes down to its floor first, then reads what is newer than its top', () => {
    const cursor = cursorAt(state);
    expect(cursor.resumesAt).toBe('e6');
    expect(cursor.place).toEqual({ newerThan: '2018-08-31T12:00:59.000Z', olderThan: undefined, cursor: 'e6' });
    expect(take(cursor, rows(5, 4, 2))).toEqual(['e5', 'e4', 'e2']);
    end(cursor);
    expect(cursor.state()).toEqual({ version: 1, mark: at(9) });
    expect([cursor.done, cursor.resumesAt]).toEqual([false, undefined]);
    expect(cursor.place).toEqual({ newerThan: '2018-08-31T12:07:59.000Z', olderThan: undefined, cursor: undefined });
    expect(take(cursor, rows(12, 9, 8))).toEqual(['e12', 'e9', 'e8']);
    end(cursor);
    expect([cursor.done, cursor.state()]).toEqual([true, { version: 1, mark: at(12) }]);
  });

  test('leaves out the row at which it stopped, if the API sends it again', () => {
    expect(take(cursorAt(state), rows(6, 5))).toEqual(['e5']);
  });

  test('begins again at the newest row with the same floor, if its place is gone', () => {
    const cursor = cursorAt(state);
    cursor.restart();
    expect(cursor.resumesAt).toBeUndefined();
    expect(cursor.place).toEqual({ newerThan: '2018-08-31T12:00:59.000Z', olderThan: undefined, cursor: undefined });
    expect(cursor.state()).toEqual({ version: 1, mark: at(2) });
    take(cursor, rows(12, 9));
    expect(cursor.state().walk).toEqual({ top: at(12), cursor: 'e9', floor: at(2) });
  });

  test('does not take a later row for its top, because what came before that was not seen', () => {
    const cursor = cursorAt({ walk: { top: at(9), cursor: 'e6' } });
    take(cursor, rows(11, 5));
    expect(cursor.state().walk?.top).toBe(at(9));
  });
});

test('rows dated after the start of the run are emitted, but the mark stays behind them', () => {
  const cursor = cursorAt({}, { startedAt: at(9) });
  expect(take(cursor, rows(15, 10, 9, 8))).toEqual(['e15', 'e10', 'e9', 'e8']);
  end(cursor);
  expect(cursor.mark).toBe(at(9));
});

test('rows without a time are emitted, move nothing, and end no walk', () => {
  const cursor = cursorAt({ mark: at(9) });
  expect(take(cursor, [{ id: 'x', at: undefined }, ...rows(7)])).toEqual(['x']);
  expect(cursor.done).toBe(false);
  end(cursor);
  expect(cursor.mark).toBe(at(9));
});

describe('an API that sends the row of the cursor once more', () => {
  test('has it emitted once, and the walk ends when nothing else comes', () => {
    const cursor = cursorAt();
    take(cursor, rows(9, 8));
    expect(take(cursor, rows(8, 7))).toEqual(['e7']);
    expect(take(cursor, rows(7))).toEqual([]);
    expect(cursor.done).toBe(false);
    end(cursor);
    expect(cursor.done).toBe(true);
  });
});

describe('an API that ignores the cursor is found out', () => {
  const ignored = expect.objectContaining({ problem: 'cursor_ignored', failureType: 'system_error' }) as Error;

  test('when it sends the same page again', () => {
    const cursor = cursorAt();
    take(cursor, rows(9, 8));
    expect(() => cursor.plan(rows(9, 8))).toThrow(ignored);
    expect(() => cursor.plan(rows(9, 8))).toThrow('events');
  });

  test('when new rows arrive meanwhile', () => {
    const cursor = cursorAt();
    take(cursor, rows(9, 8));
    expect(() => cursor.plan(rows(10, 9))).toThrow(ignored);
  });

  test('when it begins again later', () => {
    const cursor = cursorAt();
    take(cursor, rows(9, 8));
    take(cursor, rows(7, 6));
    expect(() => cursor.plan(rows(10, 9, 8))).toThrow(ignored);
  });

  test('and the mark does not move', () => {
    const cursor = cursorAt({ mark: at(2) });
    take(cursor, rows(9, 8));
    expect(() => cursor.plan(rows(9, 8))).toThrow();
    expect(cursor.state()).toEqual({ version: 1, mark: at(2), walk: { top: at(9), cursor: 'e8', floor: at(2) } });
  });
});
