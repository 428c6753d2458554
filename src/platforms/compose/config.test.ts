import { describe, expect, test } from 'vitest';
import { configSchema } from './config.ts';

const TOKEN = { api_token: '0123456789abcdef' };
const ID = '5a2b4c6d8e0f12001300b001';

test('with nothing but a token every other option has its default', () => {
  expect(configSchema.parse(TOKEN)).toEqual({
    ...TOKEN,
    deployment_ids: [],
    include_connection_strings: false,
    fail_on_refused_deployments: false,
    num_workers: 4,
    page_size: 50,
    lookback_window_seconds: 60,
    request_timeout_seconds: 60,
    base_url: 'https://api.compose.io/2016-07',
  });
});

test('unknown keys do not matter', () => {
  expect(configSchema.parse({ ...TOKEN, __injected: true })).not.toHaveProperty('__injected');
});

describe('what is tidied up', () => {
  test.each([
    [{ api_token: ' \n0123456789abcdef\t' }, { api_token: '0123456789abcdef' }],
    [{ api_token: 'with space inside' }, { api_token: 'with space inside' }],
    [{ deployment_ids: [` ${ID.toUpperCase()}\n`] }, { deployment_ids: [ID] }],
    [{ start_date: '2018-08-22T00:00:00Z' }, { start_date: '2018-08-22T00:00:00.000Z' }],
    [{ start_date: '2018-08-22T02:30:00.1239+02:30' }, { start_date: '2018-08-22T00:00:00.123Z' }],
    [{ base_url: ' http://localhost:8080/2016-07/ ' }, { base_url: 'http://localhost:8080/2016-07' }],
  ])('%j', (given, kept) => {
    expect(configSchema.parse({ ...TOKEN, ...given })).toMatchObject(kept);
  });
});

describe('the ends of the ranges are taken, what lies beyond is not', () => {
  test.each([
    ['num_workers', 1, 32],
    ['page_size', 10, 100],
    ['lookback_window_seconds', 0, 86_400],
    ['request_timeout_seconds', 1, 600],
  ])('%s from %d to %d', (option, least, most) => {
    const problem = `must be a whole number from ${least} to ${most}`;
    for (const value of [least, most]) expect(problemsOf(option, value)).toEqual([]);
    for (const value of [least - 1, most + 1, least + 0.5, String(least), true]) {
      expect(new Set(problemsOf(option, value))).toEqual(new Set([problem]));
    }
  });
});

describe('what is refused, and why', () => {
  const day = 'must be a date and time such as 2018-08-22T00:00:00Z';
  test.each([
    ['api_token', undefined, 'is missing'],
    ['api_token', 12_345_678, 'must be a string'],
    ['api_token', ' \t', 'is empty'],
    ['api_token', 'two\nlines', 'holds characters that no HTTP header can carry, such as a line break'],
    ['api_token', 'zero\0byte', 'holds characters that no HTTP header can carry, such as a line break'],
    ['api_token', 'emoji😀', 'holds characters that no HTTP header can carry, such as a line break'],
    ['deployment_ids', ID, 'must be an array of strings'],
    ['deployment_ids', [1], 'must be a string'],
    ['deployment_ids', ['5a2b'], 'must be a deployment id: 24 hexadecimal digits'],
    ['deployment_ids', [`${ID},${ID}`], 'must be a deployment id: 24 hexadecimal digits'],
    ['start_date', 0, 'must be a string'],
    ['start_date', '2018-08-22', day],
    ['start_date', '22.08.2018', day],
    ['start_date', '2018-08-22T00:00:00', day],
    ['start_date', '2018-02-30T00:00:00Z', 'names a day or time that does not exist'],
    ['start_date', '2018-08-22T24:00:00Z', 'names a day or time that does not exist'],
    ['include_connection_strings', 'true', 'must be true or false'],
    ['fail_on_refused_deployments', 'true', 'must be true or false'],
    ['base_url', 1, 'must be a string'],
    ['base_url', 'compose', 'is not a URL, for example https://compose.example.com/2016-07'],
  ])('%s: %j', (option, value, problem) => {
    expect(problemsOf(option, value)[0]).toBe(problem);
  });
});

function problemsOf(option: string, value: unknown): string[] {
  const { error } = configSchema.safeParse({ ...TOKEN, [option]: value });
  expect(error?.issues.every(({ path }) => path[0] === option) ?? true).toBe(true);
  return error?.issues.map(({ message }) => message) ?? [];
}
