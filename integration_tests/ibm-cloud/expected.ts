import { get, tokenOf } from '../../sandbox/ibm-cloud/client.ts';
import type { IbmCloudSandbox } from '../../sandbox/server.ts';

// The expected records of a read, according to docs/reference/icd-api.md, section 4. This file computes them without the
// connector's code, from the rows that the API returns.

export type Row = Readonly<Record<string, unknown>>;

/** A stream as docs/reference/icd-api.md describes it. */
interface Stream {
  readonly key: string;
  readonly cursor?: string;
  /** All fields of the stream except `account_id`, separated by spaces. */
  readonly fields: string;
}

function grantFields(subject: string): string {
  return `id policy_id ${subject} subject_type name role role_id scope deployment_id service_instance service_name resource_group_id
    region state description resource_tags time_condition rule created_at created_by_id last_modified_at last_modified_by_id`;
}

export const STREAMS = {
  accounts: { key: 'id', fields: 'id name owner_iam_id type status' },
  api_keys: {
    key: 'id',
    fields: `id type iam_id name description locked disabled support_sessions action_when_leaked created_at
      created_by modified_at expires_at`,
  },
  audit_routes: {
    key: 'id',
    fields: `id route_id route_name managed_by rule_number location target_id target_name target_type target_crn
      bucket write_status last_failure_at last_failure_reason is_default_target`,
  },
  billables: {
    key: 'id',
    cursor: 'month',
    fields: `id month deployment_id amount currency_code currency_rate start_at end_at description identifier
      resource_identifier sku plan_name metric units unit rateable_quantity rated_cost discounts volume_discount
      volume_cost region pricing_country billable pending non_chargeable resource_instance_name resource_group_id
      resource_group_name tags service_tags`,
  },
  databases: { key: 'type', fields: 'type generation versions' },
  datacenters: { key: 'slug', fields: 'slug provider region' },
  deployments: {
    key: 'id',
    fields: `id guid name type service generation version plan_id region resource_group_id resource_group_name
      state created_at updated_at deleted_at created_by updated_by last_operation_type last_operation_state
      last_operation_description locked target_crn platform enable_public_endpoints enable_private_endpoints
      admin_usernames members shards host_flavor cpu_count_per_member memory_gb_per_member storage_gb_per_member
      disk_encryption_key_crn backup_encryption_key_crn automatic_backups_enabled backup_window_start
      backup_retention_days backups_preserved pitr_retention_days independent_backups_authorized endpoints
      vpe_dns_domain vpe_ip_addresses onetime_credentials tags access_tags`,
  },
  deployments_allowlists: { key: 'id', fields: 'id deployment_id generation address description' },
  deployments_autoscalings: {
    key: 'id',
    fields: `id deployment_id generation group_id resource capacity_enabled capacity_free_space_less_than_percent
      io_enabled io_over_period io_above_percent rate_increase_percent rate_period_seconds rate_limit_mb_per_member
      rate_limit_count_per_member rate_units`,
  },
  deployments_backups: {
    key: 'id',
    cursor: 'created_at',
    fields: `id deployment_id generation name type status is_downloadable is_restorable created_at updated_at size_gb
      version can_be_deleted_after`,
  },
  deployments_recipes: {
    key: 'id',
    cursor: 'created_at',
    fields: 'id deployment_id generation name template status progress_percent created_at',
  },
  deployments_reclamations: {
    key: 'id',
    fields: `id deployment_id resource_group_id state target_time created_at created_by updated_at updated_by`,
  },
  deployments_recovery_windows: {
    key: 'deployment_id',
    fields: 'deployment_id generation earliest_point_in_time_recovery_time',
  },
  deployments_replicas: { key: 'deployment_id', fields: 'deployment_id generation leader replicas' },
  deployments_restrictions: {
    key: 'id',
    fields: `id rule_id description enforcement_mode service_name service_instance deployment_id region resource_group_id
      resource_tags contexts addresses excluded_addresses api_types created_at created_by_id last_modified_at
      last_modified_by_id`,
  },
  deployments_roles: { key: 'id', fields: grantFields('iam_id') },
  deployments_scalings: {
    key: 'id',
    fields: `id deployment_id generation group_id members members_min members_max members_step
      cpu_count_per_member cpu_count_total cpu_count_min cpu_count_max cpu_count_step
      memory_mb_per_member memory_mb_total memory_mb_min memory_mb_max memory_mb_step
      disk_mb_per_member disk_mb_total disk_mb_min disk_mb_max disk_mb_step host_flavor_id host_flavor_name shards`,
  },
  deployments_team_roles: { key: 'id', fields: grantFields('access_group_id') },
  deployments_versions: {
    key: 'id',
    fields: `id deployment_id generation application method from_version to_version skip_backup_supported status
      is_preferred`,
  },
  resource_groups: { key: 'id', fields: 'id crn name state default quota_id created_at updated_at' },
  service_ids: {
    key: 'id',
    fields: `id iam_id group_id name description locked unique_instance_crns created_at modified_at
      last_authenticated_at authentication_count`,
  },
  teams: {
    key: 'key',
    fields: `key id name description is_federated members created_at created_by_id last_modified_at
      last_modified_by_id`,
  },
  trusted_profiles: {
    key: 'id',
    fields: `id iam_id name description template_id assignment_id identities links rules created_at modified_at
      last_authenticated_at authentication_count`,
  },
  users: {
    key: 'id',
    fields: `id iam_id realm user_id email firstname lastname state added_on last_authenticated_at
      authentication_count`,
  },
} as const satisfies Record<string, Stream>;

