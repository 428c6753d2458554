import { END_OF_HISTORY, DAY, spell } from './calendar.ts';
import { databaseOf, deploymentId } from './deployments.ts';
import { Kind, makeId } from './ids.ts';
import type { Row, World } from './world.ts';

/** Add-ons, which MongoDB had three kinds of (H-addons). Path, envelope and keys are a guess: reference, 9.8. */
export const addons = (world: World, deployment: number): Row[] => {
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
};
