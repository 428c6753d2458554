import type { ProblemId } from './problems.ts';

export type Row = Record<string, unknown>;
export type Query = Record<string, string | number | undefined>;

/** One request, mostly a GET. */
export interface Request {
  /** The address that `path` is relative to, such as `https://host/v2`; without it the platform's own. */
  origin?: string;
  path: string;
  query?: Query;
  /** Sent beside the headers that every request carries. */
  headers?: Readonly<Record<string, string>>;
  /** What a POST sends: a body and its type. */
  post?: { type: string; body: string };
  /** It does not say who asks. */
  anonymous?: true;
  /** The body is a stream of server-sent events, and what comes of it the list of their items; without it, JSON. */
  reads?: 'events';
  /** No more than so many go to its origin in so long (ms). */
  rate?: { requests: number; ms: number };
  /** In place of the platform's messages about what the API says to it. */
  messages?: Partial<Record<ProblemId, string>>;
}

/** The response to a request. */
export interface Received {
  /** The parsed body of a 200. */
  body: unknown;
  /**
   * Lets another request go. To be called when what was made of the body is emitted, so that nothing piles up behind a stalled
   * reader; and before the next request, or the read waits for itself.
   */
  release: () => void;
}

/** Rows as they came, not yet checked, and what a user should be warned of. */
export interface ParsedPage {
  rows: unknown[];
  warnings: string[];
  /** The API left its list out, which is not the same as an empty one. */
  missing?: true;
}

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

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
