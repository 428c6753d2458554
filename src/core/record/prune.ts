import type { Field } from '../stream/fields.ts';
import { type Row, isRow } from './row.ts';

type Fields = Readonly<Record<string, Field>>;

/** The declared objects and lists, whose undeclared parts `prune` removes. */
export function nestedIn(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, { kind }]) => kind === 'object' || kind === 'list'));
}

/**
 * Removes undeclared values, which could be secrets, from the objects and lists of a row, in place. The removed paths, such as
 * `versions[].secret`, become undeclared fields of the row, so that the normalizer warns about them.
 */
export function prune(row: Row, nested: Fields): void {
  const removed = new Set<string>();
  for (const name in nested) {
    const field = nested[name] as Field;
    const value = row[name];
    // The normalizer sets fields of the wrong type to null.
    if (field.kind === 'list' ? Array.isArray(value) : isRow(value)) row[name] = pruned(value, field, name, removed);
  }
  for (const path of removed) row[path] = true;
}

/** Removes the undeclared parts of a value. A nested list or object in a field of another type becomes null. */
function pruned(value: unknown, { kind, properties }: Field, path: string, removed: Set<string>): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (kind === 'object' && isRow(value)) return prunedObject(value, path, removed, properties);
  if (kind === 'list' && Array.isArray(value)) {
    return value.flatMap((item: unknown): unknown[] => {
      if (properties !== undefined && isRow(item)) return [prunedObject(item, `${path}[]`, removed, properties)];
      if (properties === undefined && typeof item === 'string') return [item];
      if (item !== null) removed.add(`${path}[]`);
      return [];
    });
  }
  removed.add(path);
  return null;
}

/** Keeps an object with empty `properties` unchanged. If `properties` is undefined, keeps only strings. */
function prunedObject(row: Row, path: string, removed: Set<string>, properties?: Fields): Row {
  if (properties !== undefined && Object.keys(properties).length === 0) return row;
  const kept: Row = {};
  for (const [key, value] of Object.entries(row)) {
    const field = properties && Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (field !== undefined) kept[key] = pruned(value, field, `${path}.${key}`, removed);
    else if (properties === undefined && typeof value === 'string') kept[key] = value;
    else if (value !== null) removed.add(`${path}.${key}`);
  }
  return kept;
}
