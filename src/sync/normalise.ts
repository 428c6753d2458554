import type { RecordChange } from '../protocol/messages.ts';
import { MISFIT, coerce } from './coerce.ts';
import type { FieldKind } from './fields.ts';
import type { Row, StreamDefinition } from './stream.ts';

/**
 * Makes rows into record data, in place, since a copy would cost as much as printing. What is taken out is set to
 * undefined, which JSON.stringify leaves out: `delete` would turn the row into a slow dictionary.
 */
export class Normaliser {
  readonly #kinds: Map<string, FieldKind>;
  readonly #definition: StreamDefinition;
  readonly #onUnknown: (field: string) => void;

  /** `onUnknown` is told of every field of every row that the stream does not declare. */
  constructor(definition: StreamDefinition, onUnknown: (field: string) => void) {
    this.#definition = definition;
    this.#onUnknown = onUnknown;
    this.#kinds = new Map(Object.entries(definition.fields).map(([name, { kind }]) => [name, kind]));
  }

  /** Normalises one row; gives the values that had to be set to null, if any. Only top-level fields are looked at. */
  normalise(row: Row, deploymentId?: string): RecordChange[] | undefined {
    if (row['_links'] !== undefined) row['_links'] = undefined;
    if (row['_embedded'] !== undefined) lift(row);
    if (deploymentId !== undefined && !hasText(row['deployment_id'])) row['deployment_id'] = deploymentId;

    let changes: RecordChange[] | undefined;
    for (const field in row) {
      const value = row[field];
      if (value === null || value === undefined) continue;
      const kind = this.#kinds.get(field);
      if (kind === undefined) {
        this.#onUnknown(field);
        continue;
      }
      // The common case, without a call: text is declared and text came.
      if (kind === 'text' && typeof value === 'string') continue;
      const fitting = coerce(value, kind);
      if (fitting === value) continue;
      row[field] = fitting === MISFIT ? null : fitting;
      if (fitting === MISFIT) {
        (changes ??= []).push({ field, change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' });
      }
    }
    const { makeKey, primaryKey } = this.#definition;
    if (makeKey !== undefined && primaryKey !== undefined) row[primaryKey] = makeKey(row);
    return changes;
  }
}

/** The lists that the API nests under `_embedded`, under their plain names. */
function lift(row: Row): void {
  const embedded = row['_embedded'];
  row['_embedded'] = undefined;
  if (typeof embedded !== 'object' || embedded === null) return;
  for (const [name, list] of Object.entries(embedded)) row[name] ??= list as unknown;
}

function hasText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
