import { expect, test } from 'vitest';
import { NewestFirstCursor, type NewestFirstState } from './cursor.ts';
import type { CursorOptions } from '../cursor.ts';

const NOON = '2018-08-31T12:00:00.000Z';
const ROW = { id: 'e9', at: NOON };

function cursorAt(state: Omit<NewestFirstState, 'version'>, options: Partial<CursorOptions>): NewestFirstCursor {
  const common = { platform: 'compose', startedAt: NOON, lookbackMs: 60_000, startDate: undefined, jobId: undefined };
  return new NewestFirstCursor(
    { version: 1, ...state },
    { mode: 'full_refresh', ...common, ...options },
    { path: 'events', key: 'id', time: 'at' },
  );
}

test('a full refresh resumes from a finished state in the same job, but starts over in another job', () => {
  const newerThan = (jobId: string): unknown => cursorAt({ mark: NOON, job: '17' }, { jobId }).position.newerThan;
  expect(['17', '18'].map(newerThan)).toEqual(['2018-08-31T11:58:59.000Z', undefined]);
});

test.each(['17', '18', undefined])(
  'a full refresh in any job resumes an unfinished read of the whole list (job %s)',
  (jobId) => {
    const { position } = cursorAt({ walk: { cursor: 'e6' }, job: '17' }, { jobId });
    expect(position).toEqual({ newerThan: undefined, after: 'e6' });
  },
);

test('a full refresh resumes an unfinished read with a floor only in the same job', () => {
  const state = { mark: NOON, walk: { cursor: 'e6', floor: NOON }, job: '17' };
  expect(cursorAt(state, { jobId: '17' }).position.after).toBe('e6');
  expect(cursorAt(state, { jobId: '18' }).position).toEqual({ newerThan: undefined, after: undefined });
});

test('a full refresh saves its job in the state, and a later incremental read removes the job from the state', () => {
  const refresh = cursorAt({}, { jobId: '17' });
  refresh.page([ROW], () => undefined);
  refresh.page([ROW], () => undefined);
  expect(refresh.state()).toEqual({ version: 1, mark: NOON, job: '17' });
  const incremental = cursorAt(refresh.state(), { mode: 'incremental', jobId: '18' });
  expect(incremental.state()).toEqual({ version: 1, mark: NOON });
});
