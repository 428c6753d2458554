import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UTF8, asOneLine } from './line-encoding.ts';

/** Characters that Python's str.splitlines treats as line breaks, but that JSON doesn't escape. */
const BREAKS = ['\u0085', '\u2028', '\u2029'];

describe('UTF8.encode', () => {
  test.each([
    ['a\u2028b', String.raw`"a\u2028b"`],
    ['a\u2029b\u0085', String.raw`"a\u2029b\u0085"`],
    ['lone \ud83d and \ude00', '"lone \uFFFD and \uFFFD"'],
    ['a pair 😀', '"a pair 😀"'],
    [String.raw`a path C:\ud83d`, String.raw`"a path C:\\ud83d"`],
    [String.raw`\\ud83d`, String.raw`"\\\\ud83d"`],
    ['\\\ud83d', String.raw`"\\` + '\uFFFD"'],
    ['"\n\t', String.raw`"\"\n\t"`],
  ])('the text %j is printed as one line of valid JSON', (text, json) => {
    expect(UTF8.encode(JSON.stringify(text))).toBe(json);
  });

  test('lone surrogates are also replaced in keys', () => {
    expect(UTF8.encode(String.raw`{"a\ud83d":"\ude00"}`)).toBe('{"a\uFFFD":"\uFFFD"}');
  });
});

/** Characters that affect the encoding, including backslashes. */
const UNITS = ['\\', 'u', 'd', '8', '3', '"', '\n', '😀', 'ü', ...BREAKS];
const text = fc.string({ unit: fc.constantFrom(...UNITS, '\ud83d', '\ude00') });
// V8 occasionally misreads a key that is a lone surrogate, so comparing objects would be unreliable.
const key = fc.string({ unit: fc.constantFrom(...UNITS) });
const value = fc.oneof(
  fc.jsonValue(),
  fc.anything({ values: [text, fc.integer(), fc.boolean(), fc.constant(null)], key, withNullPrototype: false }),
);

test('any JSON is printed as one line for every reader and is unchanged except for lone surrogates', () => {
  fc.assert(
    fc.property(value, (given) => {
      const json = JSON.stringify(given);
      const printed = UTF8.encode(json);
      expect(JSON.parse(printed)).toEqual(wellFormed(JSON.parse(json)));
      for (const char of [...BREAKS, '\n', '\r']) expect(printed).not.toContain(char);
      expect(printed.isWellFormed()).toBe(true);
      // The parsed JSON must not contain a lone surrogate.
      expect(JSON.stringify(JSON.parse(printed))).not.toMatch(/(?<!\\)(?:\\\\)*\\ud[89a-f]/);
    }),
    { numRuns: 1_000 },
  );
});

function wellFormed(given: unknown): unknown {
  if (typeof given === 'string') return given.toWellFormed();
  if (Array.isArray(given)) return given.map(wellFormed);
  if (typeof given !== 'object' || given === null) return given;
  return Object.fromEntries(Object.entries(given).map(([key, part]) => [key.toWellFormed(), wellFormed(part)]));
}

test('text for a terminal is printed as one line without control characters', () => {
  expect(asOneLine('evil\nCRITICAL fake\u001b[31m\u0085\u2028\r')).toBe(
    String.raw`evil\u000aCRITICAL fake\u001b[31m\u0085\u2028\u000d`,
  );
  expect(asOneLine('Größe: 日本 \u{1F600} "quoted" \\')).toBe('Größe: 日本 \u{1F600} "quoted" \\');
});
