import { z } from 'zod';
import { type StateFormat, sharedState, timesByPartition } from '../state-format.ts';

const schema = sharedState.extend({
  /** For each partition, everything up to here was emitted. */
  marks: timesByPartition,
  /** The keys of the rows that were emitted and may still change; absent: there are none. */
  pending: z.array(z.string({ error: 'must be a key' }), { error: 'must be a list of keys' }).optional(),
});

export type PartitionState = z.infer<typeof schema>;

export const partitionState: StateFormat<PartitionState> = {
  schema,
  partitions: 'marks',
  lists: ['pending'],
  objects: {},
};
