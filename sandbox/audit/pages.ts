import type { AuditQuery } from './query.ts';
import type { EventIds } from './event-ids.ts';
import type { Timeline } from './timeline.ts';

/** How a bound is meant: no source says it, so every way can be played. */
export type Bound = 'exclusive' | 'inclusive' | 'ignored';

/** Ranks of a page: `from` is the oldest, `to` is one more than the newest. */
export interface Page {
  readonly from: number;
  readonly to: number;
}

/** Which events a query asks for, newest first; undefined: the cursor is no event's id. */
export const pageOf = (
  query: AuditQuery,
  timeline: Timeline,
  ids: EventIds,
  bounds: { cursor: Bound; newerThan: Bound; olderThan: Bound; oldest: number },
): Page | undefined => {
  let to = timeline.end;
  let from = bounds.oldest;
  if (query.newerThan !== undefined && bounds.newerThan !== 'ignored') {
    const after = bounds.newerThan === 'exclusive' ? query.newerThan + 1 : query.newerThan;
    from = Math.max(from, timeline.firstFrom(after));
  }
  if (query.olderThan !== undefined && bounds.olderThan !== 'ignored') {
    const until = bounds.olderThan === 'exclusive' ? query.olderThan : query.olderThan + 1;
    to = timeline.firstFrom(until);
  }
  if (query.cursor !== undefined && bounds.cursor !== 'ignored') {
    const rank = ids.rankOf(query.cursor);
    if (rank === undefined || rank < bounds.oldest) return undefined;
    to = Math.min(to, bounds.cursor === 'inclusive' ? rank + 1 : rank);
  }
  return { from: Math.max(from, to - query.limit), to };
};
