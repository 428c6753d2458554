import { type StateFormat, sharedState, timesByPartition } from '../state-format.ts';

export interface WindowValues {
  /** For each partition, all windows up to here were read. */
  marks: Record<string, string>;
}

export const windowState: StateFormat<WindowValues> = {
  schema: sharedState.extend({ marks: timesByPartition }),
  partitions: 'marks',
  lists: [],
  objects: {},
};
