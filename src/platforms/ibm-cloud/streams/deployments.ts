import type { ConnectorError } from '../../../core/failure/errors.ts';
import { boolean, number, object, text, timestamp } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import { isRegion, parseCrn } from '../api/crn.ts';
import { databasesAt } from '../api/endpoints.ts';
import { objectIn, textOrNull, within } from '../api/envelope.ts';
import { type Deployment, diskKeyOf, gen2SizesOf } from '../account/instance.ts';
import { type Found, INSTANCES, labelOf } from '../account/inventory.ts';
import { pruneToFields } from '../api/prune-to-fields.ts';
import { type IbmCloudShared, resourceGroupNames } from '../shared.ts';

/**
 * `GET /v2/resource_instances` (icd-api.md 2.1), each of generation 1 completed from `GET /deployments/{id}` of its region
 * (2.3.2), each of generation 2 from its own `extensions` (2.4.1).
 */
export const deployments = streamsOf<IbmCloudShared>()({
  name: 'deployments',
  description: 'The database deployments of both generations that the API key may view.',
  retrieval: {
    way: 'shared',
    path: INSTANCES,
    async load(shared) {
      const [found, names] = await Promise.all([shared.inventory.load(), resourceGroupNames(shared)]);
      const rows = found.deployments.map((each) => rowOf(each, names));
      return { rows, requests: found.requests, failed: sizesNotRead(found, shared) };
    },
    detail: {
      isWanted: () => true,
      request({ id, generation }, { endpoints }) {
        const region = parseCrn(String(id))?.region ?? '';
        if (generation !== 'gen1' || !isRegion(region)) return undefined;
        return { origin: databasesAt(endpoints, region), path: `deployments/${encodeURIComponent(String(id))}` };
      },
      fields: ['version', 'platform', 'enable_public_endpoints', 'enable_private_endpoints', 'admin_usernames'],
      values: (body, { path }): Row => pruneToFields(objectIn(body, 'deployment', path), deployments.fields),
      label: ({ id }) => `deployment ${String(id)}`,
      without: ([one, ...others]) =>
        others.length === 0
          ? `deployment ${String(one?.['id'])} comes without its version and endpoints`
          : `all ${others.length + 1} deployments of generation 1 come without their versions and endpoints`,
    },
  },
  primaryKey: 'id',
  // Some may hold secrets, the others are about the instance as a thing that is ordered and paid.
  dropped: [
    ...['parameters', 'extensions', 'platform_options', 'url', 'crn', 'sub_type', 'region_id', 'resource_group_crn'],
    ...['resource_id', 'resource_plan_id', 'deleted_by', 'scheduled_reclaim_at', 'scheduled_reclaim_by', 'restored_at'],
    ...['restored_by', 'reseller_channel_id', 'controlled_by', 'allow_cleanup', 'migrated', 'onetime_credentials'],
    ...['dashboard_url', 'last_operation', 'plan_history', 'resource_keys_url', 'resource_aliases_url'],
    'resource_bindings_url',
  ],
  fields: {
    id: text('CRN of the deployment.'),
    guid: text('GUID of the deployment, which is part of the CRN.'),
    account_id: text('Id of the account that owns it.'),
    name: text('Name of the deployment.'),
    type: text('Type of database, as in databases.'),
    service: text('Service that it is an instance of, such as databases-for-postgresql.'),
    generation: text('gen1 or gen2.'),
    version: text('Version of the database.'),
    plan_id: text('Id of its plan.'),
    region: text('Region that it runs in.'),
    resource_group_id: text('Id of its resource group.'),
    resource_group_name: text('Name of its resource group.'),
    state: text('State, such as active or provisioning.'),
    created_at: timestamp('When it was made.'),
    updated_at: timestamp('When it last changed; scaling of generation 1 need not count.'),
    deleted_at: timestamp('When it was deleted.'),
    created_by: text('IAM id of who made it.'),
    updated_by: text('IAM id of who last changed it.'),
    last_operation_type: text('What was last done to it, such as create or update.'),
    last_operation_state: text('How that went, such as succeeded or in progress.'),
    last_operation_description: text('The same in words.'),
    locked: boolean('Whether it is locked against changes.'),
    target_crn: text('CRN of what was ordered in the catalogue.'),
    platform: text('What it runs on, such as classic; generation 1 only.'),
    enable_public_endpoints: boolean('Whether it can be reached from the internet; generation 1 only.'),
    enable_private_endpoints: boolean('Whether it can be reached from the private network; generation 1 only.'),
    admin_usernames: object('Names of its administrators by kind, without passwords; generation 1 only.'),
    members: number('Members; generation 2 only.'),
    shards: number('Shards; generation 2 only.'),
    host_flavor: text('Size of a member, such as bx3d.4x20; generation 2 only.'),
    cpu_count_per_member: number('CPUs of a member; generation 2 only.'),
    memory_gb_per_member: number('Memory of a member in GB; generation 2 only.'),
    storage_gb_per_member: number('Disk of a member in GB; generation 2 only.'),
    disk_encryption_key_crn: text('CRN of the key that encrypts its disks; generation 2 only.'),
  },
});

/** The first reason why sizes could not be had; each is told of. */
function sizesNotRead({ deployments: all, incomplete }: Found, { api }: IbmCloudShared): ConnectorError | undefined {
  for (const deployment of all) {
    const error = incomplete.get(deployment.id);
    if (error === undefined) continue;
    api.log('error', `deployments: ${labelOf(deployment)} comes without its sizes: ${error.message}`);
  }
  return all.map(({ id }) => incomplete.get(id)).find((error) => error !== undefined);
}

/** A record; what the API sends beside it stays, to be told of or dropped. */
function rowOf(deployment: Deployment, groupNames: ReadonlyMap<unknown, unknown>): Row {
  const { row, id, guid, account, service, generation, type } = deployment;
  const operation = row['last_operation'];
  const sizes = gen2SizesOf(deployment);
  return {
    ...row,
    id,
    guid,
    account_id: textOrNull(row['account_id']) ?? account ?? null,
    type,
    service,
    generation,
    version: sizes?.version ?? null,
    plan_id: row['resource_plan_id'] ?? null,
    region: textOrNull(row['region_id']) ?? parseCrn(id)?.region ?? null,
    resource_group_name: groupNames.get(row['resource_group_id']) ?? null,
    created_by: textOrNull(row['created_by']),
    updated_by: textOrNull(row['updated_by']),
    last_operation_type: within(operation, 'type'),
    last_operation_state: within(operation, 'state'),
    last_operation_description: within(operation, 'description'),
    platform: null,
    enable_public_endpoints: null,
    enable_private_endpoints: null,
    admin_usernames: null,
    members: sizes?.members ?? null,
    shards: sizes?.shards ?? null,
    host_flavor: sizes?.host_flavor ?? null,
    cpu_count_per_member: sizes?.cpu_count ?? null,
    memory_gb_per_member: sizes?.memory_gb ?? null,
    storage_gb_per_member: sizes?.storage_gb ?? null,
    disk_encryption_key_crn: diskKeyOf(row),
  };
}
