import { describe, expect, test } from 'vitest';
import type { Row } from '../../../core/record/row.ts';
import { MAX_RESULTS, eventsIn, eventsQuery } from './query.ts';

const ORIGIN = 'https://10000000-0000-4000-8000-000000000001.api.eu-de.logs.cloud.ibm.com';

const pairs = (values: Row): Row[] => Object.entries(values).map(([key, value]) => ({ key, value }));
const entryOf = (labels: Row): Row => ({
  metadata: pairs({ timestamp: '2026-11-01T00:00:00.000Z' }),
  labels: pairs(labels),
  user_data: '{',
});
const results = (count: number, labels = {}): Row => ({
  result: { results: Array.from({ length: count }, () => entryOf(labels)) },
});

test('a query is sent to its Logs instance in the documented form', () => {
  const window = { from: '2026-11-01T00:00:00.000Z', to: '2026-11-09T00:00:00.000Z' };
  const { origin, path, headers, post, reads, rate } = eventsQuery({ origin: ORIGIN }, window);
  expect({ origin, path, headers, reads, rate }).toEqual({
    origin: ORIGIN,
    path: 'v1/query',
    headers: { accept: 'text/event-stream' },
    reads: 'events',
    rate: { requests: 10, ms: 60_000 },
  });
  expect(post?.type).toBe('application/json');
  const { query, metadata } = JSON.parse(post?.body ?? '') as { query: string; metadata: Row };
  expect(query.length).toBeLessThanOrEqual(4096);
  expect(metadata).toEqual({
    start_date: window.from,
    end_date: window.to,
    default_source: 'logs',
    tier: 'frequent_search',
    syntax: 'dataprime',
    limit: 12_000,
  });
});

test('the result combines the entries of all items in the response', () => {
  const redis = results(2, { applicationname: 'ibm-audit-event', subsystemname: 'databases-for-redis:1' });
  const other = results(3, { applicationname: 'a' });
  const items = [{ query_id: { query_id: 'q' } }, redis, { statistics: {} }, other, redis, { result: null }];
  const id = expect.any(String) as string;
  const row = { id, service: 'databases-for-redis', created_at: '2026-11-01T00:00:00.000Z', raw: '{' };
  expect(eventsIn(items, 'p')).toEqual({
    rows: [row, row, row, row],
    identities: [id, id, id, id],
    truncated: undefined,
    warnings: [],
    others: 3,
    unreadable: 4,
  });
});

test('an entry counts as unreadable only if it is not an event', () => {
  const event = { ...entryOf({}), user_data: '{"action":"databases-for-redis.deployment.update","raw":"x"}' };
  expect(eventsIn([{ result: { results: [event, entryOf({})] } }], 'p').unreadable).toBe(1);
});

describe('a query result', () => {
  test.each([
    'number_of_results_limit_warning',
    'bytes_scanned_limit_warning',
    'shuffle_file_size_limit_reached_warning',
    'some_new_limit_warning',
    'results_truncated_warning',
  ])('is truncated if the API returns the warning %s', (name) => {
    expect(eventsIn([results(1), { warning: { [name]: {} } }], 'p')).toMatchObject({
      truncated: name,
      warnings: [],
    });
  });

  test('names all warnings about missing entries', () => {
    const items = [
      { warning: { blocks_limit_warning: {}, time_range_warning: {} } },
      { warning: { archive_warning: {} } },
    ];
    expect(eventsIn(items, 'p').truncated).toBe('blocks_limit_warning, time_range_warning, archive_warning');
  });

  test('contains a log sentence for each other warning', () => {
    const { truncated, warnings } = eventsIn(
      [{ warning: { compile_warning: { warning_message: 'no field x' } } }],
      'p',
    );
    expect(truncated).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining('the warning compile_warning ("no field x");')]);
  });

  test('is considered truncated at the maximum number of entries, even without a warning', () => {
    expect(eventsIn([results(MAX_RESULTS - 1)], 'p').truncated).toBeUndefined();
    expect(eventsIn([results(MAX_RESULTS)], 'p').truncated).toBe('12000 results, the maximum');
  });
});

test.each([
  ['no list', {}],
  ['an item that is not an object', [1]],
  ['a warning that is not an object', [{ warning: 'results truncated' }]],
  ['results that are not a list', [{ result: {} }]],
  ['an entry that is not an object', [{ result: { results: ['x'] } }]],
])('a response causes an error if it contains %s', (_, items) => {
  expect(() => eventsIn(items, 'v1/query')).toThrow(/v1\/query/);
});
