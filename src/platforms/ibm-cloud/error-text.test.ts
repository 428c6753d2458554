import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ibmErrorText, refusals } from './error-text.ts';

const TRACE = '0123456789abcdef0123456789abcdef';

// Every form of icd-api.md 1.2, in its order.
describe('what a service says is its code and its text', () => {
  test.each<[string, unknown, string]>([
    [
      'the form of the handbook',
      {
        errors: [{ code: 'forbidden', message: 'Not yours.', more_info: 'https://x', target: { name: 'id' } }],
        trace: TRACE,
        status_code: 403,
      },
      'forbidden: Not yours.',
    ],
    [
      'that of IAM, with its status as a text',
      {
        context: { requestId: TRACE },
        errors: [
          { code: 'unauthenticated', message_code: 'BXNIM0407E', message: 'Token is invalid.', details: 'more' },
        ],
        trace: TRACE,
        status_code: '401',
      },
      'unauthenticated: Token is invalid.',
    ],
    [
      'that of the exchange for a token',
      {
        errorCode: 'BXNIM0415E',
        errorMessage: 'Provided API key could not be found.',
        errorDetails: 'more',
        context: {},
      },
      'BXNIM0415E: Provided API key could not be found.',
    ],
    [
      'that of the Resource Controller',
      { error_code: 'RC-IamErrorResponse', message: 'Token is expired', status_code: 401, transaction_id: 'bss-1' },
      'RC-IamErrorResponse: Token is expired',
    ],
    ['a word', { errors: 'not_found' }, 'not_found'],
    ['a sentence', { errors: 'There is no such deployment.' }, 'There is no such deployment.'],
    [
      'texts by field',
      { errors: { limit: ['is too large', 'is odd'], id: 'is none' } },
      'limit is too large, is odd; id is none',
    ],
    [
      'texts by field that are objects themselves',
      { errors: { id: [{ message: 'No.' }, 7], at: null } },
      'id message: No., 7; at',
    ],
    ['a list with a message and no code', { errors: [{ message: 'No.' }, { message: 'Also not.' }] }, 'No.'],
    ['a list of texts', { errors: ['No.', 'Also not.'] }, 'No.'],
    ['error as a text', { error: 'No.' }, 'No.'],
    ['error as an object', { error: { code: 'bad', message: 'No.' } }, 'bad: No.'],
    ['a message alone', { message: 'No.' }, 'No.'],
    ['a message with the code in the other spelling', { errorCode: 'E1', message: 'No.' }, 'E1: No.'],
    ['errors before the message', { errors: 'First.', error: 'Second.', message: 'Third.' }, 'First.'],
    ['error before the message', { error: 'Second.', message: 'Third.' }, 'Second.'],
    ['what follows where errors are empty', { errors: [], error: {}, message: '', errorMessage: 'Last.' }, 'Last.'],
    ['a code that is no text', { errors: [{ code: 7, message: 'No.' }] }, 'No.'],
  ])('%s', (_, body, text) => {
    expect(ibmErrorText(JSON.stringify(body))).toBe(text);
  });

  test.each([
    ['404 page not found\n', '404 page not found'],
    ['<html><head><title>503 Service Unavailable</title></head><body>503</body></html>', '503 Service Unavailable 503'],
    ['', ''],
    ['"just a text"', 'just a text'],
    ['null', 'null'],
    ['[{"message":"No."}]', 'message: No.'],
    ['{"errors": "cut', '{"errors": "cut'],
    ['{"reason":"odd"}', 'reason: odd'],
  ])('and of what has no form, all that there is: %j', (body, text) => {
    expect(ibmErrorText(body)).toBe(text);
  });

  test('in one line, and shortened', () => {
    expect(ibmErrorText('{"errors":"two\\n lines"}')).toBe('two lines');
    const long = ibmErrorText(JSON.stringify({ errors: [{ code: 'c', message: 'word '.repeat(1_000) }] }));
    expect(long).toMatch(/^c: word .*…$/);
    expect(long.length).toBeLessThanOrEqual(300);
  });

  test('even if it is nested thousands deep, or has names that mean something to JavaScript', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(ibmErrorText(`{"errors":${deep}}`)).toBe('…');
    expect(ibmErrorText(`{"errors":{"id":${deep}}}`)).toBe('id …');
    expect(ibmErrorText('{"errors":{"id":{"toString":1,"valueOf":2}}}')).toBe('id toString: 1; valueOf: 2');
  });

  test('whatever the body is, it is one short line', () => {
    const named = fc.dictionary(
      fc.constantFrom('errors', 'error', 'message', 'errorMessage', 'error_code', 'errorCode', 'code'),
      fc.jsonValue({ maxDepth: 4 }),
    );
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      named.map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(body, (text) => {
        const said = ibmErrorText(text);
        expect(said).not.toMatch(/[\n\r]/);
        expect(said.length).toBeLessThanOrEqual(300);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a status means something else here than it does elsewhere', () => {
  test.each<[number, string]>([
    [410, 'not_found'],
    [422, 'not_offered'],
    [423, 'server_error'],
    [502, 'server_error'],
    [520, 'server_error'],
    [599, 'server_error'],
  ])('%i: %s', (status, problem) => {
    expect(refusals.problemOf?.(status)).toBe(problem);
  });

  test.each([400, 401, 403, 404, 409, 418, 429, 500, 501])('but not %i', (status) => {
    expect(refusals.problemOf?.(status)).toBeUndefined();
  });
});
