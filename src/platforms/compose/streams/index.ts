import type { Stream } from '../../../core/stream/stream.ts';
import type { ComposeShared } from '../stream.ts';
import * as all from './all.ts';

/** The streams, in alphabetical order, which is the order of the catalog. */
export const streams: readonly Stream<ComposeShared>[] = Object.values<Stream<ComposeShared>>(all).toSorted((a, b) =>
  a.name < b.name ? -1 : 1,
);