export type StreamName = keyof typeof STREAMS;

export const STREAM_NAMES = Object.keys(STREAMS) as StreamName[];

/** Streams that depend on the list of instances. */
export const DEPLOYMENT_STREAMS = STREAM_NAMES.filter(
  (name) => name.startsWith('deployments') && name !== 'deployments_reclamations',
);

export const INCREMENTAL = ['deployments_backups', 'deployments_recipes'] as const;

export function fieldsOf(name: StreamName): string[] {
  return ['account_id', ...STREAMS[name].fields.split(/\s+/)];
}

/** Whether a task or backup has a final status. */
export function isFinal({ status, generation }: Row): boolean {
  const words = generation === 'gen2' ? ['active', 'failed', 'removed'] : ['completed', 'failed', 'expired'];
  return words.includes(String(status));
}

/**
 * Formats a time as in records, in UTC and with milliseconds. Truncates additional digits. Times from IAM Identity have
 * no seconds.
 */
function utc(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  if (text.endsWith('+0000')) return text.replace('+0000', ':00.000Z');
  const [, seconds = '', digits = ''] = /^(.{19})(?:\.(\d+))?Z$/.exec(text) ?? [];
  return `${seconds}.${digits.padEnd(3, '0').slice(0, 3)}Z`;
}

const orNull = (value: unknown): unknown => (value === undefined || value === '' ? null : value);

function withNulls(name: StreamName, row: Row, { accountId }: IbmCloudSandbox): Row {
  // All accounts have the same database types and regions.
  const account_id = name === 'databases' || name === 'datacenters' ? null : accountId;
  return Object.fromEntries(fieldsOf(name).map((field) => [field, orNull({ account_id, ...row }[field])]));
}

/**
 * The expected records of every stream, in the sandbox's current state. If `details` is false, `deployments` records have no details from
 * the databases API. The sandbox must have no faults, because this function sends requests.
 */
