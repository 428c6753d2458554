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

test.each<[number, string | undefined]>([
  [400, undefined],
  [401, undefined],
  [403, undefined],
  [404, undefined],
  [409, undefined],
  [410, 'not_found'],
  [418, undefined],
  [422, 'not_offered'],
  [423, 'server_error'],
  [429, undefined],
  [500, undefined],
  [501, undefined],
  [502, 'server_error'],
  [520, 'server_error'],
  [599, 'server_error'],
])('HTTP %i means %s, where it is not what it means everywhere', (status, problem) => {
  expect(refusals.problemOf?.(status)).toBe(problem);
});
