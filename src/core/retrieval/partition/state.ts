import { z } from 'zod';
import { type StateFormat, sharedState, timesByPartition } from '../state-format.ts';

export interface PartitionValues {
  /** For each partition, everything up to here was emitted. */
  marks: Record<string, string>;
  /** The keys of the rows that were emitted and may still change; absent: there are none. */
  pending?: string[] | undefined;
}

export const partitionState: StateFormat<PartitionValues> = {
  schema: sharedState.extend({
    marks: timesByPartition,
    pending: z.array(z.string({ error: 'must be a key' }), { error: 'must be a list of keys' }).optional(),
  }),
  partitions: 'marks',
  lists: ['pending'],
  objects: {},
};
