import type { ParsedPage, Request } from '../stream/request.ts';
import type { ByMonth } from './month/declaration.ts';
import type { NewestFirst } from './newest-first/declaration.ts';
import type { ByPartition } from './partition/declaration.ts';
import type { Shared } from './shared/declaration.ts';
import type { ByWindow } from './window/declaration.ts';

/** A stream that is read with one request. */
interface Once<S> {
  way: 'once';
  request(shared: S): Request;
  /** Extracts the rows from a response body, or throws `unexpected_body`, which names `path`. */
  rows(body: unknown, path: string): ParsedPage;
}

/** How a stream is read. Except for `Once`, each kind of retrieval has its own folder. */
export type Retrieval<S, F extends string> =
  Once<S> | Shared<S, F> | ByPartition<S, F> | NewestFirst<S, F> | ByMonth<S, F> | ByWindow<S, F>;
