import type { Stream } from '../../../core/stream/stream.ts';
import type { Accounts } from '../account/accounts.ts';
import * as all from './all.ts';

/** The streams, in alphabetical order, which is the order of the catalog. */
export const streams: readonly Stream<Accounts>[] = Object.values<Stream<Accounts>>(all).toSorted((a, b) =>
  a.name < b.name ? -1 : 1,
);
