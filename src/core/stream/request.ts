import type { ProblemId } from '../failure/problems.ts';

export type Query = Record<string, string | number | undefined>;

/** A maximum number of requests in a period. */
export interface Rate {
  requests: number;
  ms: number;
}

export interface Request {
  /** The base of `path`, such as `https://host/v2`; default: the platform's address. */
  origin?: string;
  path: string;
  query?: Query;
  /** Sent in addition to the headers of every request. */
  headers?: Readonly<Record<string, string>>;
  /** The body of a POST and its type. */
  post?: { type: string; body: string };
  /** Sent without credentials. */
  anonymous?: true;
  /** The response is a stream of server-sent events, parsed into the list of their items; default: JSON. */
  reads?: 'events';
  /** The rate limit of its origin. */
  rate?: Rate;
  /** Replace the platform's messages about its failures. */
  messages?: Partial<Record<ProblemId, string>>;
}

export function methodOf({ post }: Request): 'GET' | 'POST' {
  return post === undefined ? 'GET' : 'POST';
}

export interface Received {
  /** The parsed body of a 200. */
  body: unknown;
  /** Returns the permit. Call it once the records were emitted, and before the next request. */
  release: () => void;
}

/** Unchecked rows, and what to warn the user about. */
export interface ParsedPage {
  rows: unknown[];
  warnings: string[];
  /** The API omitted its list, which is not the same as an empty one. */
  missing?: true;
}
