import type { Answer } from '../http/answers.ts';
import { KEY_OF } from './envelope-faults.ts';
import type { KEY_FORMS } from './fault.ts';

type Row = Readonly<Record<string, unknown>>;

/** Bytes that stand in no UTF-8 text; a reader makes the same replacement character of each. */
const FIRST_INVALID_BYTE = 0xf8;
const INVALID_BYTES = 8;

/** What no value of the API holds: it marks where text goes that `JSON.stringify` would not write. */
const RAW = '@@raw@@';

/** JSON, one byte a character, so that a byte can be made any byte. */
const ascii = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The key as a number of many digits: keys that lie near to each other are one number to a reader with doubles. */
const digitsOf = (key: string): string => {
  const hex = /^[0-9a-f]+$/.test(key) ? key : Buffer.from(key).toString('hex');
  return String(BigInt(`0x${hex}`) + 2n ** 53n);
};

const keyText = (form: (typeof KEY_FORMS)[number], key: string, index: number): string => {
  switch (form) {
    case 'beyond-2-53':
      return digitsOf(key);
    case 'lone-surrogate':
      return `"\\ud800${key}"`;
    case 'invalid-utf-8': {
      const byte = String.fromCharCode(FIRST_INVALID_BYTE + (index % INVALID_BYTES));
      return `"key-${Math.floor(index / INVALID_BYTES)}-${byte}"`;
    }
  }
};

/** The answer with each row of its list, or its one object, rewritten as JSON text. */
const rewrite = (answer: Answer, edit: (row: Row, key: string, index: number) => [Row, string]): Answer => {
  const body = JSON.parse(answer.body) as Row & { readonly _embedded?: Readonly<Record<string, Row[]>> };
  const [name = '', rows = [body]] = Object.entries(body._embedded ?? {})[0] ?? [];
  const texts = rows.map((row, index) => {
    const [edited, raw] = edit(row, KEY_OF[name] ?? 'id', index);
    return ascii(edited).replace(`"${RAW}"`, () => raw);
  });
  const text = body._embedded === undefined ? texts.join('') : `{"_embedded":{"${name}":[${texts.join(',')}]}}`;
  return { status: answer.status, body: text, ascii: true };
};

/** The answer with the keys of its rows spoiled: different keys as they are sent, not all as they are read. */
export const spoilKeys = (answer: Answer, form: (typeof KEY_FORMS)[number]): Answer =>
  rewrite(answer, (row, key, index) =>
    key in row ? [{ ...row, [key]: RAW }, keyText(form, String(row[key]), index)] : [row, ''],
  );

/** The answer with a field in each row that holds lists in lists, so many levels deep. */
export const nestRows = (answer: Answer, levels: number): Answer =>
  rewrite(answer, (row) => [{ ...row, nested: RAW }, '['.repeat(levels) + ']'.repeat(levels)]);
