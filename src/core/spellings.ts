/**
 * A text in one of its spellings, in UTF-16 units. `from` and `to` say where in `of`, the text that it was made of,
 * each unit begins and ends.
 */
export interface Spelling {
  units: Uint16Array;
  made?: { of: Spelling; from: Uint32Array; to: Uint32Array };
  /** White space was taken out, so that words touch which did not. */
  squeezed?: true;
}

/** How often escapes are undone that come out of escapes, as JSON in JSON has them. */
const ROUNDS = 5;

const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const AMPERSAND = 0x26;
const LESS = 0x3c;
const GREATER = 0x3e;
const PLUS = 0x2b;
const SPACE = 0x20;

/** The names that HTML has for what is not a letter in ASCII. */
const ENTITIES: Record<string, string> = {
  ...{ Tab: '\t', NewLine: '\n', nbsp: '\u00a0', excl: '!', quot: '"', num: '#', dollar: '$', percnt: '%', amp: '&' },
  ...{ apos: "'", lpar: '(', rpar: ')', ast: '*', plus: '+', comma: ',', period: '.', sol: '/', colon: ':', semi: ';' },
  ...{ lt: '<', equals: '=', gt: '>', quest: '?', commat: '@', lsqb: '[', lbrack: '[', bsol: '\\', rsqb: ']' },
  ...{ rbrack: ']', Hat: '^', lowbar: '_', grave: '`', lcub: '{', lbrace: '{', verbar: '|', vert: '|', rcub: '}' },
  ...{ rbrace: '}', AMP: '&', LT: '<', GT: '>', QUOT: '"' },
};
const LONGEST_ENTITY = 10;

export function spellingOf(text: string): Spelling {
  const units = new Uint16Array(text.length);
  for (let i = 0; i < text.length; i += 1) units[i] = text.charCodeAt(i);
  return { units };
}

/** The units from `start` to `end` as a text. */
export function textOf(units: Uint16Array, start = 0, end = units.length): string {
  let text = '';
  for (let at = start; at < end; at += MOST_ARGUMENTS) {
    const some = units.subarray(at, Math.min(at + MOST_ARGUMENTS, end));
    text += String.fromCharCode.apply(null, some as unknown as number[]);
  }
  return text;
}

/** A call with more of them may be too much for the stack. */
const MOST_ARGUMENTS = 4_096;

/** Where the units from `start` to `end` stand in the text that all spellings were made of. */
export function placeOf(spelling: Spelling, start: number, end: number): [start: number, end: number] {
  let place: [number, number] = [start, end];
  for (let { made } = spelling; made !== undefined; made = made.of.made) {
    place = [made.from[place[0]] as number, made.to[place[1] - 1] as number];
  }
  return place;
}

/**
 * A text in every spelling in which a secret may be in it. The time for all of them grows with the length of the text
 * alone, whatever is in it.
 */
export function* spellings(text: Spelling): Generator<Spelling> {
  for (const one of unescaped(text)) {
    yield* spacings(one);
    yield* decodedBase64(one);
  }
}

/** The same but for base64: what a secret itself may have become on its way. */
export function* equivalents(text: Spelling): Generator<Spelling> {
  for (const one of unescaped(text)) yield* spacings(one);
}

/** With tags and without; with no escapes undone, with one kind, and with all of them, again and again. */
function* unescaped(text: Spelling): Generator<Spelling> {
  for (const plain of [text, withoutTags(text)]) {
    if (plain === undefined) continue;
    yield plain;
    // One kind alone, for a secret that itself looks like an escape of another kind.
    const ones = ESCAPES.map((kind) => undone(plain, [kind])).filter((one) => one !== undefined);
    if (ones.length > 1) yield* ones;
    let last = undone(plain, ESCAPES);
    for (let round = 0; last !== undefined && round < ROUNDS; round += 1) {
      yield last;
      last = undone(last, ESCAPES);
    }
  }
}

