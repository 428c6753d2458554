import type { ProblemId } from '../failure/problems.ts';

export type Query = Record<string, string | number | undefined>;

/** The maximum number of requests in a period. */
export interface Rate {
  requests: number;
  ms: number;
}

export interface Request {
  /** The account whose credentials are sent. Default: the platform's own credentials. */
  account?: string | undefined;
  /** The base URL of `path`, such as `https://host/v2`. Default: the platform's address. */
  origin?: string | undefined;
  path: string;
  query?: Query;
  /** Headers that are sent in addition to the usual headers. */
  headers?: Readonly<Record<string, string>>;
  post?: { type: string; body: string };
  /** Set if the request is sent without credentials. */
  anonymous?: true;
  /** Set if the response is a stream of server-sent events, which is parsed into a list. Default: JSON. */
  reads?: 'events';
  /** The rate limit of the request's origin. */
  rate?: Rate;
  /** The role that the request requires, for error messages, such as `the Viewer role on the resource group`. */
  role?: string;
  /** Messages that replace the platform's messages about failures of this request. */
  messages?: Partial<Record<ProblemId, string>>;
}

export function methodOf({ post }: Request): 'GET' | 'POST' {
  return post === undefined ? 'GET' : 'POST';
}

export interface Received {
  /** The parsed body of an HTTP 200 response. */
  body: unknown;
  /** Releases the permit. Call this after the records have been emitted and before the next request. */
  release: () => void;
}

/** Rows that have not been validated yet, and warnings for the user. */
export interface ParsedPage {
  rows: unknown[];
  warnings?: string[] | undefined;
  /** Set if the API omitted the list instead of returning an empty list. */
  missing?: true;
}
