import { describe, expect, test } from 'vitest';
import type { CursorOptions } from './cursor.ts';
import { NewestFirstCursor, belongsTo } from './newest-first-cursor.ts';
import type { WalkState } from './stream-states.ts';

const EVENTS = { path: 'events', key: 'id', time: 'at' };

/** A time on 31 August, `minute` minutes after noon. */
const at = (minute: number): string => new Date(Date.UTC(2018, 7, 31, 12, minute)).toISOString();

function cursorAt(state: Omit<WalkState, 'version'>, options: Partial<CursorOptions>): NewestFirstCursor {
  const defaults = {
    platform: 'compose',
    startedAt: at(60),
    lookbackMs: 60_000,
    startDate: undefined,
    jobId: undefined,
  };
  return new NewestFirstCursor({ version: 1, ...state }, { mode: 'incremental', ...defaults, ...options }, EVENTS);
}

describe('a full refresh', () => {
  const mode = 'full_refresh';
  const walk = { top: at(9), cursor: 'e6' };

  test('of a finished state begins anew in another job, and reads what is newer in the same', () => {
    const state = { mark: at(9), job: '17' };
    expect(cursorAt(state, { mode, jobId: '18' }).place.newerThan).toBeUndefined();
    expect(cursorAt(state, { mode }).place.newerThan).toBeUndefined();
    expect(cursorAt(state, { mode, jobId: '17' }).place.newerThan).toBeDefined();
  });

  test.each(['17', '18', undefined])(
    'goes on with an unfinished walk from the newest to the oldest (job %s)',
    (jobId) => {
      const cursor = cursorAt({ walk, job: '17' }, { mode, jobId });
      expect(cursor.resumesAt).toBe('e6');
      expect(cursor.place.newerThan).toBeUndefined();
    },
  );

  test('goes on with an unfinished walk that has a floor in the same job only, for that saw what is newer alone', () => {
    const state = { mark: at(2), walk: { ...walk, floor: at(2) }, job: '17' };
    expect(cursorAt(state, { mode, jobId: '17' }).resumesAt).toBe('e6');
    for (const jobId of ['18', undefined]) {
      const cursor = cursorAt(state, { mode, jobId });
      expect([cursor.resumesAt, cursor.mark]).toEqual([undefined, undefined]);
      expect(cursor.place).toEqual({ newerThan: undefined, olderThan: undefined, cursor: undefined });
    }
  });

  test('keeps its job in the state; an incremental read goes on with it, and keeps none', () => {
    const refresh = cursorAt({}, { mode, jobId: '17' });
    refresh.plan([{ id: 'e9', at: at(9) }]).commit();
    refresh.plan([]).commit();
    refresh.plan([]).commit();
    expect(refresh.state()).toEqual({ version: 1, mark: at(9), job: '17' });
    expect(cursorAt(refresh.state(), { jobId: '18' }).state()).toEqual({ version: 1, mark: at(9) });
  });
});

test.each([
  ['17', '17', true],
  ['17', '18', false],
  ['17', undefined, false],
  [undefined, '17', false],
  [undefined, undefined, false],
])('job %s may build on a state of job %s: %s', (jobId, job, may) => {
  expect(belongsTo(jobId, { job })).toBe(may);
});
