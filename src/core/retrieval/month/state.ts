import { z } from 'zod';
import { type StateFormat, month, sharedState } from '../state-format.ts';

export interface MonthValues {
  /** The last month that was read when nothing in it could change any more, like all before it. */
  month?: string | undefined;
  /** What the user had limited those months to, as `option:id`; absent: to nothing. */
  limits?: string[] | undefined;
}

export const monthState: StateFormat<MonthValues> = {
  schema: sharedState.extend({
    month: month.optional(),
    limits: z.array(z.string({ error: 'must be a limit' }), { error: 'must be a list of limits' }).optional(),
  }),
  value: { key: 'month', kind: 'month' },
  lists: ['limits'],
  objects: {},
};
