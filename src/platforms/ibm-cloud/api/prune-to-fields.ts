import type { Field } from '../../../core/stream/fields.ts';
import { type Row, isRow } from '../../../core/record/row.ts';

/**
 * Leaves of the objects and lists in a row only what their fields declare, in place: whatever else is in there could hold a
 * secret. A list without properties is one of texts, an object without any has texts by name. What is taken out stands in
 * the row under its path, such as `versions[].secret`, to be told of as any other field that is not declared.
 */
export function pruneToFields(row: Row, fields: Readonly<Record<string, Field>>): Row {
  const unknown = new Set<string>();
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind === 'list' || field.kind === 'object') row[name] = known(row[name], field, name, unknown);
  }
  for (const path of unknown) row[path] = true;
  return row;
}

function known(value: unknown, { kind, properties = {} }: Field, path: string, unknown: Set<string>): unknown {
  if (value === null || value === undefined) return value;
  const areTexts = Object.keys(properties).length === 0;
  if (kind === 'list') {
    // What is none is told of as a value that does not fit.
    if (!Array.isArray(value)) return value;
    const items = value.filter((item) => item !== null && item !== undefined);
    const fitting = items.filter((item) => (areTexts ? typeof item === 'string' : isRow(item)));
    if (fitting.length < items.length) unknown.add(`${path}[]`);
    return areTexts ? fitting : fitting.map((item) => knownKeys(item as Row, properties, `${path}[]`, unknown));
  }
  if (kind === 'object') {
    if (!isRow(value)) return value;
    if (!areTexts) return knownKeys(value, properties, path, unknown);
    const [texts, others] = [true, false].map((isText) =>
      Object.entries(value).filter(([, inner]) => (typeof inner === 'string') === isText),
    ) as [Array<[string, unknown]>, Array<[string, unknown]>];
    for (const [key, inner] of others) if (inner !== null) unknown.add(`${path}.${key}`);
    return Object.fromEntries(texts);
  }
  if (typeof value !== 'object') return value;
  unknown.add(path);
  return null;
}

function knownKeys(row: Row, properties: Readonly<Record<string, Field>>, path: string, unknown: Set<string>): Row {
  const kept: Row = {};
  for (const [key, value] of Object.entries(row)) {
    const field = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (field !== undefined) kept[key] = known(value, field, `${path}.${key}`, unknown);
    else if (value !== null) unknown.add(`${path}.${key}`);
  }
  return kept;
}
