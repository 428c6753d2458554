import { upTo } from '../noise.ts';
import { type Answer, type Received, type Row, json } from '../platform.ts';
import { ENGINES, type Engine, deploymentDetail, deploymentId, engineOf, versionOf } from './deployments.ts';
import type { Refuse } from './errors.ts';
import { backups, tasks } from './history.ts';
import { DAY, REGIONS, type World, fakeSecret, iso, regionOf } from './world.ts';

/** The sandbox's path for a region's databases. At IBM, each region has its own host. */
export const DATABASES = '/databases/:region/v5/ibm';

/** An endpoint of the databases API for generation 1 deployments. */
interface DatabaseReport {
  /** The endpoint's path below the deployment's path. */
  readonly path: string;
  /** The name of the response's only field. */
  readonly field: string;
  /** Returns the field's value. Returns undefined, which causes a 404, if the deployment has no value yet. */
  value(world: World, deployment: number): unknown;
  /** Whether an engine supports the endpoint. Requests for other engines return a 422. */
  offered?(engine: Engine): boolean;
}

/** The endpoints of a deployment (icd-api.md, 2.3). */
const DATABASE_REPORTS = {
  detail: { path: '', field: 'deployment', value: deploymentDetail },
  tasks: { path: '/tasks', field: 'tasks', value: tasks },
  backups: { path: '/backups', field: 'backups', value: backups },
  groups: { path: '/groups', field: 'groups', value: groups },
  autoscaling: { path: '/groups/member/autoscaling', field: 'autoscaling', value: autoscaling },
  allowlist: { path: '/allowlists/ip_addresses', field: 'ip_addresses', value: allowlist },
  // IBM's Python client uses this older path.
  whitelist: { path: '/whitelists/ip_addresses', field: 'ip_addresses', value: allowlist },
  replicas: {
    path: '/remotes',
    field: 'remotes',
    value: replicas,
    offered: ({ replicas }) => replicas === true,
  },
  recovery: {
    path: '/point_in_time_recovery_data',
    field: 'point_in_time_recovery_data',
    value: recovery,
    offered: ({ recovery }) => recovery === true,
  },
  versions: { path: '/capability/versions', field: 'capability', value: versions },
  // Clients must not request this path, because the response contains passwords.
  connections: {
    path: '/users/database/admin/connections/public',
    field: 'connection',
    value: (world, deployment) => ({ password: fakeSecret(world, 5, deployment) }),
  },
} as const satisfies Record<string, DatabaseReport>;

/** The routes for all regions. Each deployment exists only in its own region. */
export function databaseRoutes(world: World, refuse: Refuse): Record<string, (received: Received) => Answer> {
  const ofDeployment =
    (report: DatabaseReport) =>
    ({ path, parameters }: Received): Answer => {
      const deployment = findDeployment(world, parameters);
      if (deployment === undefined) return refuse(path, 404);
      if (report.offered?.(engineOf(deployment)) === false) return refuse(path, 422);
      const value = report.value(world, deployment);
      if (value === undefined) return refuse(path, 404);
      const answer = json(200, { [report.field]: value });
      return report.field === 'ip_addresses' ? { ...answer, headers: { etag: `"${deployment}"` } } : answer;
    };
  const reports = Object.values(DATABASE_REPORTS).map((report) => [
    `${DATABASES}/deployments/:id${report.path}`,
    ofDeployment(report),
  ]);
  return {
    ...(Object.fromEntries(reports) as Record<string, (received: Received) => Answer>),
    [`${DATABASES}/deployables`]: () => json(200, { deployables: deployables() }),
    [`${DATABASES}/regions`]: () => json(200, { regions: regions() }),
  };
}

function findDeployment(world: World, { id = '', region }: Received['parameters']): number | undefined {
  const index = upTo(world.options.deployments).find((deployment) => deploymentId(world, deployment) === id);
  return index !== undefined && regionOf(world, index) === region ? index : undefined;
}

/** The regions in which deployments can be created. */
export function regions(): readonly string[] {
  return REGIONS;
}

/** The catalog: all engines with their versions and possible upgrades (icd-api.md, 2.3.1). */
export function deployables(): Row[] {
  const byType = new Map(ENGINES.map((engine) => [engine.type, engine]));
  return [...byType.values()].map((engine) => ({
    type: engine.type,
    versions: engine.versions.map((version) => catalogueVersion(engine, version)),
  }));
}

function catalogueVersion(engine: Engine, version: string): Row {
  const { type, versions } = engine;
  const place = versions.indexOf(version);
  const fromEnd = versions.length - 1 - place;
  return {
    type,
    version,
    status: fromEnd === 0 ? 'beta' : fromEnd > 1 ? 'deprecated' : 'stable',
    is_preferred: fromEnd === 1,
    transitions: transitionsOf(engine, version),
  };
}

