import type { FieldKind } from './fields.ts';
import { joinedKey, type Row, type StreamDefinition } from './stream.ts';
import { toUtcText } from './timestamp.ts';

/** What of a stream makes its records. */
type Keyed = Pick<StreamDefinition, 'fields' | 'primaryKey' | 'keyParts' | 'keyNeeds' | 'dropped'>;

/**
 * Makes rows into record data, in place, since a copy would cost as much as printing. What is taken out is set to
 * undefined, which JSON.stringify leaves out: `delete` would turn the row into a slow dictionary.
 */
export class Normaliser {
  readonly #names: string[];
  readonly #kinds: FieldKind[];
  readonly #definition: Keyed;
  readonly #onUnknown: (field: string) => void;
  /** The field of the row that has a number beyond 2^53 in its key, which is not kept exactly; several would be one. */
  inexactField: string | undefined;

  /** `onUnknown` is told of every field of every row that the stream neither declares nor drops. */
  constructor(definition: Keyed, onUnknown: (field: string) => void) {
    this.#definition = definition;
    this.#onUnknown = onUnknown;
    this.#names = Object.keys(definition.fields);
    this.#kinds = Object.values(definition.fields).map(({ kind }) => kind);
  }

  /**
   * Normalises one row; gives the fields that had to be set to null, if any. Only top-level fields are looked at; `fields`
   * are what the row gets where the API leaves it out.
   */
  normalise(row: Row, fields?: Row): string[] | undefined {
    this.inexactField = undefined;
    for (const field in fields) if (!hasText(row[field])) row[field] = fields[field];

    const names = this.#names;
    const keepsUnknown = this.#definition.dropped === undefined;
    let nulled: string[] | undefined;
    let next = 0;
    for (const field in row) {
      const value = row[field];
      if (value === undefined || (value === null && keepsUnknown)) continue;
      // Rows have their fields in the order in which they are declared, so each is a few steps behind the one before it;
      // to look it up was measured as twice as slow.
      let at = next;
      while (at < names.length && names[at] !== field) at += 1;
      if (at === names.length) at = names.indexOf(field);
      if (at === -1) {
        this.#takeUnknown(row, field);
        continue;
      }
      next = at + 1;
      if (value === null) continue;
      const kind = this.#kinds[at] as FieldKind;
      // The common case, without a call: text is declared and text came.
      if (kind === 'text' && typeof value === 'string') continue;
      const fitting = coerce(value, kind);
      if (fitting === value) continue;
      if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER && this.#inKey(field)) {
        this.inexactField = field;
      }
      row[field] = fitting === MISFIT ? null : fitting;
      if (fitting === MISFIT) (nulled ??= []).push(field);
    }
    const { keyParts, keyNeeds = [], primaryKey } = this.#definition;
    if (keyParts !== undefined) row[primaryKey] = joinedKey(row, keyParts, keyNeeds);
    return nulled;
  }

  #takeUnknown(row: Row, field: string): void {
    const { dropped } = this.#definition;
    if (row[field] !== null && dropped?.includes(field) !== true) this.#onUnknown(field);
    if (dropped !== undefined) row[field] = undefined;
  }

  #inKey(field: string): boolean {
    const { keyParts, primaryKey } = this.#definition;
    return keyParts === undefined ? field === primaryKey : keyParts.includes(field);
  }
}

function hasText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** What a value that cannot be made to fit becomes; null itself is a value that fits. */
export const MISFIT = Symbol('misfit');

/** The value as its declared kind: itself if it fits, the same in another spelling where that loses nothing, or MISFIT. */
export function coerce(value: unknown, kind: FieldKind): unknown {
  if (value === null || value === undefined) return null;
  switch (kind) {
    case 'text':
      if (typeof value === 'string') return value;
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : MISFIT;
    case 'timestamp':
      return typeof value === 'string' ? (toUtcText(value) ?? MISFIT) : MISFIT;
    case 'integer':
      return numberOf(value, isSpeltWhole);
    case 'number':
      return numberOf(value, Number.isFinite);
    case 'boolean':
      return booleanOf(value);
    case 'object':
      return typeof value === 'object' && !Array.isArray(value) ? value : MISFIT;
    case 'list':
      return Array.isArray(value) ? value : MISFIT;
  }
}

function numberOf(value: unknown, fits: (number: number) => boolean): unknown {
  if (typeof value === 'number') return fits(value) ? value : MISFIT;
  if (typeof value !== 'string') return MISFIT;
  const text = value.trim();
  if (text === '') return null;
  const number = NUMBER.test(text) ? Number(text) : NaN;
  return fits(number) ? number : MISFIT;
}

/** JSON spells greater ones with an exponent, which readers do not take for an integer. */
function isSpeltWhole(number: number): boolean {
  return Number.isInteger(number) && Math.abs(number) < 1e21;
}

function booleanOf(value: unknown): unknown {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return text === 'true' ? true : text === 'false' ? false : MISFIT;
}
