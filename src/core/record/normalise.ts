import type { FieldKind } from '../stream/fields.ts';
import type { Row } from './row.ts';
import { type Stream, keyFieldOf } from '../stream/stream.ts';
import { toUtcText } from './timestamp.ts';

type Keyed = Pick<Stream, 'fields' | 'primaryKey' | 'dropped'>;

/**
 * Converts rows to record data. Rows are converted in place, because copying a row would take as long as printing it. Removed
 * fields are set to undefined, which JSON.stringify omits; `delete` would switch the row to V8's slow dictionary mode.
 */
export class Normaliser {
  readonly #names: string[];
  readonly #kinds: FieldKind[];
  readonly #dropped: readonly string[] | undefined;
  readonly #keyField: string;
  readonly #made: Exclude<Stream['primaryKey'], string> | undefined;
  readonly #onUnknown: (field: string) => void;

  /** `onUnknown` is called whenever a row has a field that the stream neither declares nor drops. */
  constructor(stream: Keyed, onUnknown: (field: string) => void) {
    const { fields, primaryKey, dropped } = stream;
    this.#dropped = dropped;
    this.#keyField = keyFieldOf(stream);
    this.#made = typeof primaryKey === 'string' ? undefined : primaryKey;
    this.#onUnknown = onUnknown;
    this.#names = Object.keys(fields);
    this.#kinds = Object.values(fields).map(({ kind }) => kind);
  }

  /** Adds `fields` to a row, then normalizes the row's top-level fields. Returns the names of fields that were set to null. */
  normalise(row: Row, fields?: Row): string[] | undefined {
    for (const field in fields) row[field] = fields[field];

    const names = this.#names;
    const keepsUnknown = this.#dropped === undefined;
    let nulledFields: string[] | undefined;
    let next = 0;
    for (const field in row) {
      const value = row[field];
      if (value === undefined || (value === null && keepsUnknown)) continue;
      // Rows usually have their fields in the declared order, so a search that starts after the previous field takes few
      // steps. A lookup by name took twice as long.
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
      // Handle the most common case without a function call.
      if (kind === 'text' && typeof value === 'string') continue;
      const fitting = coerce(value, kind);
      if (fitting === value) continue;
      row[field] = fitting === UNCOERCIBLE ? null : fitting;
      if (fitting === UNCOERCIBLE) (nulledFields ??= []).push(field);
    }
    if (this.#made !== undefined) row[this.#keyField] = joinedKey(row, this.#made.madeOf, this.#made.needs);
    return nulledFields;
  }

  #takeUnknown(row: Row, field: string): void {
    const dropped = this.#dropped;
    if (row[field] !== null && dropped?.includes(field) !== true) this.#onUnknown(field);
    if (dropped !== undefined) row[field] = undefined;
  }
}

/** Joins the row's values of `parts` with slashes. Returns undefined if the row lacks one of `needs`. */
function joinedKey(row: Row, parts: readonly string[], needs: readonly string[]): string | undefined {
  if (needs.some((part) => row[part] === null || row[part] === undefined || row[part] === '')) return undefined;
  return parts.map((part) => String((row[part] ?? '') as string | number)).join('/');
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Returned if a value can't be converted. Unlike null, this symbol is never a valid value. */
export const UNCOERCIBLE = Symbol('uncoercible');

/** Converts a value to its declared kind. Returns UNCOERCIBLE if the value can't be converted without loss. */
export function coerce(value: unknown, kind: FieldKind): unknown {
  if (value === null || value === undefined) return null;
  switch (kind) {
    case 'text':
      if (typeof value === 'string') return value;
      // Integers beyond 2^53 may have been rounded, so different keys could become equal.
      if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? String(value) : UNCOERCIBLE;
      return typeof value === 'boolean' ? String(value) : UNCOERCIBLE;
    case 'timestamp':
      return typeof value === 'string' ? (toUtcText(value) ?? UNCOERCIBLE) : UNCOERCIBLE;
    case 'integer':
      return numberOf(value, Number.isSafeInteger);
    case 'number':
      return numberOf(value, Number.isFinite);
    case 'boolean':
      return booleanOf(value);
    case 'object':
      return typeof value === 'object' && !Array.isArray(value) ? value : UNCOERCIBLE;
    case 'list':
      return Array.isArray(value) ? value : UNCOERCIBLE;
  }
}

function numberOf(value: unknown, fits: (number: number) => boolean): unknown {
  if (typeof value === 'number') return fits(value) ? value : UNCOERCIBLE;
  if (typeof value !== 'string') return UNCOERCIBLE;
  const text = value.trim();
  if (text === '') return null;
  const number = NUMBER.test(text) ? Number(text) : NaN;
  return fits(number) ? number : UNCOERCIBLE;
}

function booleanOf(value: unknown): unknown {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return text === 'true' ? true : text === 'false' ? false : UNCOERCIBLE;
}
