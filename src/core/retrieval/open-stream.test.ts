import { describe, expect, test } from 'vitest';
import { backups, events, openRead, openRun, recipes } from '../../../test-support/unit/reads.ts';
import type { ComposeShared } from '../../platforms/compose/stream.ts';
import type { Cursor, CursorOptions } from './cursor.ts';
import { PartitionCursor } from './partition/cursor.ts';
import type { Stream } from '../stream/stream.ts';

type Definition = Stream<ComposeShared>;

const STARTED_AT = '2018-09-01T00:00:00.000Z';
const LATER = '2018-09-01T00:00:00.001Z';
/** Opens the stream and returns its cursor. */
const open = (definition: Definition, state: object = {}, options?: Partial<CursorOptions>): Cursor | undefined =>
  openRead<Cursor | undefined>(openRun({ startedAt: STARTED_AT }), definition, state, options).cursor;

test('a full-refresh stream has no cursor, whatever state was saved', () => {
  expect(open(backups)).toBeUndefined();
  expect(open(backups, { version: 9 })).toBeUndefined();
});

describe('a future time in a state', () => {
  test.each<[Definition, object]>([
    [events, { version: 1, mark: LATER }],
    [recipes, { version: 1, marks: { d1: STARTED_AT, d2: LATER } }],
  ])('a future time in the state of the stream $name causes a warning', (definition, state) => {
    const cursor = open(definition, state);
    expect(cursor?.warnings()).toEqual([expect.stringContaining(`everything up to ${LATER} was read`)]);
  });

  test.each<[Definition, object]>([
    [events, {}],
    [events, { version: 1, mark: STARTED_AT }],
    [recipes, {}],
    [recipes, { version: 1, marks: { d1: STARTED_AT } }],
  ])('other states of the stream $name cause no warning (%#)', (definition, state) => {
    const cursor = open(definition, state);
    expect(cursor?.warnings()).toEqual([]);
  });
});

describe('the start_date of earlier syncs', () => {
  const FROM = '2018-06-01T00:00:00.000Z';
  const BEFORE = '2018-01-01T00:00:00.000Z';
  const states: Array<[Definition, object]> = [
    [events, { version: 1, mark: STARTED_AT, start_date: FROM }],
    [recipes, { version: 1, marks: { d1: STARTED_AT }, start_date: FROM }],
  ];

  test.each(states)('moving back or removing start_date causes a warning (%#)', (definition, state) => {
    const warning = (startDate: string | undefined): string[] | undefined =>
      open(definition, state, { startDate })?.warnings();
    expect(warning(BEFORE)).toEqual([
      `earlier syncs skipped records before ${FROM}. They are still not read, although start_date is now ${BEFORE}. To read them, reset the stream`,
    ]);
    expect(warning(undefined)).toEqual([expect.stringContaining('although start_date is no longer set')]);
    expect(warning(FROM)).toEqual([]);
    expect(warning('2018-07-01T00:00:00.000Z')).toEqual([]);
  });

  test.each(states)(
    'an earlier start_date stays in the state, so that later syncs warn again (%#)',
    (definition, state) => {
      expect(open(definition, state, { startDate: BEFORE })?.state()).toEqual(state);
    },
  );

  test('the latest start_date of all syncs is saved', () => {
    const marks = open(recipes, { version: 1, marks: { d1: FROM }, start_date: BEFORE }, { startDate: FROM });
    if (!(marks instanceof PartitionCursor)) throw new Error('recipes have no marks');
    marks.begin('d1');
    expect(marks.state()).toMatchObject({ start_date: FROM });
    marks.begin('d2');
    marks.read('d2', STARTED_AT, undefined);
    expect(marks.state()).toEqual({ version: 1, marks: { d1: FROM, d2: STARTED_AT }, start_date: FROM });
  });
});