export async function expectedRows(
  sandbox: IbmCloudSandbox,
  { details = true } = {},
): Promise<Record<StreamName, Row[]>> {
  const token = await tokenOf(sandbox);
  const ofDatabase = async (id: string, report: string): Promise<unknown> => {
    const path = `/databases/${id.split(':')[5]}/v5/ibm/deployments/${encodeURIComponent(id)}${report}`;
    return Object.values((await (await get(sandbox, token, path)).json()) as Row)[0];
  };
  const groupNames = new Map([...sandbox.rows('resource_groups')].map(({ id, name }) => [id, name]));
  const deployments: Row[] = [];
  const versions: Row[] = [];
  for (const row of sandbox.rows('deployments')) {
    const isAsked = generationOf(row) === 'gen1' && isSound(row['id']);
    const id = String(row['id']);
    const detail = isAsked && details ? ((await ofDatabase(id, '')) as Row) : undefined;
    deployments.push(deployment(row, detail, groupNames.get(String(row['resource_group_id']))));
    if (isAsked) versions.push(...transitions(id, (await ofDatabase(id, '/capability/versions')) as never));
  }
  const rows = {
    ...plainRows(sandbox),
    deployments,
    deployments_versions: versions,
  };
  return Object.fromEntries(
    STREAM_NAMES.map((name) => [name, rows[name].map((row) => withNulls(name, row, sandbox))]),
  ) as unknown as Record<StreamName, Row[]>;
}

/** The tasks and backups that the API currently lists. */
export function historyNow(sandbox: IbmCloudSandbox): Record<(typeof INCREMENTAL)[number], Row[]> {
  const rows = plainRows(sandbox);
  const of = (name: (typeof INCREMENTAL)[number]): Row[] => rows[name].map((row) => withNulls(name, row, sandbox));
  return { deployments_backups: of('deployments_backups'), deployments_recipes: of('deployments_recipes') };
}

/** The expected records of the streams that depend only on the sandbox's rows. */
function plainRows(
  sandbox: IbmCloudSandbox,
): Record<Exclude<StreamName, 'deployments' | 'deployments_versions'>, Row[]> {
  const each = (name: StreamName, map: (row: Row) => Row): Row[] => [...sandbox.rows(name)].map(map);
  const gen1 = { generation: 'gen1' };
  return {
    accounts: each('accounts', (row) => ({ ...row, owner_iam_id: row['owner_iamid'] })),
    audit_routes: each('audit_routes', auditRoute),
    billables: each('billables', billable),
    databases: each('databases', ({ type, versions }) => ({
      type,
      ...gen1,
      versions: (versions as Row[]).map(({ type: _type, ...one }) => ({
        ...one,
        application: type,
        preferred: one['is_preferred'],
      })),
    })),
    datacenters: each('datacenters', ({ region }) => ({ slug: `ibm:${String(region)}`, provider: 'ibm', region })),
    deployments_allowlists: each('deployments_allowlists', (row) => ({
      ...row,
      ...gen1,
      id: `${String(row['deployment_id'])}/${String(row['address'])}`,
    })),
    deployments_autoscalings: each('deployments_autoscalings', autoscaling),
    deployments_backups: each('deployments_backups', backup),
    deployments_recipes: each('deployments_recipes', (row) => ({
      ...row,
      ...gen1,
      name: row['description'],
      template: row['resource_type'],
      created_at: utc(row['created_at']),
    })),
    deployments_reclamations: each('deployments_reclamations', (row) => row),
    deployments_recovery_windows: each('deployments_recovery_windows', (row) => ({
      ...row,
      ...gen1,
      earliest_point_in_time_recovery_time: utc(row['earliest_point_in_time_recovery_time']),
    })),
    deployments_replicas: each('deployments_replicas', (row) => ({ ...row, ...gen1 })),
    deployments_restrictions: each('deployments_restrictions', (row) => restriction(row, sandbox)),
    deployments_roles: each('deployments_roles', (row) => grant(row, 'iam_id', sandbox)),
    deployments_team_roles: each('deployments_team_roles', (row) => grant(row, 'access_group_id', sandbox)),
    deployments_scalings: each('deployments_scalings', (row) => ('id' in row ? gen1Scaling(row) : gen2Scaling(row))),
    api_keys: each('api_keys', (row) => ({ ...identity(row), expires_at: utc(row['expires_at']) })),
    service_ids: each('service_ids', identity),
    trusted_profiles: each('trusted_profiles', profile),
    users: each('users', (row) => ({ ...identity(row), added_on: utc(row['added_on']), id: keyOf(row) })),
    teams: each('teams', (row) => ({
      ...row,
      key: `${sandbox.accountId}/${String(row['id'])}`,
      members: (row['members'] as Row[] | undefined)?.map(({ href: _href, ...member }) => member),
      is_federated: false,
      created_at: utc(row['created_at']),
      last_modified_at: utc(row['last_modified_at']),
    })),
    resource_groups: each('resource_groups', (row) => ({
      ...row,
      created_at: utc(row['created_at']),
      updated_at: utc(row['updated_at']),
    })),
  };
}

