import { deploymentId } from './deployments.ts';
import { Kind, makeId } from './ids.ts';
import type { Row, World } from './world.ts';

/** The state of one deployment, an object (G-alerts). A capsule id may be missing; the key `check` is our guess. */
export const alerts = (world: World, deployment: number): Row => {
  const deployment_id = deploymentId(world, deployment);
  const capsule_id = makeId(world.seed, Kind.capsule, deployment, 1);
  const full = { capsule_id, deployment_id, message: 'Disk usage is at 92%', status: 'critical', check: 'disk_usage' };
  const waiting = { deployment_id, message: 'Waiting for a first check result', status: 'waiting' };
  if (deployment % 3 === 1) return { summary: 'critical', _embedded: { alerts: [full, waiting] } };
  if (deployment % 3 === 2) {
    return { summary: 'warning', _embedded: { alerts: [{ ...full, message: 'High load', status: 'warning' }] } };
  }
  return { summary: 'healthy', _embedded: { alerts: [] } };
};
