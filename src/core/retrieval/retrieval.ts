import type { ByMonth } from './month/declaration.ts';
import type { NewestFirst } from './newest-first/declaration.ts';
import type { Once } from './once/declaration.ts';
import type { ByPartition } from './partition/declaration.ts';
import type { Shared } from './shared/declaration.ts';
import type { ByWindow } from './window/declaration.ts';

/** How a stream is read. Each way of reading has a folder of its own and an entry in the table of openers. */
export type Retrieval<S, F extends string> =
  Once<S> | Shared<S, F> | ByPartition<S, F> | NewestFirst<S, F> | ByMonth<S, F> | ByWindow<S, F>;
