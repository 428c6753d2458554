import { type LineEncoding, SURROGATE } from '../../stdout/line-encoding.ts';

/** U+0000 as serialized by JSON.stringify. */
const NUL = '\\u0000';
/** Matches an escaped surrogate pair, a lone surrogate, U+0000, or any other escape sequence. */
const ESCAPES = /\\(?:u(d[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2})|u(d[89a-f][0-9a-f]{2}|0000)|.)/g;
const BEYOND_ASCII = /[\u0080-\uFFFF]/;
const RUNS_BEYOND_ASCII = /[\u0080-\uFFFF]+/g;
const REPLACEMENT = '\\ufffd';

/**
 * Converts JSON text to ASCII, which all Singer targets can read in any locale. U+0000 and lone surrogates, which Postgres rejects,
 * become U+FFFD.
 */
function ascii(json: string): string {
  const text = json.includes(SURROGATE) || json.includes(NUL) ? json.replace(ESCAPES, withoutMisfits) : json;
  return BEYOND_ASCII.test(text) ? text.replace(RUNS_BEYOND_ASCII, escaped) : text;
}

function withoutMisfits(escape: string, _pair?: string, misfit?: string): string {
  return misfit === undefined ? escape : REPLACEMENT;
}

function escaped(run: string): string {
  let escapes = '';
  for (let i = 0; i < run.length; i += 1) escapes += `\\u${run.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return escapes;
}

export const ASCII: LineEncoding = { encode: ascii, suspects: [SURROGATE, NUL] };
