import type { AuditTrail } from './audit/trail.ts';
import { accounts } from './data/accounts.ts';
import { addons } from './data/addons.ts';
import { backups } from './data/backups.ts';
import { billables } from './data/billables.ts';
import { clusters } from './data/clusters.ts';
import { databases } from './data/databases.ts';
import { datacenters } from './data/datacenters.ts';
import { deploymentId, deployments } from './data/deployments.ts';
import { teams } from './data/people.ts';
import type { Recipes } from './data/recipes.ts';
import { roles, teamRoles } from './data/roles.ts';
import { transitions } from './data/transitions.ts';
import type { Row, World } from './data/world.ts';

/** The sixteen reports a connector reads, in their order. */
export const STREAM_NAMES = [
  'accounts',
  'audit_events',
  'billables',
  'clusters',
  'databases',
  'datacenters',
  'deployments',
  'deployments_addons',
  'deployments_alerts',
  'deployments_backups',
  'deployments_recipes',
  'deployments_roles',
  'deployments_scalings',
  'deployments_team_roles',
  'deployments_versions',
  'teams',
] as const;

export type StreamName = (typeof STREAM_NAMES)[number];

/** Where keys come from: what is computed, and what has changed since the start. */
export interface Holdings {
  readonly world: World;
  readonly trail: AuditTrail;
  readonly recipes: Recipes;
}

const fields = (rows: readonly Row[], ...names: string[]): string[] =>
  rows.map((row) => names.map((name) => String(row[name])).join('/'));

/** The keys that each deployment brings, in turn. */
function* ofEach(world: World, keys: (deployment: number, id: string) => readonly string[]): Generator<string> {
  for (let deployment = 0; deployment < world.deployments; deployment += 1) {
    yield* keys(deployment, deploymentId(world, deployment));
  }
}

/** Keys made of the deployment's id and fields of the row, since the row alone has none. */
const madeKeys = (world: World, rows: (deployment: number) => readonly Row[], ...names: string[]): Iterable<string> =>
  ofEach(world, (deployment, id) => fields(rows(deployment), ...names).map((key) => `${id}/${key}`));

/** The primary keys that a full read of the stream must bring, each once; audit events newest first. */
export const keysOf = ({ world, trail, recipes }: Holdings, stream: StreamName): Iterable<string> => {
  switch (stream) {
    case 'accounts':
      return fields(accounts(world), 'id');
    case 'audit_events':
      return trail.keys();
    case 'billables':
      return fields(billables(world), 'id');
    case 'clusters':
      return fields(clusters(world), 'id');
    case 'databases':
      return fields(databases(), 'type');
    case 'datacenters':
      return fields(datacenters(), 'slug');
    case 'deployments':
      return fields(deployments(world), 'id');
    case 'deployments_addons':
      return madeKeys(world, (deployment) => addons(world, deployment), 'id');
    case 'deployments_alerts':
    case 'deployments_scalings':
      return ofEach(world, (_deployment, id) => [id]);
    case 'deployments_backups':
      return ofEach(world, (deployment) => fields(backups(world, deployment), 'id'));
    case 'deployments_recipes':
      return ofEach(world, (deployment) => recipes.keys(deployment));
    case 'deployments_roles':
      return madeKeys(world, (deployment) => roles(world, deployment), 'name');
    case 'deployments_team_roles':
      return madeKeys(world, (deployment) => teamRoles(world, deployment), 'name');
    case 'deployments_versions':
      return madeKeys(world, transitions, 'from_version', 'to_version', 'method');
    case 'teams':
      return fields(teams(world), 'id');
  }
};

/** How many keys each stream has; audit events are not walked through for it. */
export const countsOf = (holdings: Holdings): Record<StreamName, number> => {
  const counts = STREAM_NAMES.map((stream): [StreamName, number] => {
    if (stream === 'audit_events') return [stream, holdings.trail.count];
    let count = 0;
    for (const _ of keysOf(holdings, stream)) count += 1;
    return [stream, count];
  });
  return Object.fromEntries(counts) as Record<StreamName, number>;
};
