import { DAY, END_OF_HISTORY, spell } from './calendar.ts';
import { databaseOf, deploymentId } from './deployments.ts';
import { Kind, makeId, readId } from './ids.ts';
import { noise } from './noise.ts';
import { type Row, type World, upTo } from './world.ts';

/** One log file a day; some deployments have none yet. */
const logfileCount = (deployment: number): number => (deployment % 4 === 2 ? 0 : 2 + (deployment % 3));

const logfile = (world: World, deployment: number, index: number): Row => {
  const midnight = END_OF_HISTORY - (END_OF_HISTORY % DAY) - index * DAY;
  const date = new Date(midnight - DAY).toISOString().slice(0, 10);
  return {
    id: makeId(world.seed, Kind.logfile, deployment, index),
    deployment_id: deploymentId(world, deployment),
    capsule_id: makeId(world.seed, Kind.capsule, deployment, 1),
    name: `${databaseOf(deployment).type}0.${date}.log.gz`,
    region: 'eu-west-1',
    status: 'complete',
    date,
    file_size: noise(world.seed, 91 + deployment, index) % 1_000_000,
    created_at: spell(midnight + 600_000, index + deployment),
  };
};

/** The log files of one deployment (go logfiles.go, node-log). */
export const logfiles = (world: World, deployment: number): Row[] =>
  upTo(logfileCount(deployment)).map((index) => logfile(world, deployment, index));

/** One log file, which alone shows where to download it (go logfiles.go). */
export const logfileDetail = (world: World, deployment: number, id: string): Row | undefined => {
  const found = readId(world.seed, Kind.logfile, id);
  if (found === undefined || found.group !== deployment || found.index >= logfileCount(deployment)) return undefined;
  const download_link = `https://logfiles.example.invalid/${id}?signature=FAKE`;
  return { ...logfile(world, deployment, found.index), download_link };
};
