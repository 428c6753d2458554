import type { ParsedPage, Request } from '../../stream/request.ts';

/** One request for the whole stream. */
export interface Once<S> {
  way: 'once';
  request(shared: S): Request;
  /** The rows in the body of a 200. Throws `unexpected_body`. */
  rows(body: unknown, request: Request): ParsedPage;
}
