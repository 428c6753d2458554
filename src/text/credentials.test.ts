import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MASK, addCredential, maskCredentials } from './credentials.ts';

const jsonText = (text: string): string => JSON.stringify(text).slice(1, -1);
const formText = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);
const inSmallLetters = (text: string): string => text.replace(/%../g, (escape) => escape.toLowerCase());

const ENCODINGS: Array<(text: string) => string> = [
  (text) => text,
  jsonText,
  (text) => jsonText(text).replaceAll('/', '\\/'),
  encodeURIComponent,
  (text) => inSmallLetters(encodeURIComponent(text)),
  (text) => encodeURIComponent(text).replaceAll('%2F', '/'),
  formText,
  (text) => inSmallLetters(formText(text)),
];

/** Test credentials contain no asterisks, because the mask consists of asterisks. */
const credential = fc.string({ unit: 'grapheme', minLength: 6, maxLength: 60 }).filter((text) => !text.includes('*'));

describe('a known credential', () => {
  test('a credential is masked in plain and escaped text', () => {
    fc.assert(
      fc.property(credential, (text) => {
        addCredential(text);
        for (const encode of ENCODINGS) expect(maskCredentials(`<${encode(text)}>`)).toMatch(/^<[*]+>$/);
      }),
    );
  });

  test.each(['base64', 'base64url'] as const)('a credential is masked in %s, wherever it begins', (encoding) => {
    for (const before of ['', 'u:', 'us:', 'user:']) {
      const text = 'hunter2?>secret~~';
      addCredential(text);
      const encoded = Buffer.from(`${before}${text}:after`).toString(encoding);
      const masked = maskCredentials(encoded);
      expect(masked).toContain(MASK);
      // Apart from the surrounding text, at most one digit at each end of the credential remains.
      expect(encoded.length - masked.replace(MASK, '').length).toBeGreaterThanOrEqual(
        Math.floor((text.length * 4) / 3) - 1,
      );
      expect(maskCredentials(encodeURIComponent(encoded))).toContain(MASK);
    }
  });
});

test('the longest credential is masked first', () => {
  addCredential('pass');
  addCredential('password-1');
  expect(maskCredentials('password-1 passing')).toBe('**** ****ing');
});

test('short credentials are not masked, because they also occur in ordinary text', () => {
  for (const short of ['', 'a', 'the']) addCredential(short);
  expect(maskCredentials('a thesis')).toBe('a thesis');
});