/** The text with escapes of JSON undone, again and again. */
export function* unescapedJson(text: Spelling): Generator<Spelling> {
  let last = undone(text, [undoJson]);
  for (let round = 0; last !== undefined && round < ROUNDS; round += 1) {
    yield last;
    last = undone(last, [undoJson]);
  }
}

function* spacings(text: Spelling): Generator<Spelling> {
  yield text;
  // A form has a + for a space; a text told in one line has one space for any white space.
  const spaced = mapped(text, (unit) => (isSpace(unit) || unit === PLUS ? SPACE : unit));
  if (spaced !== undefined) yield spaced;
  const folded = mapped(spaced ?? text, (unit, before) => (unit === SPACE && before === SPACE ? DROPPED : unit));
  if (folded !== undefined) yield folded;
  const squeezed = withoutSpace(text);
  if (squeezed !== undefined) yield squeezed;
}

function withoutSpace(text: Spelling): Spelling | undefined {
  const squeezed = mapped(text, (unit) => (isSpace(unit) || isInvisible(unit) ? DROPPED : unit));
  return squeezed === undefined ? undefined : { ...squeezed, squeezed: true };
}

function* decodedBase64(text: Spelling): Generator<Spelling> {
  // Long base64 comes in lines.
  const runs = withoutSpace(text) ?? text;
  for (let skip = 0; skip < 4; skip += 1) {
    const decoded = fromBase64(runs, skip);
    if (decoded === undefined) return;
    yield decoded;
    const characters = undone(decoded, [undoUtf8]);
    if (characters !== undefined) yield characters;
    const further = undone(characters ?? decoded, ESCAPES);
    if (further !== undefined) yield further;
  }
}

/** Gathers the units of a spelling. None of them is longer than what it is made of. */
class Maker {
  readonly #of: Spelling;
  readonly #units: Uint16Array;
  readonly #from: Uint32Array;
  readonly #to: Uint32Array;
  length = 0;

  constructor(of: Spelling) {
    const { length } = of.units;
    this.#of = of;
    this.#units = new Uint16Array(length);
    this.#from = new Uint32Array(length);
    this.#to = new Uint32Array(length);
  }

  push(unit: number, from: number, to: number): void {
    this.#units[this.length] = unit;
    this.#from[this.length] = from;
    this.#to[this.length] = to;
    this.length += 1;
  }

