import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { partitionState } from '../../core/retrieval/partition/cursor.ts';
import { monthState } from '../../core/retrieval/month/cursor.ts';
import { newestFirstState } from '../../core/retrieval/newest-first/cursor.ts';
import { windowState } from '../../core/retrieval/window/cursor.ts';
import { parseState } from '../../core/retrieval/state-format.ts';
import type { Row } from '../../core/record/row.ts';
import { cursorFieldOf } from '../../core/stream/stream.ts';
import { STREAMS } from '../../streams.ts';
import { type BookmarkFormat, bookmarkFormatOf, bookmarkOf, stateOf } from './bookmarks.ts';

const NEWEST_FIRST: BookmarkFormat = {
  platform: 'compose',
  replicationKey: 'created_at',
  format: newestFirstState,
  partitionName: 'deployment_id',
};
const PARTITIONS: BookmarkFormat = { ...NEWEST_FIRST, replicationKey: 'updated_at', format: partitionState };
const WINDOWS: BookmarkFormat = { ...NEWEST_FIRST, format: windowState, partitionName: 'logs_instance' };
const MONTHS: BookmarkFormat = {
  ...NEWEST_FIRST,
  replicationKey: 'month',
  format: monthState,
  partitionName: 'account_id',
};

const T = '2023-02-28T12:00:00.000Z';
const WHERE = 'The bookmark of it in the state file s.json';

const time = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString());
const id = fc.oneof(fc.stringMatching(/^[0-9a-f]{24}$/), fc.string({ minLength: 1 }), fc.constant('__proto__'));
const version = fc.constant(1 as const);
const newestFirstStates = fc.record(
  {
    version,
    mark: time,
    start_date: time,
    walk: fc.record({ cursor: id, top: time, before: id, floor: time }, { requiredKeys: ['cursor'] }),
  },
  { requiredKeys: ['version'] },
);
const partitionStates = fc.record(
  {
    version,
    start_date: time,
    marks: fc.array(fc.tuple(id, time)).map(Object.fromEntries<string>),
    pending: fc.array(id, { minLength: 1 }),
  },
  { requiredKeys: ['version', 'marks'] },
);

const month = fc
  .tuple(fc.integer({ min: 1970, max: 9999 }), fc.integer({ min: 1, max: 12 }))
  .map(([year, number]) => `${year}-${String(number).padStart(2, '0')}`);
const monthStates = fc.record(
  {
    version,
    start_date: time,
    month,
    months: fc.dictionary(fc.stringMatching(/^[0-9a-f]{32}$/), month, { noNullPrototype: true }),
    limits: fc.array(id, { minLength: 1 }),
  },
  { requiredKeys: ['version'] },
);

test('the context of a partition contains its id, under the name that the stream defines', () => {
  const bookmark = bookmarkOf({ version: 1, marks: { 'crn:1': T } }, WINDOWS);
  expect(bookmark['partitions']).toEqual([
    { context: { logs_instance: 'crn:1' }, replication_key: 'created_at', replication_key_value: T },
  ]);
  expect(() => stateOf({ partitions: [{ context: { deployment_id: 'd' } }] }, WINDOWS, WHERE)).toThrow(
    'partitions[0].context.logs_instance must be an id',
  );
});

