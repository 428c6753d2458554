import { type LineEncoding, SURROGATE, unicodeEscape } from '../../stdout/line-encoding.ts';

/** U+0000 as serialized by JSON.stringify. */
const NUL = '\\u0000';
/** Matches an escape sequence or an escaped surrogate pair. Captures a lone surrogate or U+0000. */
const ESCAPES = /\\(?:ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|u(d[89a-f][0-9a-f]{2}|0000)|.)/g;
const BEYOND_ASCII = /[\u0080-\uFFFF]/g;

/** Converts JSON to ASCII, which targets can read in any locale. U+0000 and lone surrogates, which Postgres rejects, become U+FFFD. */
function ascii(json: string): string {
  let text = json;
  if (json.includes(SURROGATE) || json.includes(NUL)) {
    text = json.replace(ESCAPES, (escape, misfit?: string) => (misfit === undefined ? escape : '\\ufffd'));
  }
  return text.replace(BEYOND_ASCII, unicodeEscape);
}

export const ASCII: LineEncoding = { encode: ascii, suspects: [SURROGATE, NUL] };
