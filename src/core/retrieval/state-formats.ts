import type { Stream } from '../stream/stream.ts';
import { monthState } from './month/state.ts';
import { newestFirstState } from './newest-first/state.ts';
import { partitionState } from './partition/state.ts';
import type { StateFormat } from './state-format.ts';
import { windowState } from './window/state.ts';

const FORMATS = {
  once: undefined,
  shared: undefined,
  partition: partitionState,
  'newest-first': newestFirstState,
  month: monthState,
  window: windowState,
} satisfies Record<Stream['retrieval']['way'], StateFormat | undefined>;

/** What a stream saves; undefined if it is only read in full. */
export function stateFormatOf({ retrieval }: Pick<Stream, 'retrieval'>): StateFormat | undefined {
  return retrieval.way === 'partition' && retrieval.incremental === undefined ? undefined : FORMATS[retrieval.way];
}

/** What a state calls the partitions of a stream. */
export function partitionNameOf({ retrieval }: Pick<Stream, 'retrieval'>): string {
  return retrieval.way === 'window' ? retrieval.partitionName : 'deployment_id';
}
