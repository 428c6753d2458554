import { type Row, isRow } from '../../../core/record/row.ts';

// IBM uses null, empty strings and missing fields interchangeably.

/** The value if it is a non-empty string, otherwise undefined. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The value, or null if it is missing or an empty string. */
export function emptyAsNull(value: unknown): unknown {
  return value === '' || value === undefined ? null : value;
}

/** Returns only these fields of a row. Missing fields become null. */
export function pick(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}

/** A field of an object, or null if the value is not an object. */
export function within(part: unknown, name: string): unknown {
  return isRow(part) ? (part[name] ?? null) : null;
}
