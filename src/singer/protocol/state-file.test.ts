import { describe, expect, test } from 'vitest';
import { inputFile } from '../../../test-support/unit/singer.ts';
import { parseTapState, readTapState } from './state-file.ts';

const T = '2023-02-28T12:00:00.000Z';
const OURS = { version: 1, platform: 'compose', replication_key: 'created_at', replication_key_value: T };
const TRANSLATED = { ...OURS, start_date: null, walk: [] };
const airbyteState = (name: string, stream_state: object): object => ({
  type: 'STREAM',
  stream: { stream_descriptor: { name }, stream_state },
});
const parse = (raw: unknown): { bookmarks: object; rest: object } => {
  const { bookmarks, rest } = parseTapState(raw, 'The state file s.json');
  return { bookmarks: Object.fromEntries(bookmarks), rest };
};

test.each([
  ['no state file', undefined],
  ['an empty file', ''],
  ['an empty object', '{}'],
  ['an empty list', '[]'],
  ['a list of empty states', '[{},null]'],
  ['bookmarks that are null', '{"bookmarks":null}'],
  ['a bookmark that is null', '{"bookmarks":{"audit_events":null}}'],
])('with %s, a sync starts from the beginning', async (_, content) => {
  const path = content === undefined ? undefined : inputFile(content);
  expect(await readTapState(path)).toEqual({ bookmarks: new Map(), rest: {} });
});

test.each<[string, unknown]>([
  ['the value of a STATE', { bookmarks: { audit_events: OURS }, currently_syncing: 'x' }],
  ['a complete STATE message', { type: 'STATE', value: { bookmarks: { audit_events: OURS }, currently_syncing: 'x' } }],
  ['the output of meltano state get', { singer_state: { bookmarks: { audit_events: OURS }, currently_syncing: 'x' } }],
])('%s is parsed into unchanged bookmarks and the remaining content', (_, raw) => {
  expect(parse(raw)).toEqual({ bookmarks: { audit_events: OURS }, rest: { currently_syncing: 'x' } });
});

describe('the states of the Airbyte connector', () => {
  const states = [
    airbyteState('audit_events', { version: 1, mark: '2020-01-01T00:00:00.000Z' }),
    airbyteState('teams', { __ab_no_cursor_state_message: true }),
    airbyteState('audit_events', { version: 1, mark: T }),
    airbyteState('deployments_recipes', { version: 1, marks: { d: T }, start_date: T }),
    airbyteState('unknown_stream', { a: 1 }),
    airbyteState('clusters', {}),
  ];
  const bookmarks = {
    audit_events: TRANSLATED,
    deployments_recipes: {
      version: 1,
      platform: 'compose',
      start_date: T,
      partitions: [{ context: { deployment_id: 'd' }, replication_key: 'updated_at', replication_key_value: T }],
      pending: [],
    },
    unknown_stream: { a: 1 },
  };

  test.each<[string, unknown]>([
    ['as saved by tap-airbyte-wrapper', { airbyte_state: states }],
    ['as a state file of the connector', states],
    ['as messages', states.map((state) => ({ type: 'STATE', state }))],
    ['with the empty entries that tap-airbyte-wrapper saves', { airbyte_state: [...states, {}, null] }],
  ])('become bookmarks if they are passed %s', (_, raw) => {
    expect(parse(raw)).toEqual({ bookmarks, rest: {} });
  });

  test('become a bookmark if there is only one', () => {
    for (const raw of [states[2], { type: 'STATE', state: states[2] }, { airbyte_state: states[2] }]) {
      expect(parse(raw)).toEqual({ bookmarks: { audit_events: TRANSLATED }, rest: {} });
    }
  });

  test('become bookmarks only for streams without a bookmark', () => {
    const mine = { version: 1, platform: 'compose', replication_key_value: null };
    expect(parse({ bookmarks: { audit_events: mine }, airbyte_state: states, other: 1 })).toEqual({
      bookmarks: { ...bookmarks, audit_events: mine },
      rest: { other: 1 },
    });
  });

  test('keep their version, so that a later version can be rejected', () => {
    const state = airbyteState('audit_events', { version: 2, mark: T });
    expect(parse([state]).bookmarks).toMatchObject({ audit_events: { version: 2, replication_key_value: T } });
  });

  test('keep the name of their platform', () => {
    const state = airbyteState('audit_events', { version: 1, mark: T, platform: 'elsewhere' });
    expect(parse([state]).bookmarks).toEqual({ audit_events: { version: 1, mark: T, platform: 'elsewhere' } });
  });
});

test.each<[string, unknown, string]>([
  ['a string', 'x', 'must contain a JSON object, not a string.'],
  ['null', null, 'must contain a JSON object, not null.'],
  ['an object with bookmarks as a list', { bookmarks: [] }, 'must contain bookmarks as an object, not an array.'],
  ['a list of other objects', [{ a: 1 }], 'contains an airbyte_state that is not a list of STREAM states.'],
])('%s is not a valid state', (_, raw, problem) => {
  expect(() => parse(raw)).toThrow(`The state file s.json ${problem}`);
});
