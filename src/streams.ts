import type { StreamDefinition } from './core/stream.ts';
import { streams as compose } from './platforms/compose/streams/index.ts';
import { streams as ibmCloud } from './platforms/ibm-cloud/streams/index.ts';

/** The streams of every platform, without what its config needs: for what only lists them, and is to start at once. */
export const STREAMS: Readonly<Record<string, readonly StreamDefinition[]>> = { compose, ibm_cloud: ibmCloud };
