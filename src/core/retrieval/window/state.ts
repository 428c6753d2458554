import type { z } from 'zod';
import { type StateFormat, sharedState, timesByPartition } from '../state-format.ts';

const schema = sharedState.extend({
  /** For each partition, all windows up to here were read. */
  marks: timesByPartition,
});

export type WindowState = z.infer<typeof schema>;

export const windowState: StateFormat<WindowState> = { schema, partitions: 'marks', lists: [], objects: {} };
