import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { partitionState } from '../../core/retrieval/partition/state.ts';
import { monthState } from '../../core/retrieval/month/state.ts';
import { newestFirstState } from '../../core/retrieval/newest-first/state.ts';
import { windowState } from '../../core/retrieval/window/state.ts';
import { parseState } from '../../core/retrieval/state-format.ts';
import type { Row } from '../../core/record/row.ts';
import { cursorFieldOf } from '../../core/stream/stream.ts';
import { STREAMS } from '../../streams.ts';
import { type Bookmarked, bookmarkOf, bookmarked, foreignKeys, stateOf } from './bookmarks.ts';

const WALK: Bookmarked = {
  platform: 'compose',
  replicationKey: 'created_at',
  format: newestFirstState,
  partitionName: 'deployment_id',
};
const MARKS: Bookmarked = { ...WALK, replicationKey: 'updated_at', format: partitionState };
const WINDOWS: Bookmarked = { ...WALK, format: windowState, partitionName: 'logs_instance' };
const MONTHS: Bookmarked = { ...WALK, replicationKey: 'month', format: monthState };

const T = '2023-02-28T12:00:00.000Z';
const WHERE = 'The bookmark of it in the state file s.json';

const time = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString());
const id = fc.oneof(fc.stringMatching(/^[0-9a-f]{24}$/), fc.string({ minLength: 1 }), fc.constant('__proto__'));
const version = fc.constant(1 as const);
const walkState = fc.record(
  {
    version,
    mark: time,
    start_date: time,
    job: fc.string(),
    walk: fc.record({ cursor: id, top: time, before: id, floor: time }, { requiredKeys: ['cursor'] }),
  },
  { requiredKeys: ['version'] },
);
const marksState = fc.record(
  {
    version,
    start_date: time,
    job: fc.string(),
    marks: fc.array(fc.tuple(id, time)).map(Object.fromEntries<string>),
    pending: fc.array(id, { minLength: 1 }),
  },
  { requiredKeys: ['version', 'marks'] },
);

const monthsState = fc.record(
  {
    version,
    start_date: time,
    job: fc.string(),
    month: fc
      .tuple(fc.integer({ min: 1970, max: 9999 }), fc.integer({ min: 1, max: 12 }))
      .map(([year, month]) => `${year}-${String(month).padStart(2, '0')}`),
    limits: fc.array(id, { minLength: 1 }),
  },
  { requiredKeys: ['version'] },
);

test('a partition calls its partition what the stream calls it', () => {
  const bookmark = bookmarkOf({ version: 1, marks: { 'crn:1': T } }, WINDOWS);
  expect(bookmark['partitions']).toEqual([
    { context: { logs_instance: 'crn:1' }, replication_key: 'created_at', replication_key_value: T },
  ]);
  expect(() => stateOf({ partitions: [{ context: { deployment_id: 'd' } }] }, WINDOWS, WHERE)).toThrow(
    'partitions[0].context.logs_instance must be an id',
  );
});

