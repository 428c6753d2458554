import { type Spelling, equivalents, spellingOf, textOf } from './spellings.ts';

/** A shorter "secret" would mask half of every text. */
const SHORTEST = 4;
/** Longer secrets are kept in pieces, so that a look at one place of a text takes a limited time. */
const LONGEST = 32;
/** Without white space words touch which did not: `are stopped` holds `rest`. */
const SHORTEST_SQUEEZED = 8;
/** Whoever cuts a text ends it so, and what is left of a secret before it is found too. */
const CUT = '…';
/** Before that may stand what the cut has left of an escape: `\u003`, `&quot`. */
const HALF_ESCAPE = 6;
/** A secret without any of these is the same in every spelling. */
const MAY_CHANGE = /[\\%&<+\s\u0080-\uffff]/;

/**
 * Finds any number of secrets in a text at once. To add one takes time by its own length, and to look for all of them
 * by the length of the text; nothing is ever built anew, however secrets and texts take turns.
 */
export class SecretIndex {
  /** Secrets, and the pieces of long ones. */
  readonly #pieces = new Set<string>();
  /** From a hash of the first four units to a set of bits: bit n says that a piece of 4 + n units begins so. */
  readonly #lengths = new Map<number, number>();

  get empty(): boolean {
    return this.#pieces.size === 0;
  }

  /** Adds a secret, and what becomes of it where escapes are undone that it only seems to have. */
  add(secret: string): void {
    this.#addPieces(secret);
    if (!MAY_CHANGE.test(secret)) return;
    // Outside of JavaScript there are no lone surrogates.
    for (const text of new Set([secret, secret.toWellFormed()])) {
      for (const { units, squeezed } of equivalents(spellingOf(text))) {
        if (units.length >= (squeezed ? SHORTEST_SQUEEZED : SHORTEST)) this.#addPieces(textOf(units));
      }
    }
  }

  #addPieces(text: string): void {
    if (text.length < SHORTEST) return;
    for (let at = 0; at < text.length; at += LONGEST) {
      // The last one is as long as the others: a rest of two characters would be found everywhere.
      const start = Math.max(0, Math.min(at, text.length - LONGEST));
      const piece = text.slice(start, start + LONGEST);
      const hash = hashAt(spellingOf(piece.slice(0, SHORTEST)).units, 0);
      this.#pieces.add(piece);
      this.#lengths.set(hash, (this.#lengths.get(hash) ?? 0) | (1 << (piece.length - SHORTEST)));
    }
  }

  /** Tells of every stretch that is secret, from left to right; they do not overlap. */
  find({ units, squeezed }: Spelling, found: (start: number, end: number) => void): void {
    const wanted = squeezed ? -1 << (SHORTEST_SQUEEZED - SHORTEST) : -1;
    let start = 0;
    let end = 0;
    const extend = (from: number, to: number): void => {
      if (from > end) {
        if (end > start) found(start, end);
        start = from;
      }
      end = Math.max(end, to);
    };
    for (let at = 0; at + SHORTEST <= units.length; at += 1) {
      const lengths = (this.#lengths.get(hashAt(units, at)) ?? 0) & wanted;
      if (lengths === 0) continue;
      const to = this.#endAt(units, at, lengths);
      if (to !== undefined) extend(at, to);
    }
    if (end > start) found(start, end);
  }

  /** The end of the longest piece that begins at `at`, or of what a cut has left of one. */
  #endAt(units: Uint16Array, at: number, lengths: number): number | undefined {
    const text = textOf(units, at, Math.min(at + LONGEST + HALF_ESCAPE, units.length));
    for (let left = lengths; left !== 0;) {
      const bit = 31 - Math.clz32(left);
      const length = SHORTEST + bit;
      if (length <= text.length && this.#pieces.has(text.slice(0, length))) return at + length;
      left &= ~(1 << bit);
    }
    // Which of the pieces was cut is not looked into: it is enough that one begins so and does not end before the cut.
    const cut = text.indexOf(CUT, SHORTEST);
    const beyond = Math.max(0, cut - HALF_ESCAPE - SHORTEST + 1);
    return cut !== -1 && lengths >> beyond !== 0 ? at + cut : undefined;
  }
}

/** A hash of the four units from `at` on, of 30 bits: a small integer is the fastest key. */
function hashAt(units: Uint16Array, at: number): number {
  let hash = units[at] as number;
  for (let i = at + 1; i < at + SHORTEST; i += 1) hash = Math.imul(hash, 0x01000193) ^ (units[i] as number);
  return (hash ^ (hash >>> 15)) & 0x3fffffff;
}
