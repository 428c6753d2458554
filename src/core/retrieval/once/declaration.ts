import type { ParsedPage, Request } from '../../stream/request.ts';

/** The whole stream is read with one request. */
export interface Once<S> {
  way: 'once';
  request(shared: S): Request;
  /** Throws `unexpected_body`. */
  rows(body: unknown, request: Request): ParsedPage;
}
