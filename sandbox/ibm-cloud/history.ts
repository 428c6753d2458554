import { noise, pick, upTo } from '../noise.ts';
import type { Row } from '../platform.ts';
import { deploymentId, engineOf } from './deployments.ts';
import { DAY, HOUR, Kind, MINUTE, type World, childCrn, fakeSecret, iso, uuid } from './world.ts';

/** Finished tasks remain listed for at least 24 hours, and failed tasks for at least 7 days (icd-api.md, 2.3.3). */
const FINISHED_STAYS = DAY;
const FAILED_STAYS = 7 * DAY;

const QUEUED_FOR = 2 * MINUTE;
const BACKUP_TAKES = 30 * MINUTE;

/** Serial numbers start high, so that tasks from before the sandbox's start don't get negative numbers. */
const SERIAL = 1_000_000;

/** A task's resource type and description. */
type Task = readonly [string, string];

const TASKS: readonly [Task, ...Task[]] = [
  ['instance', 'Scaling database deployment'],
  ['backup', 'Taking a backup'],
  ['ip', 'Updating the "allowlist"'],
  ['password', 'Changing the password of admin'],
  ['configuration', 'Änderung der Konfiguration'],
  ['upgrade', 'Upgrading'],
];

const DOWNLOADABLE = new Set(['mongodb', 'mongodbee', 'postgresql', 'redis']);

interface Happening {
  readonly serial: number;
  readonly time: number;
}

/**
 * The times of a deployment's tasks or backups since `since`, newest first, at regular intervals. Every third deployment's newest task or
 * backup begins just before the sandbox starts, so that some tasks and backups are still running.
 */
function happenings(world: World, deployment: number, salt: number, every: number, since: number): Happening[] {
  const offset = deployment % 3 === 1 ? 5 * MINUTE : HOUR + (noise(world.seed, salt, deployment) % Math.max(1, every));
  const first = world.clock.start - offset;
  const newest = Math.floor((world.clock.now - first) / every);
  const oldest = Math.ceil((since - first) / every);
  return upTo(Math.max(0, newest - oldest + 1)).map((back) => ({
    serial: SERIAL + newest - back,
    time: first + (newest - back) * every,
  }));
}

/** A deployment's tasks that are still listed. */
export function tasks(world: World, deployment: number): Row[] {
  const { tasksPerDay } = world.options;
  if (tasksPerDay === 0) return [];
  const every = Math.floor(DAY / tasksPerDay);
  return happenings(world, deployment, 451, every, world.clock.now - FAILED_STAYS - DAY)
    .filter((happening) => isListed(world, deployment, happening))
    .map((happening) => task(world, deployment, happening));
}

function taskEnd(world: World, deployment: number, { serial, time }: Happening): number {
  return time + (20 + (noise(world.seed, 452 + deployment, serial) % 20)) * MINUTE;
}

function outcome(world: World, deployment: number, { serial }: Happening): 'completed' | 'failed' | 'expired' {
  const bits = noise(world.seed, 453 + deployment, serial);
  if (bits % 5 === 0) return 'failed';
  return bits % 11 === 0 ? 'expired' : 'completed';
}

function isListed(world: World, deployment: number, happening: Happening): boolean {
  const stays = outcome(world, deployment, happening) === 'failed' ? FAILED_STAYS : FINISHED_STAYS;
  return world.clock.now < taskEnd(world, deployment, happening) + stays;
}

function task(world: World, deployment: number, happening: Happening): Row {
  const { serial, time } = happening;
  const { now } = world.clock;
  const end = taskEnd(world, deployment, happening);
  const ended = now >= end;
  const queued = now < time + QUEUED_FOR;
  const [resource_type, description] = pick(TASKS, serial);
  return {
    id: childCrn(deploymentId(world, deployment), 'task', uuid(world, Kind.task, deployment, serial)),
    ...(serial % 5 !== 0 && { resource_type }),
    description,
    status: ended ? outcome(world, deployment, happening) : queued ? 'queued' : 'running',
    deployment_id: deploymentId(world, deployment),
    progress_percent: ended ? 100 : Math.floor((100 * (now - time)) / (end - time)),
    created_at: serial % 4 === 0 ? `${iso(time).slice(0, 19)}Z` : iso(time),
  };
}

/** A deployment's backups that are still kept (icd-api.md, 2.3.4). The newest backup may still be running. */
export function backups(world: World, deployment: number): Row[] {
  const since = world.clock.now - world.options.backupDays * DAY;
  return happenings(world, deployment, 454, DAY, since).map((happening) => backup(world, deployment, happening));
}

function backup(world: World, deployment: number, { serial, time }: Happening): Row {
  const running = world.clock.now < time + BACKUP_TAKES;
  const failed = !running && noise(world.seed, 455 + deployment, serial) % 9 === 0;
  const is_downloadable = !running && !failed && DOWNLOADABLE.has(engineOf(deployment).type);
  const id = uuid(world, Kind.backup, deployment, serial);
  return {
    id: childCrn(deploymentId(world, deployment), 'backup', id),
    deployment_id: deploymentId(world, deployment),
    type: serial % 6 === 0 ? 'on_demand' : 'scheduled',
    status: running ? 'running' : failed ? 'failed' : 'completed',
    is_downloadable,
    is_restorable: !running && !failed,
    // Anyone who has this link can download the backup.
    ...(is_downloadable && {
      download_link: `https://backups.example.invalid/${id}?signature=${fakeSecret(world, 4 + deployment, serial)}`,
    }),
    created_at: iso(time),
  };
}
