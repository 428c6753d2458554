import { pick, upTo } from '../noise.ts';
import { type Answer, type Received, type Row, json } from '../platform.ts';
import { userId } from './access.ts';
import type { Refuse } from './errors.ts';
import { resourceGroupIds } from './resource-groups.ts';
import { DAY, HOUR, Kind, type World, accountId, crn, fakeSecret, iso, regionOf, uuid } from './world.ts';

const SERVICES = [
  'databases-for-postgresql',
  'cloud-object-storage',
  'messages-for-rabbitmq',
  'databases-independent-backups',
] as const;

/**
 * Deleted instances of databases and other services, which can be restored for three days (icd-accounts-access.md,
 * 2.22).
 */
function reclamations(world: World): Row[] {
  const groups = resourceGroupIds(world);
  return upTo(SERVICES.length).map((index) => {
    const guid = uuid(world, Kind.reclamation, 0, index);
    const deleted = world.clock.start - (index + 1) * 17 * HOUR;
    return {
      id: uuid(world, Kind.reclamation, 1, index).replaceAll('-', ''),
      entity_id: guid,
      entity_type_id: '',
      entity_crn: crn(world, { service: pick(SERVICES, index), region: regionOf(world, index), guid }),
      resource_instance_id: guid,
      resource_group_id: groups[index % groups.length],
      account_id: accountId(world),
      policy_id: 'p1',
      state: 'SCHEDULED',
      target_time: iso(deleted + 3 * DAY),
      custom_properties: { password: fakeSecret(world, 6, index) },
      created_at: iso(deleted),
      created_by: userId(world, index),
      updated_at: iso(deleted),
      updated_by: userId(world, index),
    };
  });
}

export function databaseReclamations(world: World): Row[] {
  return reclamations(world)
    .filter(({ entity_crn }) => /:(databases|messages)-/.test(String(entity_crn)))
    .map((row) => ({ ...row, deployment_id: row['entity_crn'] }));
}

/** `GET /v1/reclamations`, which is not paginated. */
export function listReclamations(world: World, { query, path }: Received, refuse: Refuse): Answer {
  const { account_id = accountId(world) } = query;
  return account_id === accountId(world) ? json(200, { resources: reclamations(world) }) : refuse(path, 403);
}
