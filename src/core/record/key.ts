import type { Row } from './row.ts';

/** Whether a key is printed unchanged: invalid Unicode becomes U+FFFD, which makes different keys equal. */
export function isPrintedAsItIs(key: string): boolean {
  // Nearly every key is Latin-1, in which the pattern cannot match; isWellFormed is slower.
  return !SUSPICIOUS.test(key) || (key.isWellFormed() && !key.includes('\uFFFD'));
}

const SUSPICIOUS = /[\uD800-\uDFFF\uFFFD]/;

/** The parts joined with slashes; undefined if the row lacks one of `needs`. */
export function joinedKey(row: Row, parts: readonly string[], needs: readonly string[]): string | undefined {
  if (needs.some((part) => row[part] === null || row[part] === undefined || row[part] === '')) return undefined;
  return parts.map((part) => String((row[part] ?? '') as string | number)).join('/');
}