describe('a state', () => {
  test.each([
    ['for newest-first pagination', newestFirstStates, NEWEST_FIRST],
    ['with partitions', partitionStates, PARTITIONS],
    ['with windows', partitionStates.map(({ pending: _none, ...state }) => state), WINDOWS],
    ['with months', monthStates, MONTHS],
  ] as const)('%s stays the same after it is translated into a bookmark and back', (_, states, about) => {
    fc.assert(
      fc.property(states, (state) => {
        // zod drops the key `__proto__`, so the deployment with this id would be read again.
        fc.pre(!('marks' in state && Object.hasOwn(state.marks, '__proto__')));
        const bookmark = bookmarkOf(state, about);
        const printed = JSON.parse(JSON.stringify(bookmark)) as Row;
        const back = parseState(about.format, stateOf(printed, about, WHERE), WHERE, 'compose');
        const lists = Object.fromEntries(about.format.lists.map((key) => [key, []]));
        expect(back).toEqual({ platform: 'compose', ...lists, ...state });
        expect(bookmarkOf(back as unknown as Row, about)).toEqual(bookmark);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a bookmark', () => {
  test('contains the progress of newest-first pagination, or an empty list if the pagination is finished', () => {
    expect(bookmarkOf({ version: 1, mark: T, walk: { top: T, cursor: 'c' } }, NEWEST_FIRST)).toEqual({
      version: 1,
      platform: 'compose',
      replication_key: 'created_at',
      replication_key_value: T,
      start_date: null,
      walk: [{ top: T, cursor: 'c', before: null, floor: null }],
    });
    expect(bookmarkOf({ version: 1, mark: T }, NEWEST_FIRST)).toMatchObject({ walk: [] });
  });

  test('contains partitions sorted by deployment ID', () => {
    expect(bookmarkOf({ version: 1, marks: { b: T, a: T } }, PARTITIONS)).toEqual({
      version: 1,
      platform: 'compose',
      start_date: null,
      partitions: ['a', 'b'].map((deployment_id) => ({
        context: { deployment_id },
        replication_key: 'updated_at',
        replication_key_value: T,
      })),
      pending: [],
    });
    expect(bookmarkOf({ version: 1, marks: {}, pending: ['b', 'a'] }, PARTITIONS)).toMatchObject({
      pending: ['b', 'a'],
    });
  });

  test('exists only for incremental streams', () => {
    for (const definition of STREAMS['compose'] ?? []) {
      expect(bookmarkFormatOf('compose', definition) !== undefined, definition.name).toBe(
        cursorFieldOf(definition) !== undefined,
      );
    }
  });
});

describe('an edited bookmark', () => {
  test.each<[string, BookmarkFormat, Row, Row]>([
    ['no version', NEWEST_FIRST, { replication_key: 'created_at', replication_key_value: T }, { mark: T }],
    [
      'nulls',
      NEWEST_FIRST,
      { version: null, platform: null, replication_key_value: null, walk: null, start_date: null },
      {},
    ],
    ['nulls for lists', PARTITIONS, { partitions: null, pending: null }, { marks: {}, pending: [] }],
    [
      'a partition without a value',
      PARTITIONS,
      { partitions: [{ context: { deployment_id: 'd' }, replication_key_value: null }] },
      { marks: {}, pending: [] },
    ],
  ])('may contain %s', (_, about, bookmark, state) => {
    expect(parseState(about.format, stateOf(bookmark, about, WHERE), WHERE, 'compose')).toEqual({
      version: 1,
      platform: 'compose',
      ...state,
    });
  });
});

describe('an invalid bookmark', () => {
  test.each<[string, BookmarkFormat, unknown, string]>([
    ['that is a string', NEWEST_FIRST, 'x', 'it must be an object'],
    ['with a string instead of a list', NEWEST_FIRST, { walk: 'c' }, 'walk must be a list'],
    [
      'with a value that is not a time',
      NEWEST_FIRST,
      { replication_key_value: 'soon' },
      'replication_key_value must be a timestamp',
    ],
    ['with partitions that are not a list', PARTITIONS, { partitions: {} }, 'partitions must be a list'],
    [
      'with an empty partition',
      PARTITIONS,
      { partitions: [{ context: { deployment_id: 'd' } }, {}] },
      'partitions[1].context.deployment_id must be an id',
    ],
  ])('%s causes an error', (_, about, bookmark, problem) => {
    expect(() => stateOf(bookmark, about, WHERE)).toThrow(
      `${WHERE} cannot be used: ${problem}. Correct it, or remove the bookmark to read the stream from the beginning.`,
    );
  });

  test.each<[string, BookmarkFormat, Row, string]>([
    ['with an invalid key', PARTITIONS, { pending: ['r1', 2] }, 'cannot be used: pending.1 must be a key'],
    ['of a different platform', NEWEST_FIRST, { platform: 'ibm_cloud' }, 'belongs to the platform ibm_cloud'],
  ])('%s is rejected by the core', (_, about, bookmark, problem) => {
    expect(() => parseState(about.format, stateOf(bookmark, about, WHERE), WHERE, 'compose')).toThrow(
      `${WHERE} ${problem}`,
    );
  });
});
