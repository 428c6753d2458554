import { describe, expect, test } from 'vitest';
import { composeConfig } from './config.ts';

const TOKEN = { name: 'compose', api_token: '0123456789abcdef' };
const ID = '5a2b4c6d8e0f12001300b001';

describe('the parsed config', () => {
  test.each([
    [{ api_token: ' \n0123456789abcdef\t' }, { api_token: '0123456789abcdef' }],
    [{ api_token: 'with space inside' }, { api_token: 'with space inside' }],
    [{ deployment_ids: [` ${ID.toUpperCase()}\n`] }, { deployment_ids: [ID] }],
    [{ deployment_ids: [ID, ` ${ID}`] }, { deployment_ids: [ID] }],
    [{ base_url: ' http://localhost:8080/2016-07/ ' }, { base_url: 'http://localhost:8080/2016-07' }],
  ])('has normalized values: %j', (given, kept) => {
    expect(composeConfig.parse({ ...TOKEN, ...given })).toMatchObject(kept);
  });
});

describe('a number', () => {
  test.each([['page_size', 10, 100]])('for %s must be from %d to %d, inclusive', (option, least, most) => {
    const problem = `must be a whole number from ${least} to ${most}`;
    for (const value of [least, most]) expect(problemsOf(option, value)).toEqual([]);
    for (const value of [least - 1, most + 1, least + 0.5, String(least), true]) {
      expect(new Set(problemsOf(option, value))).toEqual(new Set([problem]));
    }
  });
});

describe('an invalid value', () => {
  test.each([
    ['api_token', undefined, 'is missing; add it'],
    ['api_token', 12_345_678, 'must be a string'],
    ['api_token', ' \t', 'must not be empty'],
    [
      'api_token',
      'two\nlines',
      'contains a line break or another character that is not allowed in an HTTP header; copy the token again, as a single line',
    ],
    [
      'api_token',
      'zero\0byte',
      'contains a line break or another character that is not allowed in an HTTP header; copy the token again, as a single line',
    ],
    [
      'api_token',
      'emoji😀',
      'contains a line break or another character that is not allowed in an HTTP header; copy the token again, as a single line',
    ],
    ['deployment_ids', ID, 'must be an array of strings, even for a single value: ["…"]'],
    ['deployment_ids', [1], 'must be a string'],
    ['deployment_ids', ['5a2b'], 'must be a deployment ID: 24 hexadecimal digits'],
    ['deployment_ids', [`${ID},${ID}`], 'must be a deployment ID: 24 hexadecimal digits'],
    ['include_connection_strings', 'true', 'must be true or false'],
    ['base_url', 1, 'must be a string'],
    ['base_url', 'a b', 'must be a URL such as https://compose.example.com/2016-07'],
  ])('of %s causes an error that names the option: %j', (option, value, problem) => {
    expect(problemsOf(option, value)[0]).toBe(problem);
  });
});

function problemsOf(option: string, value: unknown): string[] {
  const { error } = composeConfig.safeParse({ ...TOKEN, [option]: value });
  expect(error?.issues.every(({ path }) => path[0] === option) ?? true).toBe(true);
  return error?.issues.map(({ message }) => message) ?? [];
}