  /** Takes the units from `start` to `end` as they are. */
  copy(start: number, end: number): void {
    for (let i = start; i < end; i += 1) this.push(this.#of.units[i] as number, i, i + 1);
  }

  spelling(): Spelling {
    const { length } = this;
    return {
      units: this.#units.subarray(0, length),
      made: { of: this.#of, from: this.#from.subarray(0, length), to: this.#to.subarray(0, length) },
    };
  }
}

const DROPPED = -1;

/** Each unit as `map` wants it, which is told the one before it; undefined if nothing changes. */
function mapped(text: Spelling, map: (unit: number, before: number) => number): Spelling | undefined {
  const { units } = text;
  let maker: Maker | undefined;
  let before = DROPPED;
  for (let i = 0; i < units.length; i += 1) {
    const unit = units[i] as number;
    const wanted = map(unit, before);
    if (wanted !== unit && maker === undefined) {
      maker = new Maker(text);
      maker.copy(0, i);
    }
    if (wanted === DROPPED) continue;
    maker?.push(wanted, i, i + 1);
    before = wanted;
  }
  return maker?.spelling();
}

/** What an escape stands for, and how many units it takes; undefined where none begins. */
type Undo = (units: Uint16Array, at: number) => { stands: string; length: number } | undefined;

/** The text with escapes of the given kinds undone once; undefined if there are none. */
function undone(text: Spelling, kinds: readonly Undo[]): Spelling | undefined {
  const { units } = text;
  let maker: Maker | undefined;
  let i = 0;
  while (i < units.length) {
    const escape = mayBegin(units[i] as number) ? first(kinds, units, i) : undefined;
    if (escape === undefined) {
      maker?.push(units[i] as number, i, i + 1);
      i += 1;
      continue;
    }
    if (maker === undefined) {
      maker = new Maker(text);
      maker.copy(0, i);
    }
    const { stands, length } = escape;
    for (let k = 0; k < stands.length; k += 1) maker.push(stands.charCodeAt(k), i, i + length);
    i += length;
  }
  return maker?.spelling();
}

function mayBegin(unit: number): boolean {
  return unit === BACKSLASH || unit === PERCENT || unit === AMPERSAND || (unit >= 0xc2 && unit <= 0xf4);
}

function first(kinds: readonly Undo[], units: Uint16Array, at: number): ReturnType<Undo> {
  for (const kind of kinds) {
    const escape = kind(units, at);
    if (escape !== undefined) return escape;
  }
  return undefined;
}

/** As JSON and JavaScript have them: `\n`, `\/`, `\u0026`, `\u{26}`, `\x26`. */
function undoJson(units: Uint16Array, at: number): ReturnType<Undo> {
  if (units[at] !== BACKSLASH || at + 1 === units.length) return undefined;
  const letter = textOf(units, at + 1, at + 2);
  const numbered = letter === 'u' || letter === 'x' ? NUMBERED.exec(textOf(units, at + 1, at + 10)) : null;
  if (numbered !== null) {
    const [all, braced, four, two] = numbered;
    const point = Number.parseInt(braced ?? four ?? two ?? '', 16);
    if (point <= LAST_POINT) return { stands: String.fromCodePoint(point), length: 1 + all.length };
  }
  return { stands: CONTROLS[letter] ?? letter, length: 2 };
}

const NUMBERED = /^(?:u\{([\da-fA-F]{1,6})\}|u([\da-fA-F]{4})|x([\da-fA-F]{2}))/;
const CONTROLS: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const LAST_POINT = 0x10ffff;

/** A character of a URL or a form, `%2F` or `%2f`; one byte alone where it is no UTF-8. */
function undoPercent(units: Uint16Array, at: number): ReturnType<Undo> {
  const byte = escapedByte(units, at);
  if (byte === -1) return undefined;
  if (byte >= 0x80) {
    const bytes = Uint16Array.from([0, 3, 6, 9], (behind) => Math.max(0, escapedByte(units, at + behind)));
    const character = undoUtf8(bytes, 0);
    if (character !== undefined) return { stands: character.stands, length: character.length * 3 };
  }
  return { stands: String.fromCharCode(byte), length: 3 };
}

function escapedByte(units: Uint16Array, at: number): number {
  return units[at] === PERCENT ? hexByte(units, at + 1) : -1;
}

function hexByte(units: Uint16Array, at: number): number {
  const high = hexDigit(units[at]);
  const low = hexDigit(units[at + 1]);
  return high === -1 || low === -1 ? -1 : high * 16 + low;
}

function hexDigit(unit = 0): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** `&amp;`, `&#38;`, `&#x26;`; numbers also without their semicolon, as browsers take them. */
function undoEntity(units: Uint16Array, at: number): ReturnType<Undo> {
  if (units[at] !== AMPERSAND) return undefined;
  const next = textOf(units, at + 1, at + 1 + LONGEST_ENTITY);
  const [all, hex, decimal, name] = /^(?:#x([0-9a-f]{1,6});?|#([0-9]{1,7});?|([a-z]{2,7});)/i.exec(next) ?? [];
  if (all === undefined) return undefined;
  if (name !== undefined) {
    const stands = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
    return stands === undefined ? undefined : { stands, length: 1 + all.length };
  }
  const point = Number.parseInt(hex ?? decimal ?? '', hex === undefined ? 10 : 16);
  return point <= LAST_POINT ? { stands: String.fromCodePoint(point), length: 1 + all.length } : undefined;
}

/** A character of UTF-8 that was read byte by byte. */
function undoUtf8(units: Uint16Array, at: number): ReturnType<Undo> {
  const lead = units[at] as number;
  if (lead < 0xc2 || lead > 0xf4) return undefined;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  let point = lead & (0x7f >> length);
  for (let k = 1; k < length; k += 1) {
    const unit = units[at + k];
    if (unit === undefined || unit < 0x80 || unit > 0xbf) return undefined;
    point = (point << 6) | (unit & 0x3f);
  }
  return point <= LAST_POINT ? { stands: String.fromCodePoint(point), length } : undefined;
}

const ESCAPES: readonly Undo[] = [undoJson, undoPercent, undoEntity, undoUtf8];

/** The text without `<tags>`; undefined if it has none. */
function withoutTags(text: Spelling): Spelling | undefined {
  const { units } = text;
  const lastEnd = units.lastIndexOf(GREATER);
  let maker: Maker | undefined;
  let kept = 0;
  let tag = units.indexOf(LESS);
  while (tag !== -1 && tag < lastEnd) {
    let next = tag + 1;
    if (beginsTag(units[next] as number)) {
      maker ??= new Maker(text);
      maker.copy(kept, tag);
      kept = units.indexOf(GREATER, next) + 1;
      next = kept;
    }
    tag = units.indexOf(LESS, next);
  }
  maker?.copy(kept, units.length);
  return maker?.spelling();
}

/** `<b`, `</b`, `<!--`, `<?xml`. */
function beginsTag(unit: number): boolean {
  const lower = unit | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || unit === 0x2f || unit === 0x21 || unit === 0x3f;
}

/**
 * The text with its runs of base64, for URLs or not, decoded from their character `skip` on: where in a longer one a
 * secret begins, nobody knows. Undefined if there is no run long enough.
 */
function fromBase64(text: Spelling, skip: number): Spelling | undefined {
  const { units } = text;
  let maker: Maker | undefined;
  let start = 0;
  while (start < units.length) {
    let end = start;
    while (end < units.length && sextet(units[end] as number) !== -1) end += 1;
    if (end - start >= SHORTEST_BASE64) {
      maker ??= new Maker(text);
      decodeRun(maker, units, start + skip, end);
    }
    // What stands between runs keeps them apart, and may be the mark of a cut.
    if (end < units.length) maker?.push(units[end] as number, end, end + 1);
    start = end + 1;
  }
  return maker?.spelling();
}

/** Four bytes take six characters. */
const SHORTEST_BASE64 = 6;

/** Decodes what is whole from `start` on, each byte with all the characters that hold a part of it. */
function decodeRun(maker: Maker, units: Uint16Array, start: number, end: number): void {
  for (let at = start; at + 1 < end; at += 4) {
    const first = sextet(units[at] as number);
    const second = sextet(units[at + 1] as number);
    maker.push((first << 2) | (second >> 4), at, at + 2);
    if (at + 2 === end) return;
    const third = sextet(units[at + 2] as number);
    maker.push(((second & 15) << 4) | (third >> 2), at + 1, at + 3);
    if (at + 3 === end) return;
    maker.push(((third & 3) << 6) | sextet(units[at + 3] as number), at + 2, at + 4);
  }
}

/** What a character of base64 stands for; -1 if it is none. */
function sextet(unit: number): number {
  if (unit >= 0x41 && unit <= 0x5a) return unit - 0x41;
  if (unit >= 0x61 && unit <= 0x7a) return unit - 0x47;
  if (unit >= 0x30 && unit <= 0x39) return unit + 4;
  if (unit === PLUS || unit === 0x2d) return 62;
  return unit === 0x2f || unit === 0x5f ? 63 : -1;
}

function isSpace(unit: number): boolean {
  if (unit < 0x80) return unit === SPACE || (unit >= 9 && unit <= 13);
  if (unit < 0x1680) return unit === 0xa0;
  return (
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    [0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff].includes(unit)
  );
}

/** Soft hyphens and the like, with which pages tell where a long word may be broken. */
function isInvisible(unit: number): boolean {
  return unit === 0xad || (unit >= 0x200b && unit <= 0x200d) || unit === 0x2060;
}