/** A resource that a context-based restriction rule covers (section 4.21). */
function restriction(row: Row, sandbox: IbmCloudSandbox): Row {
  const { covers, tags, position } = row;
  const { serviceName, serviceInstance, region, resourceGroupId } = covers as Record<string, string>;
  const zones = row['zones'] as Row[];
  const nameOf = (zone: string): unknown => zones.find(({ id }) => id === zone)?.['name'];
  const textOf = ({ type, value, ref }: Row): string => {
    const { service_name, location } = (ref ?? {}) as Row;
    return `${String(type)}:${[value, service_name, location].flatMap((part) => (typeof part === 'string' ? part : [])).join('/')}`;
  };
  return {
    ...row,
    id: [row['rule_id'], position].map(String).join('/'),
    service_name: serviceName,
    service_instance: serviceInstance,
    deployment_id: [...sandbox.rows('deployments')].find(({ guid }) => guid === serviceInstance)?.['id'],
    region,
    resource_group_id: resourceGroupId,
    resource_tags: tags,
    contexts: (row['contexts'] as Array<Record<string, string>>).flatMap(({ networkZoneId, endpointType, mfa }) =>
      (networkZoneId?.split(', ') ?? [null]).map((zone_id) => ({
        zone_id,
        zone_name: zone_id === null ? null : nameOf(zone_id),
        endpoint_type: endpointType ?? null,
        mfa: mfa ?? null,
      })),
    ),
    addresses: zones.flatMap(({ addresses }) => (addresses as Row[]).map(textOf)),
    excluded_addresses: zones.flatMap(({ excluded }) => (excluded as Row[]).map(textOf)),
    api_types: (row['operations'] as { api_types: Row[] }).api_types.map((type) => type['api_type_id']),
  };
}

/** A destination of audit events: the target of a route's rule, or a default target (section 4.22). */
function auditRoute({ route, target, ...row }: Row): Row {
  const { name: route_name, managed_by } = (route ?? {}) as Row;
  const { name: target_name, target_type, write_status, ...about } = (target ?? {}) as Row;
  const { status, last_failure, reason_for_last_failure } = (write_status ?? {}) as Row;
  const endpoint = Object.entries(about).find(([name]) => name.endsWith('_endpoint'))?.[1] as Row | undefined;
  const parts = [row['account_id'], row['route_id'], row['rule_number'], row['location'], row['target_id']];
  return {
    ...row,
    id: parts.join('/'),
    ...{ route_name, managed_by, target_name, target_type, write_status: status },
    target_crn: endpoint?.['target_crn'],
    bucket: endpoint?.['bucket'],
    last_failure_at: last_failure,
    last_failure_reason: reason_for_last_failure,
    is_default_target: route === undefined,
  };
}

/** Converts the dates of an identity or API key (icd-accounts-access.md, 4.17 to 4.19). */
function identity(row: Row): Row {
  return { ...row, created_at: utc(row['created_at']), modified_at: utc(row['modified_at']) };
}

function profile(row: Row): Row {
  const without = (part: Row, fields: string[]): Row =>
    Object.fromEntries(Object.entries(part).filter(([field]) => !fields.includes(field)));
  const internal = ['id', 'entity_tag', 'created_at', 'modified_at'];
  return {
    ...identity(row),
    links: (row['links'] as Row[]).map((part) => {
      const { crn, namespace, name } = part['link'] as Row;
      return { ...without(part, [...internal, 'link']), crn, namespace, name };
    }),
    rules: (row['rules'] as Row[]).map((part) => without(part, internal)),
  };
}

