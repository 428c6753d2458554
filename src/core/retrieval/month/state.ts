import { z } from 'zod';
import { type StateFormat, month, sharedState } from '../state-format.ts';

const schema = sharedState.extend({
  /** The last month that was final when it was read, like all before it. */
  month: month.optional(),
  /** What the user had limited those months to, as `option:id`; absent: to nothing. */
  limits: z.array(z.string({ error: 'must be a limit' }), { error: 'must be a list of limits' }).optional(),
});

export type MonthState = z.infer<typeof schema>;

export const monthState: StateFormat<MonthState> = {
  schema,
  value: { key: 'month', kind: 'month' },
  lists: ['limits'],
  objects: {},
};
