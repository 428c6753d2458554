import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quoted } from '../../../text/quoted.ts';
import { serverText } from '../../../text/server-text.ts';
import { rejections } from './error-text.ts';

const shown = (body: string): string => quoted(rejections.textOf(serverText(body)));

describe('the text of an error', () => {
  test.each([
    [
      { errors: [{ code: 'not_found', message: 'No such thing.', more_info: 'https://x' }], trace: 't' },
      'not_found: No such thing.',
    ],
    [{ context: {}, errors: [{ code: 'a', message_code: 'B', message: 'c', details: 'd' }] }, 'a: c'],
    [{ errorCode: 'BXNIM0415E', errorMessage: 'No key.', errorDetails: 'More.' }, 'BXNIM0415E: No key.'],
    [{ errorCode: 'BXNIM0415E', errorDetails: 'More.' }, 'BXNIM0415E: More.'],
    [{ error_code: 'RC-403', message: 'Token is expired', status_code: 401 }, 'RC-403: Token is expired'],
    [{ errors: 'not_found' }, 'not_found'],
    [{ errors: { limit: ['too big', 'odd'], name: ['taken'] } }, 'limit too big, odd; name taken'],
    [{ errors: { code: 'forbidden', message: 'No.' } }, 'forbidden: No.'],
    [{ error: { message: 'x', token: 'SECRET' } }, 'x'],
    [{ error: 'plain' }, 'plain'],
    [{ message: 'plain' }, 'plain'],
    [{ error_code: 'RC-1' }, 'RC-1'],
  ])('consists of its code and message: %j', (body, text) => {
    expect(shown(JSON.stringify(body))).toBe(text);
  });

  test.each([
    ['404 page not found\n', '404 page not found'],
    ['<html><body><h1>503</h1> Service <b>Unavail</b>able</body></html>', '503 Service Unavailable'],
    ['"a text"', 'a text'],
    ['', ''],
  ])('is the body without HTML tags if the body is not JSON: %j', (body, text) => {
    expect(shown(body)).toBe(text);
  });

  test('is truncated if the body is a long page', () => {
    const text = shown('word '.repeat(100));
    expect(text.length).toBeLessThanOrEqual(300);
    expect(text).toMatch(/word …$/);
  });
});

describe('the text of an error', () => {
  test.each([
    { connection: { password: 'SECRET' } },
    { errors: { connection: 'postgres://admin:SECRET@host:1/db' } },
    { errors: { connection: ['postgres://admin:SECRET@host:1/db'] } },
    { errors: { connection: { password: 'SECRET' } } },
    { errors: [{ download_link: 'https://host/SECRET' }] },
    { error: { token: 'SECRET' } },
    { message: { password: 'SECRET' } },
    [{ password: 'SECRET' }],
    ['SECRET'],
    7,
    null,
  ])('omits possible secrets: %j', (body) => {
    expect(shown(JSON.stringify(body))).not.toContain('SECRET');
  });

  test('omits possible secrets in truncated JSON', () => {
    expect(shown('{"connection":{"password":"SECRET"')).toBe('');
    expect(shown('\n [{"password":"SECRET"')).toBe('');
  });

  test('omits possible secrets in all undocumented fields', () => {
    const KNOWN = [
      'errors',
      'error',
      'message',
      'errorMessage',
      'errorDetails',
      'details',
      'error_code',
      'errorCode',
      'code',
    ];
    const key = fc.string({ minLength: 1 }).filter((text) => !KNOWN.includes(text));
    const leaf = fc.constantFrom<unknown>('SECRET', { password: 'SECRET' }, [{ password: 'SECRET' }]);
    const deep = fc.dictionary(key, leaf, { maxKeys: 4 });
    fc.assert(
      fc.property(deep, fc.constantFrom(...KNOWN), (row, name) => {
        expect(shown(JSON.stringify(row))).toBe('');
        const inside = name === 'errors' ? { errors: [row] } : { [name]: row };
        expect(shown(JSON.stringify(inside))).not.toContain('SECRET');
      }),
    );
  });
});

test('the error text is empty if the body is deeply nested', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  for (const body of [deep, `{"errors":${deep}}`, `{"errors":{"id":${deep}}}`, '{"errors":{"id":{"toString":1}}}']) {
    expect(shown(body)).toBe('');
  }
});

describe('an HTTP status', () => {
  test.each<[number, string]>([
    [410, 'not_found'],
    [422, 'not_offered'],
    [423, 'server_error'],
    [502, 'server_error'],
    [520, 'server_error'],
    [599, 'server_error'],
  ])('of %i means %s', (status, problem) => {
    expect(rejections.problemOf?.(status, serverText(''))).toBe(problem);
  });

  test('of 504 means query_too_long if a Logs query returns deadline_exceeded', () => {
    const said = serverText('deadline_exceeded: too much to scan');
    expect(rejections.problemOf?.(504, said)).toBe('query_too_long');
    expect(rejections.problemOf?.(504, serverText(''))).toBe('server_error');
  });

  test.each([400, 401, 403, 404, 409, 418, 429, 500, 501])('of %i has no special meaning', (status) => {
    expect(rejections.problemOf?.(status, serverText(''))).toBeUndefined();
  });
});
