import { expect, test } from 'vitest';
import { latestOf, StateFrame } from './cursor.ts';

const EARLY = '2018-08-22T09:56:23.362Z';
const LATE = '2018-08-22T09:56:23.363Z';

test.each([
  [EARLY, LATE, LATE],
  [LATE, EARLY, LATE],
  [EARLY, EARLY, EARLY],
  [undefined, EARLY, EARLY],
  [EARLY, undefined, EARLY],
  [undefined, undefined, undefined],
])('latestOf(%s, %s) returns %s', (a, b, latest) => {
  expect(latestOf(a, b)).toBe(latest);
});

test.each([
  ['17', '17', true],
  ['17', '18', false],
  ['17', undefined, false],
  [undefined, '17', false],
  [undefined, undefined, false],
])('a full refresh resumes only from a state of its own job (job %s, state of job %s: %s)', (jobId, job, expected) => {
  const options = { platform: 'compose', startedAt: LATE, lookbackMs: 0, startDate: undefined, jobId };
  expect(new StateFrame({ version: 1, job }, { mode: 'full_refresh', ...options }).counts).toBe(expected);
  expect(new StateFrame({ version: 1, job }, { mode: 'incremental', ...options }).counts).toBe(true);
});