describe('the translations are each the inverse of the other', () => {
  test.each([
    ['walk', walkState, WALK],
    ['marks', marksState, MARKS],
    ['windows', marksState.map(({ pending: _none, ...state }) => state), WINDOWS],
    ['months', monthsState, MONTHS],
  ] as const)('%s', (_, states, about) => {
    fc.assert(
      fc.property(states, (state) => {
        const bookmark = bookmarkOf(state, about);
        expect(stateOf(bookmark, about, WHERE)).toEqual(state);
        expect(bookmarkOf(stateOf(bookmark, about, WHERE), about)).toEqual(bookmark);
        // Clients print and read it in between.
        expect(stateOf(JSON.parse(JSON.stringify(bookmark)) as Row, about, WHERE)).toEqual(state);
        expect(foreignKeys(bookmark, about)).toEqual({});
        // The core forgets a mark of such a name, and reads the deployment again.
        fc.pre(!('marks' in state && Object.hasOwn(state.marks, '__proto__')));
        expect(parseState(about.format, stateOf(bookmark, about, WHERE), WHERE, 'compose')).toEqual(state);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the form', () => {
  test('of a walk that is under way, and of one that is through', () => {
    expect(bookmarkOf({ version: 1, mark: T, walk: { top: T, cursor: 'c' } }, WALK)).toEqual({
      version: 1,
      platform: 'compose',
      replication_key: 'created_at',
      replication_key_value: T,
      start_date: null,
      job: null,
      walk: [{ top: T, cursor: 'c', before: null, floor: null }],
    });
    expect(bookmarkOf({ version: 1, mark: T }, WALK)).toMatchObject({ walk: [] });
  });

  test('of marks, sorted by deployment', () => {
    expect(bookmarkOf({ version: 1, marks: { b: T, a: T } }, MARKS)).toEqual({
      version: 1,
      platform: 'compose',
      start_date: null,
      job: null,
      partitions: ['a', 'b'].map((deployment_id) => ({
        context: { deployment_id },
        replication_key: 'updated_at',
        replication_key_value: T,
      })),
      pending: [],
    });
    expect(bookmarkOf({ version: 1, marks: {}, pending: ['b', 'a'] }, MARKS)).toMatchObject({ pending: ['b', 'a'] });
  });

  test('every incremental stream has one, and no other', () => {
    for (const definition of STREAMS['compose'] ?? []) {
      expect(bookmarked('compose', definition) !== undefined, definition.name).toBe(
        cursorFieldOf(definition) !== undefined,
      );
    }
  });
});

describe('other forms that are taken', () => {
  test.each<[string, Bookmarked, Row, Row]>([
    ['no version', WALK, { replication_key: 'created_at', replication_key_value: T }, { version: 1, mark: T }],
    [
      'nulls',
      WALK,
      { version: null, platform: null, replication_key_value: null, walk: null, start_date: null },
      { version: 1 },
    ],
    [
      'the state of the core, a walk',
      WALK,
      { version: 1, mark: T, walk: { cursor: 'c', top: T } },
      { version: 1, mark: T, walk: { cursor: 'c', top: T } },
    ],
    [
      'the state of the core, marks',
      MARKS,
      { version: 1, marks: { d: T }, pending: ['r'] },
      { version: 1, marks: { d: T }, pending: ['r'] },
    ],
    [
      'a merge of both, in which the newer form counts',
      WALK,
      { mark: '2001-01-01T00:00:00.000Z', replication_key_value: null, walk: [] },
      { version: 1 },
    ],
    [
      'a partition without a value',
      MARKS,
      { partitions: [{ context: { deployment_id: 'd' }, replication_key_value: null }] },
      { version: 1, marks: {} },
    ],
    ['nulls for lists', MARKS, { partitions: null, pending: null }, { version: 1, marks: {} }],
  ])('%s', (_, about, bookmark, state) => {
    expect(stateOf(bookmark, about, WHERE)).toEqual(state);
  });
});

describe('what cannot be used is told by the keys of the bookmark', () => {
  test.each<[string, Bookmarked, Row, string]>([
    ['a value that is no time', WALK, { replication_key_value: 'soon' }, 'replication_key_value must be a timestamp'],
    ['a walk that is a text', WALK, { walk: 'c' }, 'walk must be a list of at most one object'],
    ['partitions that are no list', MARKS, { partitions: {} }, 'partitions must be a list'],
    ['a pending key that is none', MARKS, { pending: ['r1', 2] }, 'pending must be a list of keys'],
    [
      'a partition of nothing',
      MARKS,
      { partitions: [{ context: { deployment_id: 'd' } }, {}] },
      'partitions[1].context.deployment_id must be an id',
    ],
    [
      'a partition of no time',
      MARKS,
      { partitions: [{ context: { deployment_id: 'd' }, replication_key_value: 1 }] },
      'partitions[0].replication_key_value must be a timestamp',
    ],
  ])('%s', (_, about, bookmark, complaint) => {
    expect(() => stateOf(bookmark, about, WHERE)).toThrow(
      `${WHERE} cannot be used: ${complaint}. Correct it, or take it out of the state to begin from the start.`,
    );
  });

  test('the bookmark of another platform says to reset the stream', () => {
    expect(() => stateOf({ version: 1, platform: 'ibm_cloud' }, WALK, WHERE)).toThrow(
      `${WHERE} belongs to the platform ibm_cloud, but the config names compose. Reset the stream`,
    );
    expect(() => stateOf({ platform: { a: 1 } }, WALK, WHERE)).toThrow('the platform of another kind');
  });

  test('what is foreign in a bookmark is known as such', () => {
    expect(foreignKeys({ version: 1, mark: T, walk: [], replication_key_signpost: T }, WALK)).toEqual({
      replication_key_signpost: T,
    });
    expect(foreignKeys({ partitions: [], marks: {}, replication_key: 'x' }, MARKS)).toEqual({ replication_key: 'x' });
  });
});
