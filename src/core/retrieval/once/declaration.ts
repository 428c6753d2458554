import type { ParsedPage, Request } from '../../stream/request.ts';

/** One request for the whole stream. */
export interface Once<S> {
  way: 'once';
  request(shared: S): Request;
  /** Throws `unexpected_body`. */
  rows(body: unknown, request: Request): ParsedPage;
}
