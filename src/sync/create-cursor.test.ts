import { describe, expect, test } from 'vitest';
import { backups, events, recipes } from '../../test-support/unit/reads.ts';
import { createCursor, fromTheFuture } from './create-cursor.ts';
import type { Cursor, CursorOptions } from './cursor.ts';
import { NewestFirstCursor } from './newest-first-cursor.ts';
import { SliceMarks } from './slice-marks.ts';
import type { StreamDefinition } from './stream.ts';

const STARTED_AT = '2018-09-01T00:00:00.000Z';
const LATER = '2018-09-01T00:00:00.001Z';
const options: CursorOptions = {
  mode: 'incremental',
  startedAt: STARTED_AT,
  lookbackMs: 60_000,
  startDate: undefined,
  jobId: undefined,
};
const create = (definition: StreamDefinition, state: object = {}): Cursor | undefined =>
  createCursor(definition, state, 'The state of it in s.json', options);

test('a stream that cannot be read incrementally has none, whatever its state says', () => {
  expect(create(backups)).toBeUndefined();
  expect(create(backups, { version: 9 })).toBeUndefined();
});

test('a list that comes newest first has a walk, at the place that its state tells', () => {
  const state = { version: 1, mark: STARTED_AT, walk: { cursor: 'e7', floor: STARTED_AT } };
  const cursor = create(events, state);
  expect(cursor).toBeInstanceOf(NewestFirstCursor);
  expect(cursor?.state()).toEqual(state);
});

test('a report per deployment has marks, at the place that its state tells', () => {
  const state = { version: 1, marks: { d1: STARTED_AT } };
  const cursor = create(recipes, state);
  expect(cursor).toBeInstanceOf(SliceMarks);
  expect(cursor?.state()).toEqual(state);
});

test.each([events, recipes])('a state of $name that cannot be used is named', (definition) => {
  expect(() => create(definition, { version: 9 })).toThrow(/^The state of it in s\.json cannot be used: version is 9/);
});

describe('a state whose time is still to come', () => {
  test.each<[StreamDefinition, object]>([
    [events, { version: 1, mark: LATER }],
    [recipes, { version: 1, marks: { d1: STARTED_AT, d2: LATER } }],
  ])('of $name is warned about', (definition, state) => {
    const cursor = create(definition, state);
    expect(cursor && fromTheFuture(cursor, STARTED_AT)).toContain(`everything up to ${LATER} is read`);
  });

  test.each<[StreamDefinition, object]>([
    [events, {}],
    [events, { version: 1, mark: STARTED_AT }],
    [recipes, {}],
    [recipes, { version: 1, marks: { d1: STARTED_AT } }],
  ])('is not any state of $name: %j', (definition, state) => {
    const cursor = create(definition, state);
    expect(cursor).toBeDefined();
    expect(cursor && fromTheFuture(cursor, STARTED_AT)).toBeUndefined();
  });
});
