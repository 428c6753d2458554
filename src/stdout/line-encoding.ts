/** How a protocol's lines are encoded, beyond JSON.stringify. */
export interface LineEncoding {
  /** Makes JSON text that every reader of the protocol accepts. ASCII doesn't get longer. */
  encode: (json: string) => string;
  /** ASCII text without any of these needs no encoding. */
  suspects: readonly string[];
}

const LINE_BREAKS = ['\u0085', '\u2028', '\u2029'];
/** How JSON.stringify begins to print a lone surrogate. */
export const SURROGATE = '\\ud';
const ESCAPES = /\\(?:u(d[89a-f][0-9a-f]{2})|.)/g;

/**
 * Python's readers split lines at U+0085, U+2028 and U+2029, so these are escaped. A lone surrogate, which strict parsers
 * reject, becomes U+FFFD.
 */
function utf8(json: string): string {
  let text = json;
  // Searches for single characters are fast; a regular expression for the three took 5% of a read.
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

/** One line of plain text for a terminal: line breaks and control characters, which an API could send, are escaped. */
export function asOneLine(text: string): string {
  return text.replaceAll(CONTROLS, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
