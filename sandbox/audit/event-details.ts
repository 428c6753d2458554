import { accountId } from '../data/accounts.ts';
import { clusterId } from '../data/clusters.ts';
import { deploymentId, deploymentName } from '../data/deployments.ts';
import { noise, pick } from '../data/noise.ts';
import { currentUser } from '../data/people.ts';
import type { Row, World } from '../data/world.ts';

/** What trips up careless readers: quotes, a line separator, letters beyond ASCII. Rare, as in life. */
const ODD_NOTES = ['asked by "Dee"', 'Größe\u2028geändert', 'a\\b', '🚢'] as const;

/** How many different events there are, dates and ids apart. */
export const DETAIL_COUNT = 256;

const scaling = (world: World, deployment: number, bits: number): Row => ({
  deployment_id: deploymentId(world, deployment),
  cluster_id: clusterId(world, deployment),
  user_id: null,
  email: null,
  event: 'deployment.scale.members',
  data: {
    units: `${1 + (bits % 9)}`,
    memory: `${102 * (1 + (bits % 9))} MB`,
    storage: `${1 + (bits % 9)} GB`,
    cluster: 'harbour-eu-c00',
    deployment: deploymentName(deployment),
  },
  // Recorded events of the system have these two empty, not null (gds-bill).
  ip: bits % 2 === 0 ? '' : null,
  user_agent: bits % 2 === 0 ? '' : null,
});

const login = (world: World, bits: number): Row => ({
  deployment_id: null,
  cluster_id: null,
  user_id: currentUser(world)['id'],
  email: 'ada@example.com',
  event: 'user.login',
  data: bits % 3 === 0 ? null : {},
  ip: `203.0.113.${bits % 256}`,
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64) "quoted"',
});

/** Names of events in the vendor's docs (account-activity-codes); which data goes with which is unknown. */
const DEPLOYMENT_EVENTS = [
  'deployment.provision',
  'deployment.provision_from_backup',
  'deployment.apply_configuration',
  'deployment.reconfig',
  'deployment.version.update',
  'deployment.backup',
  'deployment.backup_on_demand',
  'deployment.capsule.destroy',
  'deployment.install_lets_encrypt_certs',
  'deployment.deprovision',
  'deployment.add.haproxy',
  'deployment.add.kibana',
  'deployment.remove.kibana',
  'deployment.add.nodes',
  'deployment.remove.node',
] as const;

const change = (world: World, deployment: number, bits: number): Row => ({
  // Absent rather than null: cluster_id, and data now and then.
  deployment_id: deploymentId(world, deployment),
  user_id: currentUser(world)['id'],
  email: 'ada@example.com',
  event: pick(DEPLOYMENT_EVENTS, bits >>> 8),
  ...(bits % 4 === 0
    ? {}
    : {
        data: {
          note: bits % 9 === 0 ? pick(ODD_NOTES, bits >>> 4) : 'nightly',
          deployment: deploymentName(deployment),
        },
      }),
  ip: `2001:db8::${(bits % 0xffff).toString(16)}`,
  user_agent: 'compose-cli/1.2',
});

/** All of an event but id, date and links. Only the first kind of event is a recorded one, with its data. */
export const eventDetails = (world: World, number: number): Row => {
  const bits = noise(world.seed, 71, number);
  const kind = world.deployments === 0 ? 1 : bits % 3;
  const deployment = world.deployments === 0 ? 0 : (bits >>> 8) % world.deployments;
  const account_id = accountId(world);
  if (kind === 0) return { account_id, ...scaling(world, deployment, bits >>> 4) };
  if (kind === 1) return { account_id, ...login(world, bits >>> 4) };
  return { account_id, ...change(world, deployment, bits >>> 4) };
};
