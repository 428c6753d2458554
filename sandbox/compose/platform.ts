import { upTo } from '../noise.ts';
import { type Answer, type Platform, type Route, json } from '../platform.ts';
import { AuditTrail } from './audit/trail.ts';
import { deploymentDetail, deploymentId, deploymentIndex } from './deployments.ts';
import { HAL, list, open, spoil } from './envelope.ts';
import { refusal } from './errors.ts';
import type { ComposeOptions } from './options.ts';
import { type RecipeChange, Recipes } from './recipes.ts';
import {
  type Holdings,
  type PagedReport,
  type Report,
  STREAM_NAMES,
  type StreamName,
  countsOf,
  keysOf,
  reportOf,
} from './reports.ts';
import type { World } from './world.ts';

const VERSION_PATH = '/2016-07';

/** The simulated Compose API, with methods that change the account. */
export interface Compose extends Platform<StreamName> {
  addEvents(count: number): void;
  touchRecipe(deploymentId?: string): RecipeChange;
  addRecipe(deploymentId?: string): RecipeChange;
}

/** Generates a Compose account. The same seed and options always produce the same data. */
export function createCompose(seed: number, options: ComposeOptions): Compose {
  const world: World = { seed, deployments: options.deployments, recipesPerDeployment: options.recipes };
  const trail = new AuditTrail(world, options);
  const recipes = new Recipes(world);
  const holdings: Holdings = { world, trail, recipes };

  function deploymentOf(id: string | undefined): number {
    const index = id === undefined ? 0 : deploymentIndex(world, id);
    if (index === undefined || index >= world.deployments) throw new RangeError(`there is no deployment ${id ?? ''}`);
    return index;
  }

  return {
    prefix: VERSION_PATH,
    contentType: HAL,
    routes: { ...reportRoutes(holdings), ...otherRoutes(holdings) },
    credential: options.token,
    admit: ({ headers }) => (headers['authorization'] === `Bearer ${options.token}` ? undefined : refusal(401)),
    serviceOf: () => 'compose',
    refusal: (_path, status, text) => refusal(status, text),
    spoil,
    open,
    forgetCursors: () => trail.forgetCursors(),
    streams: STREAM_NAMES,
    counts: () => countsOf(holdings),
    keys: (stream) => keysOf(holdings, stream),
    changes: {
      events: ({ add = 0 }) => {
        trail.add(add);
        return { audit_events: trail.count };
      },
      recipes: ({ add = 0, touch = 0 }) => ({
        added: upTo(add).map(() => recipes.add(0)),
        touched: upTo(touch).map(() => recipes.touch(0)),
      }),
    },
    deploymentIds: upTo(world.deployments).map((index) => deploymentId(world, index)),
    addEvents: (count) => trail.add(count),
    touchRecipe: (id) => recipes.touch(deploymentOf(id)),
    addRecipe: (id) => recipes.add(deploymentOf(id)),
  };
}

function reportRoutes(holdings: Holdings): Record<string, Route> {
  return Object.fromEntries(
    STREAM_NAMES.map((stream) => {
      const report = reportOf(stream);
      return [report.path, routeOf(report, holdings)];
    }),
  );
}

function routeOf(report: Report | PagedReport, holdings: Holdings): Route {
  if ('page' in report) return (_id, _other, query) => report.page(holdings, query);
  const answer = (deployment: number): Answer => {
    const rows = report.rows(holdings, deployment);
    return report.list === undefined ? json(200, rows[0]) : list(report.list, rows);
  };
  return report.path.includes(':id') ? ofDeployment(holdings.world, answer) : () => answer(0);
}

/** The endpoints that no stream reads (compose-api.md, 10). */
function otherRoutes({ world }: Holdings): Record<string, Route> {
  return {
    '/deployments/:id': ofDeployment(world, (deployment) => json(200, deploymentDetail(world, deployment))),
  };
}

function ofDeployment(world: World, answer: (deployment: number) => Answer): Route {
  return (id) => {
    const deployment = deploymentIndex(world, id);
    return deployment === undefined ? refusal(404) : answer(deployment);
  };
}
