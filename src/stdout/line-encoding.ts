/** How the lines of a protocol are encoded, beyond what JSON.stringify makes of them. */
export interface LineEncoding {
  /** Makes JSON text that every reader of the protocol takes. ASCII gets no longer by it. */
  encode: (json: string) => string;
  /** What ASCII text contains if `encode` has to look at it. */
  suspects: readonly string[];
}

const LINE_BREAKS = ['\u0085', '\u2028', '\u2029'];
/** How JSON.stringify begins to print a lone surrogate. */
export const SURROGATE = '\\ud';
const ESCAPES = /\\(?:u(d[89a-f][0-9a-f]{2})|.)/g;

/**
 * UTF-8 as every client can read it. Python's readers split lines at U+0085, U+2028 and U+2029, so these are
 * escaped; a lone surrogate, which JSON.stringify prints as an escape and strict parsers refuse, becomes U+FFFD.
 * The escapes are found pairwise, so that a backslash that is itself escaped stays what it is.
 */
function utf8(json: string): string {
  let text = json;
  // A search for one character runs at the speed of memory; a regular expression for the three was 5 % of a read.
  for (const char of LINE_BREAKS) {
    if (text.includes(char)) text = text.replaceAll(char, `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  }
  if (text.includes(SURROGATE)) {
    text = text.replace(ESCAPES, (escape, surrogate?: string) => (surrogate === undefined ? escape : '\uFFFD'));
  }
  return text;
}

export const UTF8: LineEncoding = { encode: utf8, suspects: [SURROGATE] };

const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/**
 * One line of plain text for a terminal. A name that the API sends could hold a line break, which begins a line of its own,
 * or what a terminal takes for a command: such characters are shown as JSON escapes them.
 */
export function asOneLine(text: string): string {
  return text.replaceAll(CONTROLS, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
