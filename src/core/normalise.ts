import type { RecordChange } from '../airbyte/messages.ts';
import { MISFIT, coerce } from './coerce.ts';
import type { FieldKind } from './fields.ts';
import { type Row, type StreamDefinition, hasText, joinedKey } from './stream.ts';

/**
 * Makes rows into record data, in place, since a copy would cost as much as printing. What is taken out is set to
 * undefined, which JSON.stringify leaves out: `delete` would turn the row into a slow dictionary.
 */
export class Normaliser {
  readonly #names: string[];
  readonly #kinds: FieldKind[];
  readonly #definition: StreamDefinition;
  readonly #onUnknown: (field: string) => void;
  /** The field of the row that has a number beyond 2^53 in its key, which is not kept exactly; several would be one. */
  inexactField: string | undefined;

  /** `onUnknown` is told of every field of every row that the stream does not declare. */
  constructor(definition: StreamDefinition, onUnknown: (field: string) => void) {
    this.#definition = definition;
    this.#onUnknown = onUnknown;
    this.#names = Object.keys(definition.fields);
    this.#kinds = Object.values(definition.fields).map(({ kind }) => kind);
  }

  /** Normalises one row; gives the values that had to be set to null, if any. Only top-level fields are looked at. */
  normalise(row: Row, deploymentId?: string): RecordChange[] | undefined {
    this.inexactField = undefined;
    if (row['_links'] !== undefined) row['_links'] = undefined;
    if (row['_embedded'] !== undefined) lift(row);
    if (deploymentId !== undefined && !hasText(row['deployment_id'])) row['deployment_id'] = deploymentId;

    const names = this.#names;
    let changes: RecordChange[] | undefined;
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
      if (fitting === MISFIT) {
        (changes ??= []).push({ field, change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' });
      }
    }
    const { keyParts, keyNeeds = [], primaryKey } = this.#definition;
    if (keyParts !== undefined && primaryKey !== undefined) row[primaryKey] = joinedKey(row, keyParts, keyNeeds);
    return changes;
  }

  #inKey(field: string): boolean {
    const { keyParts, primaryKey } = this.#definition;
    return keyParts === undefined ? field === primaryKey : keyParts.includes(field);
  }
}

/** The lists that the API nests under `_embedded`, under their plain names. */
function lift(row: Row): void {
  const embedded = row['_embedded'];
  row['_embedded'] = undefined;
  if (typeof embedded !== 'object' || embedded === null) return;
  for (const [name, list] of Object.entries(embedded)) row[name] ??= list as unknown;
}