function keyOf({ account_id, iam_id }: Row): string {
  return `${String(account_id)}/${String(iam_id)}`;
}

/** The row with its last login, as in a read with `identity_activity`. */
export function withLastLogin(row: Row, activity: Row): Row {
  return {
    ...row,
    last_authenticated_at: utc(activity['last_authn']),
    authentication_count: activity['authn_count'],
  };
}

/** An instance's usage of one metric in a month (section 4.9). */
function billable(row: Row): Row {
  const { month, metric, resource_instance_id, plan_id, region, pricing_country, number } = row;
  const [year, index] = String(month).split('-').map(Number) as [number, number];
  const parts = [month, resource_instance_id, plan_id, metric, region, pricing_country, number];
  return {
    ...row,
    id: (parts as string[]).filter((part) => part !== undefined).join('/'),
    deployment_id: resource_instance_id,
    amount: row['cost'],
    start_at: `${String(month)}-01T00:00:00.000Z`,
    end_at: new Date(Date.UTC(year, index, 1) - 1_000).toISOString(),
    description: row['metric_name'],
    identifier: resource_instance_id,
    resource_identifier: row['resource_id'],
    sku: plan_id,
    units: row['quantity'],
  };
}

/** A role that a policy grants to one subject (sections 4.11 and 4.12). */
function grant(row: Row, subject: string, sandbox: IbmCloudSandbox): Row {
  const { attributes } = row['resource'] as { attributes: Row[] };
  const covers = (key: string): unknown => attributes.find((one) => one['key'] === key)?.['value'];
  const [instance, group, service] = ['serviceInstance', 'resourceGroupId', 'serviceName'].map(covers);
  const { roles } = (row['control'] as { grant: { roles: Row[] } }).grant;
  const role_id = roles.map((one) => String(one['role_id'])).find((crn) => crn.endsWith(`:${String(row['role'])}`));
  const deployment = [...sandbox.rows('deployments')].find(({ guid }) => guid === instance);
  return {
    ...row,
    id: [row['policy_id'], row['role'], row[subject]].map(String).join('/'),
    subject_type: subjectType(String(row[subject])),
    name: row['role'] === 'Nightwatch' ? 'Night watch' : row['role'],
    role_id,
    scope: instance ? 'instance' : group ? 'resource_group' : service ? 'service' : 'account',
    deployment_id: deployment?.['id'],
    service_instance: instance,
    service_name: service,
    resource_group_id: group,
    region: covers('region'),
    resource_tags: (row['resource'] as Row)['tags'],
    time_condition: row['pattern'],
    created_at: utc(row['created_at']),
    last_modified_at: utc(row['last_modified_at']),
  };
}

/** The subject's type, derived from the prefix of its ID (icd-accounts-access.md, 2.19). */
function subjectType(id: string): string {
  if (id.startsWith('iam-ServiceId-')) return 'service_id';
  if (id.startsWith('iam-Profile-')) return 'profile';
  return id.startsWith('AccessGroupId-') ? 'access_group' : 'user';
}

/** The generation, derived from the plan, the field `extensions` or the service (section 1.7). */
function generationOf(row: Row): string {
  const isGen2 =
    /-gen2($|-)/.test(String(row['resource_plan_id'])) ||
    'extensions' in row ||
    String(row['id']).includes(':databases-for-valkey:');
  return isGen2 ? 'gen2' : 'gen1';
}

/** Whether the ID is a CRN of ten segments whose region is valid in a host name (section 1.5). */
export function isSound(id: unknown): boolean {
  const segments = String(id).split(':');
  return segments.length === 10 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(segments[5] ?? '');
}

