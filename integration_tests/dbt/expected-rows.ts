import type { Row } from './warehouses.ts';

/** The sandbox's records by stream. */
export type Account = Readonly<Record<string, Row[]>>;

export const HOUR_MS = 3_600_000;

/**
 * Formats a row as a string: numbers rounded to six decimal places, times as in records, and null as an empty string.
 */
export function rowText(values: readonly unknown[]): string {
  return values
    .map((value) => {
      if (typeof value === 'number') return String(Math.round(value * 1e6) / 1e6);
      const text = typeof value === 'boolean' ? String(value) : ((value ?? '') as string);
      return /^\d{4}-\d\d-\d\dT/.test(text) ? new Date(text).toISOString() : text;
    })
    .join(' | ');
}

/** The status of a generation 1 deployment's version. */
export function versionStatus({ type, version, generation }: Row, { databases = [] }: Account): string | null {
  if (generation !== 'gen1' || version === null) return null;
  const offer = databases.find((row) => row['type'] === type)?.['versions'] as Row[] | undefined;
  const status = (offer?.find((row) => row['version'] === version)?.['status'] ?? 'not_in_catalog') as string;
  return status === 'stable' || status === 'beta' ? 'supported' : status;
}
