import { SecretIndex } from './secret-index.ts';
import { type Spelling, placeOf, spellingOf, spellings, unescapedJson } from './spellings.ts';

const MASK = '****';

/**
 * Replaces secrets in texts for people, in whatever spelling (see spellings.ts), and the password of any
 * `scheme://user:password@host`. Secrets may be added at any time; RECORD data never passes here.
 */
export class Redactor {
  readonly #secrets = new SecretIndex();

  /** Adds a secret. One of less than four characters is left alone: it would mask half of every text. */
  add(secret: string): void {
    this.#secrets.add(secret);
  }

  redact = (text: string): string => {
    const mayHoldUrl = text.includes('://') || text.includes('\\');
    if (this.#secrets.empty && !mayHoldUrl) return text;
    const plain = spellingOf(text);
    let masked: Uint8Array | undefined;
    const mask = (spelling: Spelling, start: number, end: number): void => {
      masked ??= new Uint8Array(text.length);
      masked.fill(1, ...placeOf(spelling, start, end));
    };
    if (mayHoldUrl) {
      passwordsInUrls(plain.units, (start, end) => mask(plain, start, end));
      for (const one of unescapedJson(plain)) passwordsInUrls(one.units, (start, end) => mask(one, start, end));
    }
    if (!this.#secrets.empty) {
      for (const one of spellings(plain)) this.#secrets.find(one, (start, end) => mask(one, start, end));
    }
    return masked === undefined ? text : withMasks(text, masked);
  };
}

/** The text with a mask for each stretch that is marked. */
function withMasks(text: string, marked: Uint8Array): string {
  let result = '';
  let shown = 0;
  for (let start = marked.indexOf(1); start !== -1; start = marked.indexOf(1, shown)) {
    result += text.slice(shown, start) + MASK;
    const end = marked.indexOf(0, start);
    if (end === -1) return result;
    shown = end;
  }
  return result + text.slice(shown);
}

/**
 * Tells of the password in each `scheme://user:password@`. It ends at the last @ before white space, a quote or <>,
 * because both user and password may hold an @.
 */
function passwordsInUrls(units: Uint16Array, found: (start: number, end: number) => void): void {
  let start = 0;
  while (start < units.length) {
    let end = start;
    let at = -1;
    for (; end < units.length && !endsUrl(units[end] as number); end += 1) if (units[end] === AT) at = end;
    const password = at === -1 ? -1 : passwordStart(units, start, at);
    if (password !== -1) found(password, at);
    start = end + 1;
  }
}

/** Where the first password of `units` from `start` on begins that ends at `end`; -1 if there is none. */
function passwordStart(units: Uint16Array, start: number, end: number): number {
  let colon = units.indexOf(COLON, start);
  while (colon !== -1 && colon < end) {
    const isScheme = colon > start && units[colon + 1] === SLASH && units[colon + 2] === SLASH;
    let next = colon + 1;
    if (isScheme && inScheme(units[colon - 1] as number)) {
      next = colon + 3;
      while (next < end && units[next] !== COLON && units[next] !== SLASH) next += 1;
      if (units[next] === COLON && next + 1 < end) return next + 1;
    }
    colon = units.indexOf(COLON, next);
  }
  return -1;
}

const AT = 0x40;
const COLON = 0x3a;
const SLASH = 0x2f;

/** White space, quotes and <>. */
function endsUrl(unit: number): boolean {
  return unit === 0x22 || unit === 0x3c || unit === 0x3e || /\s/.test(String.fromCharCode(unit));
}

function inScheme(unit: number): boolean {
  return /[a-z0-9+.-]/i.test(String.fromCharCode(unit));
}
