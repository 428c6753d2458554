import type { Row } from './row.ts';

/** Whether a key comes out as it is: what is no valid Unicode is printed as U+FFFD, which makes different keys equal. */
export function isPrintedAsItIs(key: string): boolean {
  // Nearly every key is Latin-1, in which the pattern cannot match: the rest is a call into the engine for each row.
  return !SUSPICIOUS.test(key) || (key.isWellFormed() && !key.includes('\uFFFD'));
}

const SUSPICIOUS = /[\uD800-\uDFFF\uFFFD]/;

/** A made key: the parts with slashes in between. Undefined if the row lacks one of `needs`. */
export function joinedKey(row: Row, parts: readonly string[], needs: readonly string[]): string | undefined {
  if (needs.some((part) => row[part] === null || row[part] === undefined || row[part] === '')) return undefined;
  return parts.map((part) => String((row[part] ?? '') as string | number)).join('/');
}