/** The database type, derived from the service's name or, if a service has several types, from the plan (section 1.5). */
function typeOf(service: string, plan: string): string {
  const engine = service.replace(/^(databases|messages)-for-/, '');
  if (engine === 'mongodb' && plan.includes('enterprise-sharding')) return 'mongodbees';
  if (engine === 'mongodb' && plan.includes('enterprise')) return 'mongodbee';
  if (engine === 'elasticsearch' && plan.includes('platinum')) return 'elasticsearchpl';
  return engine;
}

function deployment(row: Row, detail: Row | undefined, resource_group_name: unknown): Row {
  const [, , , , service = '', region = ''] = String(row['id']).split(':');
  const generation = generationOf(row);
  const operation = (row['last_operation'] ?? {}) as Row;
  const plan_id = row['resource_plan_id'];
  return {
    ...row,
    ...(detail === undefined ? { type: typeOf(service, String(plan_id)) } : { ...detail, name: row['name'] }),
    ...(generation === 'gen2' ? gen2Sizes(row) : {}),
    service,
    generation,
    plan_id,
    region,
    resource_group_name,
    created_at: utc(row['created_at']),
    updated_at: utc(row['updated_at']),
    deleted_at: utc(row['deleted_at']),
    last_operation_type: operation['type'],
    last_operation_state: operation['state'],
    last_operation_description: operation['description'],
  };
}

/** Fields from `extensions`, which has two shapes and may be missing (section 2.4.1). */
function gen2Sizes({ extensions }: Row): Row {
  const services = (extensions as { dataservices: Record<string, Row> } | undefined)?.dataservices;
  if (services === undefined) return {};
  const older = (services['resources'] as { database: Row } | undefined)?.database;
  const sizes = older ?? Object.values(services).find((part) => 'host_flavor' in part) ?? {};
  return {
    version: sizes['version'] ?? services['version'],
    members: sizes['members'],
    shards: sizes['shards'],
    host_flavor: sizes['host_flavor'],
    cpu_count_per_member: sizes['cpu_count'],
    memory_gb_per_member: sizes['memory_gb'],
    storage_gb_per_member: sizes['storage_gb'],
    ...gen2Settings(extensions as Row),
  };
}

/** Fields about backups, encryption and network (sections 2.4.1 and 4.25). */
function gen2Settings(extensions: Row): Row {
  const part = (of: unknown, ...names: string[]): unknown =>
    names.reduce((value, name) => (value as Row | undefined)?.[name], of);
  const services = extensions['dataservices'];
  const backups = part(services, 'backups');
  const days = part(backups, 'retention_days') ?? part(backups, 'retention');
  const authorizations = ['independent_backups', 'resource_group'].map((name) =>
    part(services, 'authorizations', name),
  );
  const vpe = extensions['virtual_private_endpoints'] ?? part(services, 'virtual_private_endpoints');
  return {
    disk_encryption_key_crn: part(services, 'encryption', 'disk'),
    backup_encryption_key_crn: part(services, 'encryption', 'backup'),
    automatic_backups_enabled: part(backups, 'automatic_backups', 'enabled'),
    backup_window_start: part(backups, 'automatic_backups', 'window', 'start_time'),
    backup_retention_days: days === undefined ? undefined : Number.parseInt(days as string, 10),
    backups_preserved: part(backups, 'preserve'),
    pitr_retention_days: part(backups, 'point_in_time_recovery', 'retention_days'),
    independent_backups_authorized: services && authorizations.every((each) => String(each) === 'true'),
    endpoints: part(services, 'endpoints'),
    vpe_dns_domain: part(vpe, 'dns_domain'),
    vpe_ip_addresses: (part(vpe, 'endpoints') as Row[]).map(({ ip_address }) => ip_address),
  };
}

