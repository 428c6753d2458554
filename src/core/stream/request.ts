import type { ProblemId } from '../failure/problems.ts';

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
