import fc from 'fast-check';
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { LineWriter } from '../../stdout/line-writer.ts';
import { ASCII } from './ascii.ts';

const { encode } = ASCII;

test.each([
  ['ASCII text stays unchanged', '{"a":"b\\\\ud83d \\\\u0000 \\n"}', '{"a":"b\\\\ud83d \\\\u0000 \\n"}'],
  ['letters outside ASCII are escaped', '"Gr\u00F6\u00DFe"', '"Gr\\u00f6\\u00dfe"'],
  ['a surrogate pair stays a pair', '"\u{1F600}"', '"\\ud83d\\ude00"'],
  ["Python's line breaks are escaped", '"\u0085\u2028\u2029"', '"\\u0085\\u2028\\u2029"'],
  ['U+0000 becomes U+FFFD', JSON.stringify('a\0b'), '"a\\ufffdb"'],
  ['a lone surrogate becomes U+FFFD', JSON.stringify('\uD83D \uDE00\uD83D'), '"\\ufffd \\ufffd\\ufffd"'],
])('%s', (_, json, expected) => {
  expect(encode(json)).toBe(expected);
});

/** Strings of special characters, and arbitrary other strings. */
const text = fc.oneof(
  fc.string({
    unit: fc.constantFrom('\0', '\\', '"', 'u', '0', '0000', 'd83d', '\uD83D', '\uDE00', '\u2028', '\u00F6'),
  }),
  fc.string({ unit: 'binary' }),
);
// Values are serialized only once, because V8 may later serialize a key with a lone surrogate differently.
const value = fc.oneof(text, fc.array(text), fc.dictionary(text, text)).map((any) => JSON.stringify(any));

/** Replaces the characters that Postgres rejects with U+FFFD. */
function withoutMisfits(json: string): string {
  return json.toWellFormed().replaceAll('\0', '\uFFFD');
}

test('every value becomes ASCII text with the same content, except for characters that Postgres rejects', () => {
  fc.assert(
    fc.property(text, (any) => {
      const printed = encode(JSON.stringify(any));
      expect(printed).toMatch(/^[\x20-\x7e]*$/);
      expect(JSON.parse(printed)).toBe(withoutMisfits(any));
      expect(encode(printed)).toBe(printed);
    }),
    { numRuns: 1_000 },
  );
});

describe('LineWriter', () => {
  test('encodes records and other lines in the same way, whatever a chunk contains', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), value), { minLength: 1, maxLength: 30 }), (messages) => {
        let out = '';
        const stdout = new Writable({
          write(chunk: Buffer, _encoding, done) {
            out += chunk.toString();
            done();
          },
        });
        const writer = new LineWriter(stdout, () => undefined, ASCII);
        for (const [isRecord, json] of messages) {
          if (isRecord) writer.record(Buffer.from('{"d":'), json, Buffer.from('}\n'));
          else writer.line(`{"d":${json}}\n`);
        }
        writer.flush();
        expect(out).toBe(messages.map(([, json]) => encode(`{"d":${json}}\n`)).join(''));
      }),
      { numRuns: 500 },
    );
  });
});
