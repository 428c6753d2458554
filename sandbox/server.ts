import fastify from 'fastify';
import { AuditTrail } from './audit/trail.ts';
import { deploymentId, deploymentIndex } from './data/deployments.ts';
import { type RecipeChange, Recipes } from './data/recipes.ts';
import { type World, upTo } from './data/world.ts';
import { FaultList } from './faults/fault-list.ts';
import type { Fault } from './faults/fault.ts';
import { VERSION_PATH, serveApi } from './http/api.ts';
import { serveControl } from './http/control.ts';
import { Quota } from './http/quota.ts';
import { routes } from './http/routes.ts';
import { type RequestEntry, Statistics, type Stats } from './http/statistics.ts';
import { type StreamName, countsOf, keysOf } from './keys.ts';
import { type SandboxOptions, withDefaults } from './options.ts';

export type { Fault, SandboxOptions, StreamName };

/** A running stand-in of the Compose API. */
export interface Sandbox {
  /** With the version at its end: what the connector's option `base_url` wants. */
  readonly baseUrl: string;
  readonly token: string;
  readonly deploymentIds: readonly string[];
  /** How many records a full read of each stream must bring. */
  counts(): Record<StreamName, number>;
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

/** Starts a stand-in of the Compose API on this machine. The same options always give the same data. */
export const startSandbox = async (given?: Partial<SandboxOptions>): Promise<Sandbox> => {
  const options = withDefaults(given);
  const { token, host, port, latencyMs } = options;
  const world: World = {
    seed: options.seed,
    deployments: options.deployments,
    recipesPerDeployment: options.recipes,
  };
  const recipes = new Recipes(world);
  const trail = new AuditTrail(world, options);
  const holdings = { world, trail, recipes };
  const faults = new FaultList(options.faults);
  const statistics = new Statistics();
  const quota = new Quota(options.quota, options.quotaWindowMs);
  const deploymentOf = (id: string | undefined): number => {
    const index = id === undefined ? 0 : deploymentIndex(world, id);
    if (index === undefined || index >= world.deployments) throw new RangeError(`there is no deployment ${id ?? ''}`);
    return index;
  };

  const app = fastify({
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
  });
  const forgetCursors = (): void => trail.forgetCursors();
  serveApi(app, { token, latencyMs, routes: routes(world, trail, recipes), faults, quota, statistics, forgetCursors });
  serveControl(app, { holdings, faults, statistics });
  const origin = await app.listen({ host, port });

  return {
    baseUrl: origin + VERSION_PATH,
    token,
    deploymentIds: upTo(world.deployments).map((index) => deploymentId(world, index)),
    counts: () => countsOf(holdings),
    keys: (stream) => keysOf(holdings, stream),
    addEvents: (count) => trail.add(count),
    expireEvents: (count) => trail.expire(count),
    forgetCursors,
    touchRecipe: (id) => recipes.touch(deploymentOf(id)),
    addRecipe: (id) => recipes.add(deploymentOf(id)),
    setFaults: (list) => faults.replace(list),
    stats: () => statistics.snapshot(),
    get requests() {
      return statistics.entries;
    },
    close: () => app.close(),
  };
};
