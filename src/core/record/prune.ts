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
  for (const name in nested) row[name] = pruned(row[name], nested[name] as Field, name, removed);
  for (const path of removed) row[path] = true;
}

/** Keeps a value of the wrong type. If the value is a top-level field, the normalizer sets the field to null. */
function pruned(value: unknown, { kind, properties }: Field, path: string, removed: Set<string>): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (kind === 'list') {
    if (!Array.isArray(value)) return value;
    return value.flatMap((item: unknown): unknown[] => {
      if (properties !== undefined && isRow(item)) return [prunedObject(item, `${path}[]`, removed, properties)];
      if (properties === undefined && typeof item === 'string') return [item];
      if (item !== null) removed.add(`${path}[]`);
      return [];
    });
  }
  if (kind === 'object') return isRow(value) ? prunedObject(value, path, removed, properties) : value;
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
