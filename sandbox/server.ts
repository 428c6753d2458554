import fastify from 'fastify';
import { createCompose } from './compose/platform.ts';
import type { RecipeChange } from './compose/recipes.ts';
import { STREAM_NAMES, type StreamName } from './compose/reports.ts';
import { serveControl } from './control.ts';
import { type Fault, FaultList } from './faults/fault.ts';
import { type SandboxOptions, withDefaults } from './options.ts';
import { serveApi } from './serve-api.ts';
import { Quota, type RequestEntry, Statistics, type Stats } from './traffic.ts';

export { STREAM_NAMES };
export type { Fault, SandboxOptions, StreamName };

/** A running stand-in for the Compose API. */
export interface Sandbox {
  /** With the version at its end: what the connector's option `base_url` wants. */
  readonly baseUrl: string;
  readonly token: string;
  readonly deploymentIds: readonly string[];
  /** How many records a full read of each stream must bring. */
  counts(): Readonly<Record<StreamName, number>>;
  /** Their primary keys; audit events newest first. */
  keys(stream: StreamName): Iterable<string>;
  /** New audit events on top of the present ones. */
  addEvents(count: number): void;
  /** Makes the oldest audit events disappear. */
  expireEvents(count: number): void;
  /** Makes old ones of all cursors handed out so far, for the options `oldCursors: 'refused'` and `'empty'`. */
  forgetCursors(): void;
  /** Changes a recipe, one after the other, of the first deployment or of this one. */
  touchRecipe(deploymentId?: string): RecipeChange;
  /** Adds a recipe to the first deployment or to this one. */
  addRecipe(deploymentId?: string): RecipeChange;
  /** Replaces all faults; what they have done so far is forgotten. */
  setFaults(faults: readonly Fault[]): void;
  stats(): Stats;
  /** The latest requests, oldest first. */
  readonly requests: readonly RequestEntry[];
  /** Ends everything at once, hanging requests too. */
  close(): Promise<void>;
}

/** Starts a stand-in for the Compose API on this machine. The same options always give the same data. */
export async function startSandbox(given?: Partial<SandboxOptions>): Promise<Sandbox> {
  const options = withDefaults(given);
  const { token, host, port, latencyMs } = options;
  const compose = createCompose(options.seed, options);
  const faults = new FaultList(options.faults);
  const statistics = new Statistics();
  const quota = new Quota(options.quota, options.quotaWindowMs);

  const app = fastify({
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
  });
  serveApi(app, { platform: compose, token, latencyMs, faults, quota, statistics });
  serveControl(app, { platform: compose, faults, statistics });
  const origin = await app.listen({ host, port });

  return {
    baseUrl: origin + compose.prefix,
    token,
    deploymentIds: compose.deploymentIds,
    counts: () => compose.counts(),
    keys: (stream) => compose.keys(stream),
    addEvents: (count) => compose.addEvents(count),
    expireEvents: (count) => compose.expireEvents(count),
    forgetCursors: () => compose.forgetCursors(),
    touchRecipe: (id) => compose.touchRecipe(id),
    addRecipe: (id) => compose.addRecipe(id),
    setFaults: (list) => faults.replace(list),
    stats: () => statistics.snapshot(),
    get requests() {
      return statistics.entries;
    },
    close: () => app.close(),
  };
}