function transitionsOf({ type, versions }: Engine, version: string): Row[] {
  return versions.slice(versions.indexOf(version) + 1).map((to_version, further) => ({
    application: type,
    method: further === 0 ? 'in-place' : 'restore',
    skip_backup_supported: further > 0,
    from_version: version,
    to_version,
  }));
}

/** The versions that a deployment can be upgraded to. A deployment with the newest version has no transitions. */
export function transitions(deployment: number): Row[] {
  return transitionsOf(engineOf(deployment), versionOf(deployment));
}

/** The version of a deployment (icd-api.md, 2.3.10). */
function versions(_world: World, deployment: number): Row {
  return { versions: [catalogueVersion(engineOf(deployment), versionOf(deployment))] };
}

const FLAVORS = [
  { id: 'multitenant', name: 'multitenant', hosting_size: '' },
  { id: 'b3c.4x16.encrypted', name: '4x16', hosting_size: 'xs' },
  null,
] as const;

/** The scaling groups (icd-api.md, 2.3.5). Allocations are totals per group. */
export function groups(_world: World, deployment: number): Row[] {
  const engine = engineOf(deployment);
  return ['member', ...(engine.groups ?? [])].map((id, place) => {
    const count = place === 0 ? engine.members : 1;
    const isolated = deployment % FLAVORS.length === 1;
    const amount = (unit: string, allocation: number, step: number): Row => ({
      units: unit,
      [`allocation_${unit}`]: allocation,
      [`minimum_${unit}`]: step * count,
      [`maximum_${unit}`]: step * count * 112,
      [`step_size_${unit}`]: step,
      is_adjustable: true,
      is_optional: place > 0,
      can_scale_down: unit !== 'mb' || deployment % 2 === 0,
    });
    return {
      id,
      count,
      members: { ...amount('count', count, 1), minimum_count: count, maximum_count: 20 },
      memory: {
        // In every fourth deployment, the memory isn't a multiple of the step size.
        ...amount('mb', 4096 * count + (deployment % 4 === 3 ? 100 : 0), 128 * count),
        cpu_enforcement_ratio_ceiling_mb: 16_384,
        cpu_enforcement_ratio_mb: 8192,
      },
      // The CPU count is zero if the deployment shares its host's CPUs.
      cpu: amount('count', isolated ? 4 * count : 0, count),
      disk: amount('mb', 20_480 * count, 1024 * count),
      host_flavor: FLAVORS[deployment % FLAVORS.length],
    };
  });
}

/** Returns the leader if the deployment is a read replica. Every second deployment of each type is a replica. */
function leaderOf(world: World, deployment: number): number | undefined {
  const { type } = engineOf(deployment);
  const ofType = upTo(world.options.deployments).filter((other) => engineOf(other).type === type);
  const place = ofType.indexOf(deployment);
  return place % 2 === 1 ? ofType[place - 1] : undefined;
}

/** Returns a deployment's read replicas or, if the deployment is a replica itself, its leader (icd-api.md, 2.3.8). */
export function replicas(world: World, deployment: number): Row {
  const leader = leaderOf(world, deployment);
  const followers = upTo(world.options.deployments).filter((other) => leaderOf(world, other) === deployment);
  return {
    leader: leader === undefined ? '' : deploymentId(world, leader),
    replicas: followers.map((other) => deploymentId(world, other)),
  };
}

/** The members' autoscaling settings (icd-api.md, 2.3.6). With `oddInstances`, read replicas have no autoscaling. */
export function autoscaling(world: World, deployment: number): Row | undefined {
  if (world.options.oddInstances && engineOf(deployment).replicas && leaderOf(world, deployment) !== undefined)
    return undefined;
  const io_utilization = { enabled: deployment % 2 === 0, over_period: '30m', above_percent: 90 };
  const rate = { increase_percent: 12.5, period_seconds: 900, units: 'mb' };
  return {
    disk: {
      scalers: { capacity: { enabled: true, free_space_less_than_percent: 10 }, io_utilization },
      rate: { ...rate, limit_mb_per_member: 3_670_016 },
    },
    memory: { scalers: { io_utilization }, rate: { ...rate, limit_mb_per_member: 114_688 } },
    cpu: { scalers: {}, rate: { ...rate, limit_count_per_member: 20, units: 'count' } },
  };
}

/** The addresses that are allowed to connect (icd-api.md, 2.3.7). */
export function allowlist(_world: World, deployment: number): Row[] {
  if (deployment % 3 === 2) return [];
  return [
    { address: `198.51.100.${1 + (deployment % 250)}`, description: 'Büro' },
    { address: '203.0.113.0/24', description: deployment % 2 === 0 ? '' : 'VPN "north"' },
  ];
}

/**
 * The earliest time to which a deployment can be restored (icd-api.md, 2.3.9). Every fifth deployment can't be restored
 * yet.
 */
export function recovery(world: World, deployment: number): Row {
  const earliest = `${iso(world.clock.now - 7 * DAY).slice(0, 19)}Z`;
  return { earliest_point_in_time_recovery_time: deployment % 5 === 4 ? null : earliest };
}
