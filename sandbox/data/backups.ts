import { DAY, END_OF_HISTORY, MINUTE, spell } from './calendar.ts';
import { databaseOf, deploymentId, deploymentName } from './deployments.ts';
import { Kind, makeId, readId } from './ids.ts';
import { link } from './links.ts';
import { noise, pick } from './noise.ts';
import { type Row, type World, upTo } from './world.ts';

const TYPES = ['daily', 'weekly', 'monthly', 'on_demand'] as const;
const DOWNLOADABLE = new Set(['etcd', 'mongodb', 'mysql', 'postgresql', 'rabbitmq', 'redis', 'rethink']);

/** Some deployments have no backup yet. */
const backupCount = (deployment: number): number => (deployment % 5 === 3 ? 0 : 3 + (deployment % 4));

/** The newest backup of every third deployment is still going on, and so has no date. */
const isRunning = (deployment: number, index: number): boolean => index === 0 && deployment % 3 === 1;

const backup = (world: World, deployment: number, index: number): Row => {
  const running = isRunning(deployment, index);
  const start = END_OF_HISTORY - (index + 1) * DAY + (noise(world.seed, 41, deployment) % DAY);
  const id = makeId(world.seed, Kind.backup, deployment, index);
  const type = running ? 'on_demand' : pick(TYPES, index);
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
};

/** The backups of one deployment (P-back). */
export const backups = (world: World, deployment: number): Row[] =>
  upTo(backupCount(deployment)).map((index) => backup(world, deployment, index));

/** One backup, which alone shows where to download it (go backups.go). */
export const backupDetail = (world: World, deployment: number, id: string): Row | undefined => {
  const found = readId(world.seed, Kind.backup, id);
  if (found === undefined || found.group !== deployment || found.index >= backupCount(deployment)) return undefined;
  const row = backup(world, deployment, found.index);
  const download_link = row['is_downloadable'] === true ? `https://backups.example.invalid/${id}?signature=FAKE` : null;
  return { ...row, download_link };
};
