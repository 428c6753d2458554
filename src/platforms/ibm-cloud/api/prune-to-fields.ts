import type { Field } from '../../../core/stream/fields.ts';
import { type Row, isRow } from '../../../core/record/row.ts';

/**
 * Removes all undeclared values inside the objects and lists of a row, in place, since they could be secrets. The removed paths, such as
 * `versions[].secret`, become undeclared fields of the row, so that a warning lists them. Lists and objects without declared properties may
 * contain only strings.
 */
export function pruneToFields(row: Row, fields: Readonly<Record<string, Field>>): Row {
  const removed = new Set<string>();
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind === 'list' || field.kind === 'object') row[name] = pruned(row[name], field, name, removed);
  }
  for (const path of removed) row[path] = true;
  return row;
}

/** Keeps a value of the wrong type, because the normalizer replaces it with null and warns about it. */
function pruned(value: unknown, { kind, properties }: Field, path: string, removed: Set<string>): unknown {
  if (value === null || typeof value !== 'object') return value;
  const hasProperties = properties !== undefined && Object.keys(properties).length > 0;
  if (kind === 'list') {
    if (!Array.isArray(value)) return value;
    return value.flatMap((item: unknown) => {
      if (hasProperties ? isRow(item) : typeof item === 'string') {
        return hasProperties ? [prunedObject(item as Row, `${path}[]`, removed, properties)] : [item];
      }
      if (item !== null) removed.add(`${path}[]`);
      return [];
    });
  }
  if (kind === 'object')
    return isRow(value) ? prunedObject(value, path, removed, hasProperties ? properties : undefined) : value;
  removed.add(path);
  return null;
}

/** If `properties` is undefined, keeps all strings. */
function prunedObject(row: Row, path: string, removed: Set<string>, properties?: Readonly<Record<string, Field>>): Row {
  const kept: Row = {};
  for (const [key, value] of Object.entries(row)) {
    const field = properties && Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (field !== undefined) kept[key] = pruned(value, field, `${path}.${key}`, removed);
    else if (properties === undefined && typeof value === 'string') kept[key] = value;
    else if (value !== null) removed.add(`${path}.${key}`);
  }
  return kept;
}
