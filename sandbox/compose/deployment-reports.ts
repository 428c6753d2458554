import { noise, pick, upTo } from '../noise.ts';
import type { Row } from '../platform.ts';
import { accountId, clusterId, teams, users } from './account.ts';
import { databaseOf, deploymentId, deploymentName, versionOf } from './deployments.ts';
import { DAY, END_OF_HISTORY, Kind, MINUTE, type World, link, makeId, spell } from './world.ts';

const BACKUP_TYPES = ['daily', 'weekly', 'monthly', 'on_demand'] as const;
const DOWNLOADABLE = new Set(['etcd', 'mongodb', 'mysql', 'postgresql', 'rabbitmq', 'redis', 'rethink']);

const FAR_FUTURE = '9999-12-31T00:00:00Z';

/**
 * Add-ons, of which MongoDB had three kinds (H-addons). The path, envelope and keys are assumptions (compose-api.md,
 * 9.8).
 */
export function addons(world: World, deployment: number): Row[] {
  if (databaseOf(deployment).type !== 'mongodb') return [];
  const addon = (index: number, type: string, name: string): Row => ({
    id: makeId(world.seed, Kind.addon, deployment, index),
    name,
    type,
    status: index === 2 ? 'disabled' : 'enabled',
    created_at: spell(END_OF_HISTORY - (90 + index) * DAY, index),
  });
  return [
    { ...addon(0, 'syslog_ng', 'Syslog-NG'), deployment_id: deploymentId(world, deployment) },
    { ...addon(1, 'telegraf', 'Telegraf'), settings: { interval: '10s', outputs: ['influxdb'] } },
    { ...addon(2, 'oplog', 'Oplog access'), deployment_id: deploymentId(world, deployment) },
  ];
}

/**
 * The health of one deployment, as an object (G-alerts). The capsule id may be missing. The key `check` is an
 * assumption.
 */
export function alerts(world: World, deployment: number): Row {
  const deployment_id = deploymentId(world, deployment);
  const capsule_id = makeId(world.seed, Kind.capsule, deployment, 1);
  const full = { capsule_id, deployment_id, message: 'Disk usage is at 92%', status: 'critical', check: 'disk_usage' };
  const waiting = { deployment_id, message: 'Waiting for a first check result', status: 'waiting' };
  if (deployment % 3 === 1) return { summary: 'critical', _embedded: { alerts: [full, waiting] } };
  if (deployment % 3 === 2) {
    return { summary: 'warning', _embedded: { alerts: [{ ...full, message: 'High load', status: 'warning' }] } };
  }
  return { summary: 'healthy', _embedded: { alerts: [] } };
}

/** The backups of one deployment (P-back). */
export function backups(world: World, deployment: number): Row[] {
  return upTo(backupCount(deployment)).map((index) => backup(world, deployment, index));
}

/** Some deployments have no backup yet. */
function backupCount(deployment: number): number {
  return deployment % 5 === 3 ? 0 : 3 + (deployment % 4);
}

function backup(world: World, deployment: number, index: number): Row {
  // The newest backup of every third deployment is still running, so it has no date yet.
  const running = index === 0 && deployment % 3 === 1;
  const start = END_OF_HISTORY - (index + 1) * DAY + (noise(world.seed, 41, deployment) % DAY);
  const id = makeId(world.seed, Kind.backup, deployment, index);
  const type = running ? 'on_demand' : pick(BACKUP_TYPES, index);
  const stamp = new Date(start).toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '-');
  return {
    id,
    deployment_id: deploymentId(world, deployment),
    name: `${deploymentName(deployment)}_${stamp}_utc_${type}`,
    type,
    status: running ? 'running' : 'complete',
    is_downloadable: !running && DOWNLOADABLE.has(databaseOf(deployment).type),
    is_restorable: !running,
    created_at: running ? null : spell(start + 3 * MINUTE + 44, index + deployment),
    _links: { self: link(`deployments/${deploymentId(world, deployment)}/backups/${id}`, '') },
  };
}

/** A past and a current billing row for each deployment. Every second deployment is also billed for a capsule (P-bill). */
export function billables(world: World): Row[] {
  return upTo(world.deployments).flatMap((deployment) =>
    upTo(deployment % 2 === 0 ? 3 : 2).map((index) => billable(world, deployment, index)),
  );
}

function billable(world: World, deployment: number, index: number): Row {
  const units = 1 + ((deployment + index) % 4);
  const start = END_OF_HISTORY - (400 - 100 * index) * DAY;
  const ended = index === 0;
  const { type } = databaseOf(deployment);
  return {
    id: makeId(world.seed, Kind.billable, deployment, index),
    account_id: accountId(world),
    // No source says whether amounts are numbers or strings, so both occur.
    amount: deployment % 2 === 0 ? units * 17.5 : (units * 17.5).toFixed(2),
    start_at: spell(start, deployment),
    end_at: ended ? spell(start + 100 * DAY, deployment) : FAR_FUTURE,
    description: `${deploymentName(deployment)}: ${type} ${index === 2 ? 'capsule' : 'data unit'}`,
    identifier: deploymentId(world, deployment),
    resource_identifier: clusterId(world, deployment),
    sku: `${type}-${index === 2 ? 'capsule' : 'data'}`,
    units,
    replaces_id: index === 1 ? makeId(world.seed, Kind.billable, deployment, 0) : null,
  };
}

/** Roles with their users (node-roles). We assume that roles without users are listed. */
export function roles(world: World, deployment: number): Row[] {
  if (deployment % 5 === 4) return [];
  const [ada, bo, third] = users(world);
  return [
    { name: 'admin', users: [ada] },
    ...(deployment % 2 === 0 ? [{ name: 'manager', users: [bo, third] }] : []),
    { name: 'developer', users: [] },
  ];
}

/** Roles with their teams (go team_roles.go). A team's users may be missing. */
export function teamRoles(world: World, deployment: number): Row[] {
  if (deployment % 4 === 3) return [];
  const [platform, billing] = teams(world);
  return [
    { name: 'developer', teams: [platform] },
    { name: 'manager', teams: deployment % 2 === 0 ? [{ id: billing?.['id'], name: billing?.['name'] }] : [] },
  ];
}

/** The scaling of one deployment: an object without an envelope or id. The newer keys may be absent (P-scal). */
export function scalings(deployment: number): Row {
  const used_units = 1 + (deployment % 3);
  const starting_units = deployment % 4 === 3 ? 2 : 1;
  const older: Row = {
    allocated_units: used_units + 1,
    used_units,
    starting_units,
    minimum_units: Math.max(used_units, starting_units),
  };
  if (deployment % 5 === 1) return older;
  return {
    ...older,
    memory_per_unit_in_mb: 102,
    storage_per_unit_in_mb: 1024,
    unit_size_in_mb: deployment % 2 === 0 ? 1024 : 102,
    unit_type: deployment % 2 === 0 ? 'data' : 'memory',
  };
}

/** The versions that a deployment can be upgraded to (P-vers). An up-to-date deployment has no transitions. */
export function transitions(deployment: number): Row[] {
  const { type, versions } = databaseOf(deployment);
  const from_version = versionOf(deployment);
  const newer = versions.slice(versions.findIndex((version) => version === from_version) + 1);
  return newer.flatMap((to_version) => {
    const row = { application: type, method: 'in_place', from_version, to_version };
    return to_version === newer.at(-1) ? [row, { ...row, method: 'restore' }] : [row];
  });
}
