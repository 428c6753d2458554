import type { ParsedPage, Query } from '../../stream/request.ts';

/** The page to request. Undefined parameters are not sent. */
export interface Position {
  newerThan: string | undefined;
  /** The key of the last row before the page. */
  after: string | undefined;
}

/** A list that is paginated from the newest row to the oldest. */
export interface NewestFirst<S = unknown, F extends string = string> {
  way: 'newest-first';
  cursorField: F;
  path: string;
  query(position: Position, shared: S): Query;
  /** Extracts the rows from a response body, or throws `unexpected_body`, which names `path`. */
  rows(body: unknown, path: string): ParsedPage;
}
