import { boolean, integer, listOfTexts, mapOfTexts, number, text, timestamp } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import type { Skipped } from '../../../core/retrieval/partitions.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { gen2SettingsOf } from '../account/gen2-settings.ts';
import { type Deployment, gen2SizesOf } from '../account/instance.ts';
import { INSTANCES, loadInventory } from '../account/inventory.ts';
import { reportOf } from '../account/partitions.ts';
import { loadResourceGroups } from '../account/resource-groups.ts';
import { addTags, loadTags } from '../account/tags.ts';
import { isRegion, parseCrn } from '../api/crn.ts';
import { endpointAt } from '../api/endpoints.ts';
import { objectIn } from '../api/envelope.ts';
import { orSkipped } from '../api/failure.ts';
import { pick, emptyAsNull, within } from '../api/values.ts';

/** `GET /v2/resource_instances` (icd-api.md 2.1). Adds `GET /deployments/{id}` for generation 1 (2.3.2), `extensions` for 2 (2.4.1). */
export const deployments = ibmStream({
  name: 'deployments',
  description: 'The database deployments that the API key can view, in both generations.',
  retrieval: {
    way: 'shared',
    path: INSTANCES,
    async load(account) {
      const skipped: Skipped[] = [];
      const [{ deployments: all }, groups = [], tags] = await Promise.all([
        account.once(loadInventory),
        orSkipped('the names of resource groups', account.once(loadResourceGroups), skipped),
        orSkipped('tags and access_tags', loadTags(account), skipped),
      ]);
      const names = new Map(groups.map(({ id, name }) => [id, name]));
      const rows = all.map((each) => rowOf(each, names));
      addTags(rows, tags, account);
      return { rows, skipped };
    },
    detail: {
      isWanted: () => true,
      request({ id, generation }, { config }) {
        const region = parseCrn(String(id))?.region ?? '';
        if (generation !== 'gen1' || !isRegion(region)) return undefined;
        return reportOf({ id: String(id), origin: endpointAt(config.endpoints.databases, region) }, '');
      },
      fields: ['version', 'platform', 'enable_public_endpoints', 'enable_private_endpoints', 'admin_usernames'],
      values: (body, path) => objectIn(body, 'deployment', path),
      what: 'version and endpoints',
      noun: 'deployment',
    },
  },
  primaryKey: 'id',
  // Some of these fields may contain secrets. The others describe how the instance was ordered and is managed.
  dropped: [
    ...['parameters', 'extensions', 'platform_options', 'url', 'crn', 'sub_type', 'region_id', 'resource_group_crn'],
    ...['resource_id', 'resource_plan_id', 'deleted_by', 'scheduled_reclaim_at', 'scheduled_reclaim_by', 'restored_at'],
    ...['restored_by', 'reseller_channel_id', 'controlled_by', 'allow_cleanup', 'migrated'],
    ...['dashboard_url', 'last_operation', 'plan_history', 'resource_keys_url', 'resource_aliases_url'],
    'resource_bindings_url',
  ],
  fields: {
    id: text('CRN of the deployment.'),
    guid: text('GUID of the deployment, which is part of its CRN.'),
    name: text('Name of the deployment.'),
    type: text('Database type, as in the databases stream.'),
    service: text('Name of the service, such as databases-for-postgresql.'),
    generation: text('gen1 or gen2.'),
    version: text('Database version.'),
    plan_id: text('ID of the plan.'),
    region: text('Region of the deployment.'),
    resource_group_id: text('ID of the resource group.'),
    resource_group_name: text('Name of the resource group.'),
    tags: listOfTexts("User tags. Null if IBM Cloud's search does not find the deployment."),
    access_tags: listOfTexts("Access management tags. Null if IBM Cloud's search does not find the deployment."),
    state: text('State of the deployment, such as active or provisioning.'),
    created_at: timestamp('Creation time.'),
    updated_at: timestamp('Time of the last update. In generation 1, scaling might not change this time.'),
    deleted_at: timestamp('Deletion time.'),
    created_by: text('IAM ID of the identity that created the deployment.'),
    updated_by: text('IAM ID of the identity that last updated the deployment.'),
    last_operation_type: text('Type of the last operation, such as create or update.'),
    last_operation_state: text('State of the last operation, such as succeeded or in progress.'),
    last_operation_description: text('Description of the last operation.'),
    locked: boolean('Whether the deployment is locked against changes.'),
    target_crn: text('CRN of the catalog entry that the deployment was created from.'),
    platform: text('Platform, such as classic. Generation 1 only.'),
    enable_public_endpoints: boolean('Whether public endpoints are enabled. Generation 1 only.'),
    enable_private_endpoints: boolean('Whether private endpoints are enabled. Generation 1 only.'),
    admin_usernames: mapOfTexts('Usernames of the administrators by user type, without passwords. Generation 1 only.'),
    members: number('Number of members. Generation 2 only.'),
    shards: number('Number of shards. Generation 2 only.'),
    host_flavor: text('Host flavor of each member, such as bx3d.4x20. Generation 2 only.'),
    cpu_count_per_member: number('Number of CPUs per member. Generation 2 only.'),
    memory_gb_per_member: number('Memory per member in GB. Generation 2 only.'),
    storage_gb_per_member: number('Disk space per member in GB. Generation 2 only.'),
    disk_encryption_key_crn: text('CRN of the disk encryption key. Generation 2 only.'),
    backup_encryption_key_crn: text('CRN of the backup encryption key. Generation 2 only.'),
    automatic_backups_enabled: boolean('Whether automatic backups are enabled. Generation 2 only.'),
    backup_window_start: text('Start of the one-hour window for automatic backups, such as 02:30Z. Generation 2 only.'),
    backup_retention_days: integer('Number of days for which backups are kept. Generation 2 only.'),
    backups_preserved: boolean('Whether backups are kept when the deployment is deleted. Generation 2 only.'),
    pitr_retention_days: integer('Number of past days that point-in-time recovery covers. Generation 2 only.'),
    independent_backups_authorized: boolean(
      'Whether independent backups are authorized. If false, IBM Cloud creates no new independent backups. Generation 2 only. Null during provisioning.',
    ),
    endpoints: text('Endpoint type, such as private. Older generation 2 deployments only.'),
    vpe_dns_domain: text('DNS domain of the virtual private endpoints. Generation 2 only.'),
    vpe_ip_addresses: listOfTexts('IP addresses of the virtual private endpoints. Generation 2 only.'),
    onetime_credentials: boolean('Whether credentials can be viewed only when they are created.'),
  },
});

