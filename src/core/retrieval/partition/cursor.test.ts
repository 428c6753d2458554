import { describe, expect, test } from 'vitest';
import { partitionState, type PartitionValues } from './state.ts';
import { parseState, type SharedState } from '../state-format.ts';
import type { CursorOptions } from '../cursor.ts';
import { PartitionCursor } from './cursor.ts';

const STARTED_AT = '2018-09-01T00:00:00.000Z';
const T1 = '2018-08-22T09:56:23.363Z';
const T2 = '2018-08-23T00:00:00.000Z';

function marksOf(
  state: Omit<PartitionValues & SharedState, 'version'>,
  options: Partial<CursorOptions> = {},
): PartitionCursor {
  const defaults = {
    platform: 'compose',
    startedAt: STARTED_AT,
    lookbackMs: 60_000,
    startDate: undefined,
    jobId: undefined,
  };
  return new PartitionCursor({ version: 1, ...state }, { mode: 'incremental', ...defaults, ...options });
}

test('a deployment that is seen for the first time is read in full', () => {
  expect(marksOf({ marks: { d1: T1 } }).begin('d2')).toBeUndefined();
});

test('a known one is read from its mark on, less the look-back', () => {
  const marks = marksOf({ marks: { d1: T1, d2: T2 } });
  expect(marks.begin('d1')).toBe('2018-08-22T09:55:23.363Z');
  expect(marks.begin('d2')).toBe('2018-08-22T23:59:00.000Z');
  // A second at least: the API spells some times in whole seconds.
  expect(marksOf({ marks: { d1: T1 } }, { lookbackMs: 0 }).begin('d1')).toBe('2018-08-22T09:56:22.363Z');
});

test('the mark follows what was emitted, and never goes back', () => {
  const marks = marksOf({ marks: { d1: T1 } });
  marks.emitted('d1', 'r', T2, true);
  marks.emitted('d1', 'r', T1, true);
  marks.emitted('d2', 'r', T1, true);
  expect(marks.state()).toEqual({ version: 1, marks: { d1: T2, d2: T1 } });
});

test('a mark does not pass the time at which it is held, until it is held no longer', () => {
  const marks = marksOf({ marks: { d1: T1 } });
  marks.begin('d1', T1);
  marks.emitted('d1', 'r2', T2, true);
  marks.begin('d2', '');
  marks.emitted('d2', 'r3', T1, true);
  expect(marks.state().marks).toEqual({ d1: T1 });
  marks.begin('d1');
  marks.emitted('d1', 'r2', T2, true);
  expect(marks.state().marks).toEqual({ d1: T2 });
});

test('rows without a time, or dated after the start of the run, move nothing', () => {
  const marks = marksOf({ marks: {} });
  marks.emitted('d1', 'r', undefined, true);
  marks.emitted('d1', 'r', '2018-09-01T00:00:00.001Z', true);
  expect(marks.state().marks).toEqual({});
  marks.emitted('d1', 'r', STARTED_AT, true);
  expect(marks.state().marks).toEqual({ d1: STARTED_AT });
});

test('rows that may still change are known by their keys until they are told as final', () => {
  const marks = marksOf({ marks: { d1: T2 }, pending: ['r1', 'r2'] });
  expect(['r1', 'r2', 'r3'].map((key) => marks.isPending(key))).toEqual([true, true, false]);
  marks.emitted('d1', 'r1', T1, true);
  marks.emitted('d1', 'r3', undefined, false);
  expect(marks.state()).toEqual({ version: 1, marks: { d1: T2 }, pending: ['r2', 'r3'] });
  marks.emitted('d2', 'r3', T1, true);
  marks.emitted('d2', 'r2', T1, true);
  expect(marks.state()).toEqual({ version: 1, marks: { d1: T2, d2: T1 } });
});

test('those that did not come in a read of everything are forgotten', () => {
  const marks = marksOf({ marks: {}, pending: ['r1', 'r2'] });
  marks.emitted('d1', 'r2', undefined, false);
  marks.emitted('d1', 'r3', undefined, false);
  expect(marks.state().pending).toEqual(['r1', 'r2', 'r3']);
  marks.readWhole();
  expect(marks.state().pending).toEqual(['r2', 'r3']);
});

test('deployments that the API no longer has are forgotten', () => {
  const marks = marksOf({ marks: { d1: T1, d2: T2, d3: T1 } });
  marks.retain(new Set(['d1', 'd3', 'd4']));
  expect(marks.state().marks).toEqual({ d1: T1, d3: T1 });
});

test('the state survives being written to a file', () => {
  const marks = marksOf({ marks: { d1: T1 } });
  const handedOn = parseState(
    partitionState,
    JSON.parse(JSON.stringify(marks.state())) as object,
    'The state',
    'compose',
  );
  expect(handedOn).toEqual({ version: 1, marks: { d1: T1 } });
});

test('a state that was given is not changed by the read', () => {
  const given = { version: 1 as const, marks: { d1: T1 } };
  const marks = marksOf(given);
  marks.emitted('d1', 'r', T2, true);
  marks.retain(new Set());
  expect(given).toEqual({ version: 1, marks: { d1: T1 } });
});

describe('a full refresh', () => {
  const state = { marks: { d1: T1 }, job: '17' };
  const mode = 'full_refresh';

  test('goes on where an earlier attempt of the same job stopped', () => {
    const marks = marksOf(state, { mode, jobId: '17' });
    expect(marks.begin('d1')).toBeDefined();
    expect(marks.state()).toEqual({ version: 1, ...state });
  });

  test.each(['18', undefined])('begins anew in another job (%s)', (jobId) => {
    const marks = marksOf(state, { mode, jobId });
    expect(marks.begin('d1')).toBeUndefined();
    expect(marks.state()).toEqual({ version: 1, marks: {}, ...(jobId === undefined ? {} : { job: jobId }) });
  });

  test('begins anew if nobody tells jobs apart', () => {
    expect(marksOf({ marks: { d1: T1 } }, { mode, jobId: undefined }).begin('d1')).toBeUndefined();
  });

  test('hands its marks on to an incremental read, which keeps no job', () => {
    expect(marksOf(state, { jobId: '18' }).state()).toEqual({ version: 1, marks: { d1: T1 } });
  });
});
