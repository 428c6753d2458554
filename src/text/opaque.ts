import { MASK } from './credentials.ts';

/** A word that is long enough to be a token. */
const WORD = /[a-z0-9+/_.~%-]{20,}={0,2}/gi;
/** Useful text that only looks random. Escape sequences are first, because they can hide word boundaries that other patterns require. */
const KNOWN: readonly RegExp[] = [
  /%[0-9a-f]{2}/gi,
  // Host names with at least three labels.
  /(?<![\w.+~%=-])[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}\.[a-z]{2,24}(?![\w+~%=-])/g,
  // GUIDs, including misspelled GUIDs that errors quote.
  /(?<![0-9a-z])[0-9a-z]{7,9}(?:-[0-9a-z]{3,5}){3}-[0-9a-z]{11,13}(?![0-9a-z])/gi,
  // Ids used by Compose.
  /(?<![0-9a-z])[0-9a-f]{24}(?![0-9a-z])/gi,
  // Ids of 32 hex digits, but only in a CRN or after a word that introduces an id.
  /(?:id|trace|transaction|request|group|account|target -c|(?<![0-9a-z])a)s?[^0-9a-z]{1,4}[0-9a-f]{32}(?![0-9a-z])/gi,
  /sha\d{1,3}[:-][0-9a-f]{40,128}(?![0-9a-z])/gi,
  // Dates with a time.
  /(?<!\d)\d{4}-\d\d-\d\dT\d\d[^0-9a-z]{1,3}\d\d[^0-9a-z]{1,3}\d\d(?:\.\d{1,9})?Z?/g,
];

const MIN_ODD = 10;
const MIN_ODD_IN_BASE64 = 8;
const MIN_SPAN = 18;

/** Masks words that look random, such as tokens, keys and digests, but not identifiers and names. */
export function maskOpaque(text: string): string {
  let known: string | undefined;
  return text.replace(WORD, (word, at: number) => {
    known ??= withoutKnown(text);
    const odd = oddPieces(known.slice(at, at + word.length));
    const [first, last] = [odd[0], odd.at(-1)];
    if (first === undefined || last === undefined) return word;
    const [start, end] = [first.index, last.index + last[0].length];
    const length = odd.reduce((sum, [piece]) => sum + piece.length, 0);
    const min = /[+=]/.test(word) ? MIN_ODD_IN_BASE64 : MIN_ODD;
    if (length < min || end - start < MIN_SPAN || length * 2 < end - start) return word;
    // If a path contains a digest, mask only the digest, because the rest of the path is still useful.
    const isHex = odd.every(([piece]) => /^[0-9a-f]+$/i.test(piece));
    return isHex ? word.slice(0, start) + MASK + word.slice(end) : MASK;
  });
}

/** Whether a value consists only of words, numbers and identifiers. */
export function isPlain(value: string): boolean {
  return oddPieces(withoutKnown(value)).length === 0;
}

function withoutKnown(text: string): string {
  const blank = (found: string): string => ' '.repeat(found.length);
  return KNOWN.reduce((left, known) => left.replace(known, blank), text);
}

function oddPieces(text: string): RegExpExecArray[] {
  return [...text.matchAll(/[a-z0-9]+/gi)].filter(([piece]) => !isWord(piece));
}

/** Whether the piece is a number, or looks like a word: up to four final digits, and few inner capitals, as in `GetAddrInfoReqWrap`. */
function isWord(piece: string): boolean {
  if (/^\d+$/.test(piece)) return true;
  if (!/^[a-z]+\d{0,4}$/i.test(piece) || /^[A-Z]{16}/.test(piece)) return false;
  const humps = piece.match(/[a-z][A-Z]|[A-Z]{2}[a-z]/g)?.length ?? 0;
  return humps * 9 <= piece.length * 2;
}