/** Keeps the row's undeclared fields, because the normalizer drops or reports them. */
function rowOf(deployment: Deployment, groupNames: ReadonlyMap<unknown, unknown>): Row {
  const { id, row, account = null, service, generation, type } = deployment;
  const operation = row['last_operation'];
  const sizes = gen2SizesOf(row) ?? {};
  return {
    ...row,
    id,
    account_id: account,
    type,
    service,
    generation,
    plan_id: row['resource_plan_id'] ?? null,
    region: emptyAsNull(row['region_id']) ?? parseCrn(id)?.region ?? null,
    resource_group_name: groupNames.get(row['resource_group_id']) ?? null,
    created_by: emptyAsNull(row['created_by']),
    updated_by: emptyAsNull(row['updated_by']),
    last_operation_type: within(operation, 'type'),
    last_operation_state: within(operation, 'state'),
    last_operation_description: within(operation, 'description'),
    platform: null,
    enable_public_endpoints: null,
    enable_private_endpoints: null,
    admin_usernames: null,
    ...pick(sizes, ['version', 'members', 'shards', 'host_flavor']),
    cpu_count_per_member: sizes['cpu_count'] ?? null,
    memory_gb_per_member: sizes['memory_gb'] ?? null,
    storage_gb_per_member: sizes['storage_gb'] ?? null,
    ...gen2SettingsOf(row),
  };
}
