import { MISFIT, coerce } from './coerce.ts';
import type { FieldKind } from './fields.ts';
import { type Row, type StreamDefinition, joinedKey } from './stream.ts';

/** What of a stream makes its records. */
type Keyed = Pick<StreamDefinition, 'fields' | 'primaryKey' | 'keyParts' | 'keyNeeds'>;

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

  /** `onUnknown` is told of every field of every row that the stream does not declare. */
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
    let nulled: string[] | undefined;
    let next = 0;
    for (const field in row) {
      const value = row[field];
      if (value === null || value === undefined) continue;
      // Rows have their fields in the order in which they are declared, so each is a few steps behind the one before it;
      // to look it up was measured as twice as slow.
      let at = next;
      while (at < names.length && names[at] !== field) at += 1;
      if (at === names.length) at = names.indexOf(field);
      if (at === -1) {
        this.#onUnknown(field);
        continue;
      }
      next = at + 1;
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

  #inKey(field: string): boolean {
    const { keyParts, primaryKey } = this.#definition;
    return keyParts === undefined ? field === primaryKey : keyParts.includes(field);
  }
}

function hasText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
