import { describe, expect, test } from 'vitest';
import { errorTexts } from '../../test-support/unit/error-texts.ts';
import { addCredential } from './credentials.ts';
import { quoted, redacted } from './quoted.ts';
import { serverText } from './server-text.ts';

const shown = (text: string): string => quoted(serverText(text));

const TOKEN = 'qZ7xv"Kw3Jx/p9L2m+zR8cN=t5QWv&k4D7y-HbG6s';
const KNOWN = [TOKEN, 'tok-0123456789abcdef', 'pr0xy pass/wörd+1'];
for (const credential of KNOWN) addCredential(credential);

describe('10,000 quoted error texts', () => {
  const texts = [...errorTexts(1, 10_000, KNOWN)].map((each) => ({ ...each, quote: shown(each.text) }));

  test('at most 3 of 10,000 quoted error texts show a part of a secret', () => {
    const leaks = texts.filter(({ secrets, quote }) => secrets.some((secret) => showsPart(quote, secret)));
    expect(leaks.length, JSON.stringify(leaks)).toBeLessThanOrEqual(3);
  });

  test('at most 2 of 10,000 quoted error texts lose a useful word', () => {
    const lost = texts.filter(({ useful, quote }) => !quote.endsWith('…') && !useful.every((it) => quote.includes(it)));
    expect(lost.length, JSON.stringify(lost)).toBeLessThanOrEqual(2);
  });
});

/** Whether a text contains eight consecutive characters of a secret. */
function showsPart(text: string, secret: string): boolean {
  for (let at = 0; at + 8 <= secret.length; at += 1) if (text.includes(secret.slice(at, at + 8))) return true;
  return false;
}

describe('quoted server text', () => {
  test.each([
    ['line breaks and controls', 'two\r\n\tlines\u0007 \u0085here', 'two lines here'],
    ['tags', '<style>b{}</style><h1>502</h1>Bad <b>gate</b>way', '502 Bad gateway'],
    ['an unclosed tag', 'Bad gateway<br/><style>b{color:', 'Bad gateway'],
    ['JSON escapes', String.raw`{\"path\":\"\u00fc\/x\",\n\"a\":1}`, '{"path":"ü/x", "a":1}'],
    ['HTML entities', 'a &lt; b &amp;&amp; c&#39;d&#x27;', "a < b && c'd'"],
    ['credentials in tags and escapes', 'no qZ7xv&quot;Kw3<wbr>Jx/p9L2m+zR8cN=t5QWv&amp;k4D7y-HbG6s!', 'no ****!'],
  ])('quoted server text is one line without %s', (_, text, line) => {
    expect(shown(text)).toBe(line);
  });

  test('quoted server text is truncated between words after its secrets have been masked', () => {
    for (let before = 240; before <= 310; before += 1) {
      const line = shown(`${'x'.repeat(before % 7)} ${'word '.repeat(before / 5)}${TOKEN} and ${'more '.repeat(20)}`);
      expect(line.length).toBeLessThanOrEqual(300);
      expect(line).toMatch(/(?:word|\*{4}|and|more) …$/);
    }
    expect(shown('x'.repeat(301))).toBe('…');
  });
});

describe('redacted text', () => {
  test.each([
    ['a credential', `Error: ${JSON.stringify(TOKEN)}`, 'Error: "****"'],
    ['user info', 'at postgres://admin:x@host:1/db', 'at postgres://****@host:1/db'],
    ['an opaque word', 'id AKIAIOSFODNN7EXAMPLE42', 'id ****'],
  ])('redacted text does not contain %s', (_, text, masked) => {
    expect(redacted(text)).toBe(masked);
  });

  test('redacted text keeps line breaks, and values that only follow a name such as password', () => {
    const { stack = '' } = new RangeError('two\nlines: the password: hunter2');
    expect(redacted(stack)).toBe(stack);
  });
});

describe('the time for masking', () => {
  test.each([
    ...[
      'a://',
      'a://b:',
      'a:b@',
      '://a@',
      '@',
      '\\',
      '\\u005c',
      '&',
      '&#38;',
      '<',
      '<a',
      '<script',
      '<!--',
      ' ',
      '\n ',
    ],
    ...[
      'password=',
      'password: "',
      '-u a:',
      '-p ',
      'bearer ',
      'key=,',
      'a.',
      'a-',
      '%41',
      'id 0',
      'aB1',
      'A',
      '=',
      '…',
    ],
  ])('many repetitions of %j are masked in linear time', (piece) => {
    const time = (length: number): number => {
      const text = piece.repeat(length / piece.length);
      const before = process.cpuUsage();
      for (let i = 0; i < 4; i += 1) expect(shown(text).length).toBeLessThanOrEqual(300);
      expect(redacted(text)).toBeDefined();
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    time(8_000);
    // A text that is 32 times as long would take a quadratic algorithm 1,024 times as long.
    const limit = 300 * Math.max(time(8_000), 2_000);
    // Test files in other threads of the process also use CPU time, so the minimum of several runs is the best estimate.
    let least = time(256_000);
    for (let again = 0; again < 4 && least >= limit; again += 1) least = Math.min(least, time(256_000));
    expect(least).toBeLessThan(limit);
  });

  test('a body of several megabytes is masked in linear time', () => {
    expect(shown(` ${'x'.repeat(5_000_000)}`)).toBe('…');
    expect(shown(`it says ${'<b>'.repeat(2_000_000)}odd`)).toBe('it says …');
  });
});
