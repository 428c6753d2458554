import { z } from 'zod';
import { type StateFormat, sharedState, time } from '../state-format.ts';

const id = z.string({ error: 'must be an id' }).min(1, { error: 'must be an id' });

const schema = sharedState.extend({
  /** Everything up to here was emitted. */
  mark: time.optional(),
  /** An unfinished pass down the list. */
  walk: z
    .object({
      /** What the mark becomes when the pass is through. */
      top: time.optional(),
      /** The id of the last row that was emitted. */
      cursor: id,
      /** The id of the row above it; absent: there is none, or a release that did not write it. */
      before: id.optional(),
      /** Where the pass ends; absent: at the oldest row. */
      floor: time.optional(),
    })
    .optional(),
});

export type NewestFirstState = z.infer<typeof schema>;

export const newestFirstState: StateFormat<NewestFirstState> = {
  schema,
  value: { key: 'mark', kind: 'timestamp' },
  lists: [],
  objects: { walk: ['top', 'cursor', 'before', 'floor'] },
};
