import { ACCOUNT_SLUG, accountId } from './accounts.ts';
import { DAY, END_OF_HISTORY, spell } from './calendar.ts';
import { clusterId } from './clusters.ts';
import { DATABASE_TYPES } from './databases.ts';
import { Kind, makeId, readId } from './ids.ts';
import { link } from './links.ts';
import { noise, pick } from './noise.ts';
import { type Row, type World, upTo } from './world.ts';

const SERVICES = ['orders', 'events', 'sessions', 'search', 'queue', 'ledger', 'config', 'catalogue'] as const;

export const deploymentId = (world: World, index: number): string => makeId(world.seed, Kind.deployment, 0, index + 1);

/** Which deployment of this world has the id. */
export const deploymentIndex = (world: World, id: string): number | undefined => {
  const index = (readId(world.seed, Kind.deployment, id)?.index ?? 0) - 1;
  return index >= 0 && index < world.deployments ? index : undefined;
};

export const databaseOf = (index: number): (typeof DATABASE_TYPES)[number] => pick(DATABASE_TYPES, index);

export const deploymentName = (index: number): string =>
  `${pick(SERVICES, index)}-${databaseOf(index).type.replace('_', '')}${index < SERVICES.length ? '' : `-${index}`}`;

/** Every second deployment is behind, where its type has an older version at all. */
export const versionOf = (index: number): string | undefined => {
  const { versions } = databaseOf(index);
  return versions[index % 2 === 0 ? Math.max(0, versions.length - 3) : versions.length - 1];
};

/** A row of the list: some are full, some sparse, some hosted ones have an empty cluster id (reference, 9.7). */
export const deploymentRow = (world: World, index: number): Row => {
  const name = deploymentName(index);
  const created = END_OF_HISTORY - 1400 * DAY + (noise(world.seed, 21, index) % (900 * DAY));
  const row: Row = {
    id: deploymentId(world, index),
    name,
    type: databaseOf(index).type,
    created_at: spell(created, index),
    notes: index % 5 === 0 ? 'orders service – ask Çelik' : '',
    _links: { compose_web_ui: link(`${ACCOUNT_SLUG}/deployments/${name}`, 'https://app.compose.io/') },
  };
  if (index % 5 === 1) return row;
  return {
    ...row,
    account_id: accountId(world),
    customer_billing_code: index % 3 === 0 ? `cc-${1000 + index}` : '',
    cluster_id: index % 5 === 2 ? '' : clusterId(world, index),
    version: versionOf(index) ?? null,
  };
};

/** The whole list; it has no pages. */
export const deployments = (world: World): Row[] => upTo(world.deployments).map((index) => deploymentRow(world, index));
