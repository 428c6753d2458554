import { upTo } from '../noise.ts';
import { type Answer, type Platform, type Route, json } from '../platform.ts';
import { accountId, cluster, currentUser, team, users } from './account.ts';
import { AuditTrail } from './audit/trail.ts';
import { backupDetail, logfileDetail, logfiles, whitelist } from './deployment-reports.ts';
import { deploymentDetail, deploymentId, deploymentIndex } from './deployments.ts';
import { HAL, list, open, refusal, single, spoil } from './envelope.ts';
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

/** The version of the API, which is in every path. */
const VERSION_PATH = '/2016-07';

/** The Compose API, and what can be changed in its account. */
export interface Compose extends Platform<StreamName> {
  addEvents(count: number): void;
  expireEvents(count: number): void;
  touchRecipe(deploymentId?: string): RecipeChange;
  addRecipe(deploymentId?: string): RecipeChange;
}

/** Makes up an account of Compose. The same seed and options always give the same data. */
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
      events: ({ add = 0, expire = 0 }) => {
        trail.add(add);
        trail.expire(expire);
        return { audit_events: trail.count };
      },
      recipes: ({ add = 0, touch = 0 }) => ({
        added: upTo(add).map(() => recipes.add(0)),
        touched: upTo(touch).map(() => recipes.touch(0)),
      }),
    },
    deploymentIds: upTo(world.deployments).map((index) => deploymentId(world, index)),
    addEvents: (count) => trail.add(count),
    expireEvents: (count) => trail.expire(count),
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

/** What stands beside the reports (compose-api.md, 10). */
function otherRoutes({ world, trail, recipes }: Holdings): Record<string, Route> {
  return {
    '/accounts/:id/users': (id) => (id === accountId(world) ? list('users', users(world)) : refusal(404)),
    '/user': () => json(200, currentUser(world)),
    '/audit_events/:id': (id) => trail.single(id),
    '/clusters/:id': (id) => single(cluster(world, id)),
    '/deployments/:id': ofDeployment(world, (deployment) => json(200, deploymentDetail(world, deployment))),
    '/deployments/:id/backups/:other': ofDeployment(world, (deployment, id) =>
      single(backupDetail(world, deployment, id)),
    ),
    '/deployments/:id/logfiles': ofDeployment(world, (deployment) => list('logfiles', logfiles(world, deployment))),
    '/deployments/:id/logfiles/:other': ofDeployment(world, (deployment, id) =>
      single(logfileDetail(world, deployment, id)),
    ),
    '/deployments/:id/whitelist': ofDeployment(world, (deployment) => list('whitelist', whitelist(world, deployment))),
    '/recipes/:id': (id) => single(recipes.find(id)),
    '/teams/:id': (id) => single(team(world, id)),
  };
}

function ofDeployment(world: World, answer: (deployment: number, other: string) => Answer): Route {
  return (id, other) => {
    const deployment = deploymentIndex(world, id);
    return deployment === undefined ? refusal(404) : answer(deployment, other);
  };
}