function autoscaling(row: Row): Row {
  const { deployment_id, group_id, resource } = row;
  const scalers = row['scalers'] as { capacity?: Row; io_utilization?: Row };
  const rate = row['rate'] as Row;
  return {
    id: [deployment_id, group_id, resource].join('/'),
    deployment_id,
    generation: 'gen1',
    group_id,
    resource,
    capacity_enabled: scalers.capacity?.['enabled'],
    capacity_free_space_less_than_percent: scalers.capacity?.['free_space_less_than_percent'],
    io_enabled: scalers.io_utilization?.['enabled'],
    io_over_period: scalers.io_utilization?.['over_period'],
    io_above_percent: scalers.io_utilization?.['above_percent'],
    rate_increase_percent: rate['increase_percent'],
    rate_period_seconds: rate['period_seconds'],
    rate_limit_mb_per_member: rate['limit_mb_per_member'],
    rate_limit_count_per_member: rate['limit_count_per_member'],
    rate_units: rate['units'],
  };
}

/** A backup. In generation 2, a backup is itself an instance (section 2.4.2). */
function backup(row: Row): Row {
  if (!('extensions' in row)) return { ...row, generation: 'gen1', created_at: utc(row['created_at']) };
  const { id, name, state } = row;
  const about = (row['extensions'] as { dataservices: { backup: Row } }).dataservices.backup;
  return {
    id,
    deployment_id: about['source_data_service_crn'],
    generation: 'gen2',
    name,
    type: about['type'],
    status: state,
    is_downloadable: false,
    is_restorable: state === 'active',
    created_at: utc(row['created_at']),
    updated_at: utc(row['updated_at']),
    size_gb: about['size_gb'],
    version: about['version'],
    can_be_deleted_after: utc(about['can_be_deleted_after']),
  };
}

/** The sizes of a scaling group. Allocations are the group's totals (section 2.3.5). */
function gen1Scaling(row: Row): Row {
  const { deployment_id, group_id } = row;
  const count = Number(row['count']);
  const flavor = (row['host_flavor'] ?? {}) as Row;
  const amounts = (name: string, part: string, unit: string): Row => {
    const sizes = row[part] as Row;
    const total = Number(sizes[`allocation_${unit}`]);
    // The CPU count is zero if the deployment shares its host's CPUs.
    const own = total > 0 ? { [`${name}_total`]: total, [`${name}_per_member`]: total / count } : {};
    return {
      ...own,
      [`${name}_min`]: sizes[`minimum_${unit}`],
      [`${name}_max`]: sizes[`maximum_${unit}`],
      [`${name}_step`]: sizes[`step_size_${unit}`],
    };
  };
  return {
    id: `${String(deployment_id)}/${String(group_id)}`,
    deployment_id,
    generation: 'gen1',
    group_id,
    ...amounts('members', 'members', 'count'),
    members: (row['members'] as Row)['allocation_count'],
    ...amounts('cpu_count', 'cpu', 'count'),
    ...amounts('memory_mb', 'memory', 'mb'),
    ...amounts('disk_mb', 'disk', 'mb'),
    host_flavor_id: flavor['id'],
    host_flavor_name: flavor['name'],
  };
}

/** Generation 2 reports sizes per member. Totals are null if the number of members is unknown. */
function gen2Scaling(row: Row): Row {
  const { deployment_id, group_id, members, shards } = row;
  const amounts = (name: string, each: unknown, factor: number): Row => {
    if (typeof each !== 'number') return {};
    const total = typeof members === 'number' ? { [`${name}_total`]: each * factor * members } : {};
    return { [`${name}_per_member`]: each * factor, ...total };
  };
  return {
    id: `${String(deployment_id)}/${String(group_id)}`,
    deployment_id,
    generation: 'gen2',
    group_id,
    members,
    shards,
    ...amounts('cpu_count', row['cpu_count'], 1),
    ...amounts('memory_mb', row['memory_gb'], 1024),
    ...amounts('disk_mb', row['storage_gb'], 1024),
    host_flavor_id: row['host_flavor'],
  };
}

function transitions(deployment_id: string, { versions }: { versions: Row[] }): Row[] {
  return versions.flatMap(({ status, is_preferred, transitions: all }) =>
    (all as Row[]).map((one) => ({
      ...one,
      id: [deployment_id, one['from_version'], one['to_version'], one['method']].join('/'),
      deployment_id,
      generation: 'gen1',
      status,
      is_preferred,
    })),
  );
}
