import type { ParsedPage, Request } from '../../stream/request.ts';

/** The page to request; undefined: without this parameter. */
export interface Position {
  newerThan: string | undefined;
  /** The key of the row that the page follows. */
  after: string | undefined;
}

/** A list that is paged from the newest row down. */
export interface NewestFirst<S, F extends string> {
  way: 'newest-first';
  cursorField: F;
  request(position: Position, shared: S): Request;
  /** Throws `unexpected_body`. */
  rows(body: unknown, request: Request): ParsedPage;
}
