import { z } from 'zod';
import { type StateFormat, sharedState, time } from '../state-format.ts';

const id = z.string({ error: 'must be an id' }).min(1, { error: 'must be an id' });

export interface NewestFirstValues {
  /** Everything up to here was emitted. */
  mark?: string | undefined;
  /** An unfinished pass down the list. */
  walk?:
    | {
        /** What the mark becomes when the pass is through. */
        top?: string | undefined;
        /** The id of the last row that was emitted. */
        cursor: string;
        /** The id of the row above it; absent: there is none, or a release that did not write it. */
        before?: string | undefined;
        /** Where the pass ends; absent: at the oldest row. */
        floor?: string | undefined;
      }
    | undefined;
}

export const newestFirstState: StateFormat<NewestFirstValues> = {
  schema: sharedState.extend({
    mark: time.optional(),
    walk: z.object({ top: time.optional(), cursor: id, before: id.optional(), floor: time.optional() }).optional(),
  }),
  value: { key: 'mark', kind: 'timestamp' },
  lists: [],
  objects: { walk: ['top', 'cursor', 'before', 'floor'] },
};
