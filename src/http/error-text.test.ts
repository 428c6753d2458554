import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorText, errorsText } from './error-text.ts';

test.each([
  ['the documented text', '{"errors":"invalid_token"}', 'invalid_token'],
  [
    'a map of lists',
    '{"errors":{"limit":["is too big","is odd"],"cursor":["is unknown"]}}',
    'limit: is too big; limit: is odd; cursor: is unknown',
  ],
  ['a map of texts', '{"errors":{"error":"account is locked"}}', 'account is locked'],
  ['a list of texts', '{"errors":["one","two"]}', 'one; two'],
  ['nested maps', '{"errors":{"deployment":{"name":["is taken"]}}}', 'name: is taken'],
  ['another spelling', '{"error":"no such path"}', 'no such path'],
  ['yet another spelling', '{"message":"no such path"}', 'no such path'],
  ['an object that names no error', '{"status":404,"path":"/x"}', 'status: 404; path: /x'],
  ['empty errors', '{"errors":{}}', ''],
  ['an empty body', '', ''],
  ['a JSON text', '"nope"', 'nope'],
  ['a JSON null', 'null', 'null'],
  ['plain text over several lines', ' upstream\r\n  timed\tout\n', 'upstream timed out'],
  [
    'a page of a proxy',
    '<html><head><style>b{color:red}</style><script>go(1)</script></head><body><h1>502</h1>Bad gateway</body></html>',
    '502 Bad gateway',
  ],
  ['a page with tags in its words', '<p>tok-<wbr>0123<b>4</b><!-- -->5</p><p>is <i>bad</i></p>', 'tok-012345 is bad'],
  ['an answer in XML', '<Error><Code>Denied</Code><Message>No access</Message></Error>', 'Denied No access'],
  ['a page that was cut off', 'Bad gateway<br/><style>b{color:', 'Bad gateway'],
  ['text with a sign that is no tag', 'limit must be < 100 and > 0', 'limit must be < 100 and > 0'],
  ['JSON that was cut off', '{"errors":"inv', '{"errors":"inv'],
])('%s is told in one line', (_, body, text) => {
  expect(errorText(body)).toBe(text);
});

test('a long text is cut between words within 300 characters, so that no part of a token is left', () => {
  const token = 'tok-0123456789abcdef0123456789abcdef';
  for (let before = 240; before <= 310; before += 1) {
    const text = errorText(
      JSON.stringify({ errors: `${'word '.repeat(before / 5)}${'x'.repeat(before % 5)} ${token} and more` }),
    );
    expect(text.length).toBeLessThanOrEqual(300);
    if (!text.includes(token)) expect(text).not.toContain('tok');
  }
  expect(errorText('x'.repeat(1_000))).toBe('…');
  expect(errorText('y'.repeat(300))).toBe('y'.repeat(300));
});

test.each([
  ['a name', JSON.stringify({ errors: { ['n'.repeat(2_000_000)]: ['is odd'] } })],
  ['a name of many words', JSON.stringify({ errors: { ['a:// '.repeat(400_000)]: ['is odd'] } })],
  ['a text', JSON.stringify({ errors: { limit: ['x'.repeat(2_000_000)] } })],
  ['a text mostly of white space', JSON.stringify({ errors: `is${' '.repeat(2_000_000)}odd` })],
  ['a JSON text', JSON.stringify(' a'.repeat(1_000_000))],
  ['a list', JSON.stringify({ errors: Array.from({ length: 300_000 }, () => 'odd') })],
  ['a list of nothing', JSON.stringify({ errors: Array.from({ length: 300_000 }, () => '') })],
  ['a page', ' page'.repeat(400_000)],
  ['a page mostly of tags', `it says ${'<b>'.repeat(700_000)}odd`],
])('%s of megabytes is cut before anything is made of it, and the cut is marked', (_, body) => {
  const text = errorText(body);
  expect(text.length).toBeLessThanOrEqual(300);
  expect(text).toMatch(/…$/);
});

test.each([
  ['[', ']'],
  ['{"errors":', '}'],
  ['{"a":[', ']}'],
])('a body of %s, nested without end, is told as far as it goes', (open, close) => {
  expect(errorText(`${open.repeat(100_000)}1${close.repeat(100_000)}`)).toMatch(/^(?:[a-z]+: )?…$/);
});

test('a page of megabytes, however it is made, does not hold the process up', () => {
  for (const piece of ['<', '<script', '<style>', '<a'])
    expect(errorText(piece.repeat(1_000_000)).length).toBeLessThanOrEqual(300);
});

test.each([
  [undefined, ''],
  [null, ''],
  ['', ''],
  [[], ''],
  ['invalid_token', 'invalid_token'],
  [{ limit: ['is too big'] }, 'limit: is too big'],
])('the errors value %j says %j', (errors, text) => {
  expect(errorsText(errors)).toBe(text);
});

test('whatever a body holds, its text is one short line', () => {
  const body = fc.oneof(fc.string({ unit: 'binary', maxLength: 2_000 }), fc.json(), fc.webUrl());
  fc.assert(
    fc.property(body, (text) => {
      const line = errorText(text);
      expect(line).not.toMatch(/[\r\n]/);
      expect(line.length).toBeLessThanOrEqual(300);
    }),
  );
});
