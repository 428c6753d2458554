import { upTo } from '../noise.ts';
import type { Answer, QueryParameters, Row } from '../platform.ts';
import { accounts, clusters, databases, datacenters, teams } from './account.ts';
import type { AuditTrail } from './audit/trail.ts';
import * as parts from './deployment-reports.ts';
import { deploymentId, deployments } from './deployments.ts';
import type { Recipes } from './recipes.ts';
import type { World } from './world.ts';

/** The data from which responses and keys are created, including changes since the start. */
export interface Holdings {
  readonly world: World;
  readonly trail: AuditTrail;
  readonly recipes: Recipes;
}

/** In a key, this name refers to the id in the path, which the rows themselves may lack. */
const DEPLOYMENT = 'deployment_id';

/** A stream that is read with a single request, or with one request per deployment. */
export interface Report {
  /** The part of the path after the version. A path with `:id` is requested per deployment, and `rows` gets the deployment's index. */
  readonly path: string;
  /** The list's name in the envelope. Without a name, the body is an object, which is the only row. */
  readonly list?: string;
  readonly key: readonly string[];
  rows(holdings: Holdings, deployment: number): readonly Row[];
  /** The keys of a deployment's rows. Defined only for streams with nested rows. */
  keys?(holdings: Holdings, deployment: number): Iterable<string>;
}

/** A paginated stream, which is never stored as a whole. */
export interface PagedReport {
  readonly path: string;
  readonly list: string;
  readonly key: readonly string[];
  page(holdings: Holdings, query: QueryParameters): Answer;
  allKeys(holdings: Holdings): Iterable<string>;
  count(holdings: Holdings): number;
}

/** The streams that a connector reads, in catalog order. */
const REPORTS = {
  accounts: { path: '/accounts', list: 'accounts', key: ['id'], rows: ({ world }) => accounts(world) },
  audit_events: {
    path: '/audit_events',
    list: 'audit_events',
    key: ['id'],
    page: ({ trail }, query) => trail.page(query),
    allKeys: ({ trail }) => trail.keys(),
    count: ({ trail }) => trail.count,
  },
  billables: { path: '/billables', list: 'billables', key: ['id'], rows: ({ world }) => parts.billables(world) },
  clusters: { path: '/clusters', list: 'clusters', key: ['id'], rows: ({ world }) => clusters(world) },
  databases: { path: '/databases', list: 'applications', key: ['type'], rows: () => databases() },
  datacenters: { path: '/datacenters', list: 'datacenters', key: ['slug'], rows: () => datacenters() },
  deployments: { path: '/deployments', list: 'deployments', key: ['id'], rows: ({ world }) => deployments(world) },
  deployments_addons: {
    path: '/deployments/:id/addons',
    list: 'addons',
    key: [DEPLOYMENT, 'id'],
    rows: ({ world }, deployment) => parts.addons(world, deployment),
  },
  deployments_alerts: {
    path: '/deployments/:id/alerts',
    key: [DEPLOYMENT],
    rows: ({ world }, deployment) => [parts.alerts(world, deployment)],
  },
  deployments_backups: {
    path: '/deployments/:id/backups',
    list: 'backups',
    key: ['id'],
    rows: ({ world }, deployment) => parts.backups(world, deployment),
  },
  deployments_recipes: {
    path: '/deployments/:id/recipes',
    list: 'recipes',
    key: ['id'],
    rows: ({ recipes }, deployment) => recipes.list(deployment),
    keys: ({ recipes }, deployment) => recipes.keys(deployment),
  },
  deployments_roles: {
    path: '/deployments/:id/roles',
    list: 'roles',
    key: [DEPLOYMENT, 'name'],
    rows: ({ world }, deployment) => parts.roles(world, deployment),
  },
  deployments_scalings: {
    path: '/deployments/:id/scalings',
    key: [DEPLOYMENT],
    rows: (_holdings, deployment) => [parts.scalings(deployment)],
  },
  deployments_team_roles: {
    path: '/deployments/:id/team_roles',
    list: 'team_roles',
    key: [DEPLOYMENT, 'name'],
    rows: ({ world }, deployment) => parts.teamRoles(world, deployment),
  },
  deployments_versions: {
    path: '/deployments/:id/versions',
    list: 'transitions',
    key: [DEPLOYMENT, 'from_version', 'to_version', 'method'],
    rows: (_holdings, deployment) => parts.transitions(deployment),
  },
  teams: { path: '/teams', list: 'teams', key: ['id'], rows: ({ world }) => teams(world) },
} as const satisfies Record<string, Report | PagedReport>;

export type StreamName = keyof typeof REPORTS;

export const STREAM_NAMES = Object.keys(REPORTS) as StreamName[];

/** The stream's entry in `REPORTS`, with a type that all streams share. */
export function reportOf(stream: StreamName): Report | PagedReport {
  return REPORTS[stream];
}

/** The field that a client uses as a row's key: the stream's first key field that rows contain. */
export function rowKey(list: string): string {
  const report = STREAM_NAMES.map(reportOf).find((known) => known.list === list);
  return report?.key.find((field) => field !== DEPLOYMENT) ?? 'id';
}

/** The primary keys that a full read of the stream must emit, without duplicates. The newest audit event's key is first. */
export function* keysOf(holdings: Holdings, stream: StreamName): Generator<string> {
  const report = reportOf(stream);
  if ('page' in report) {
    yield* report.allKeys(holdings);
    return;
  }
  const { world } = holdings;
  for (const deployment of report.path.includes(':id') ? upTo(world.deployments) : [0]) {
    if (report.keys !== undefined) yield* report.keys(holdings, deployment);
    else for (const row of report.rows(holdings, deployment)) yield keyOf(report, row, deploymentId(world, deployment));
  }
}

/** Each stream's number of keys, computed without generating the pages. */
export function countsOf(holdings: Holdings): Record<StreamName, number> {
  const counts = STREAM_NAMES.map((stream) => {
    const report = reportOf(stream);
    if ('page' in report) return [stream, report.count(holdings)];
    let count = 0;
    for (const _ of keysOf(holdings, stream)) count += 1;
    return [stream, count];
  });
  return Object.fromEntries(counts) as Record<StreamName, number>;
}

function keyOf({ key }: Report, row: Row, deployment: string): string {
  return key.map((field) => (field === DEPLOYMENT ? deployment : String(row[field]))).join('/');
}
