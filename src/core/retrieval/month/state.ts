import { type StateFormat, month, sharedState } from '../state-format.ts';

export interface MonthValues {
  /** The last month that was read when nothing in it could change any more, like all before it. */
  month?: string | undefined;
}

export const monthState: StateFormat<MonthValues> = {
  schema: sharedState.extend({ month: month.optional() }),
  value: { key: 'month', kind: 'month' },
  lists: [],
  objects: {},
};
