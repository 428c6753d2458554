import { type Row, isRow } from '../../../core/record/row.ts';

// IBM uses null, an empty string and absence interchangeably.

/** A non-empty string. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A value, or null if it is an empty string or missing. */
export function textOrNull(value: unknown): unknown {
  return value === '' || value === undefined ? null : value;
}

/** The fields of a row that keep their names; null if they are missing. */
export function pick(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}

/** A field of an object that may be missing. */
export function within(part: unknown, name: string): unknown {
  return isRow(part) ? (part[name] ?? null) : null;
}
