import { noise, pick, upTo } from '../noise.ts';
import type { Row } from '../platform.ts';
import { resourceGroupIds } from './resource-groups.ts';
import { DAY, Kind, type World, accountId, crn, fakeSecret, regionOf, spell, uuid } from './world.ts';

/** A generation 1 engine in one of its plans (icd-api.md, 1.5). */
export interface Engine {
  readonly service: string;
  readonly plan: string;
  readonly type: string;
  /** The versions, from oldest to newest. The second-to-last version is preferred, and the last version is in beta. */
  readonly versions: readonly [string, ...string[]];
  readonly members: number;
  /** Endpoints that only some engines support. */
  readonly replicas?: true;
  readonly recovery?: true;
  /** Scaling groups in addition to `member`. */
  readonly groups?: readonly string[];
}

export const ENGINES: readonly [Engine, ...Engine[]] = [
  {
    service: 'databases-for-postgresql',
    plan: 'standard',
    type: 'postgresql',
    versions: ['13', '15', '16', '17'],
    members: 2,
    replicas: true,
    recovery: true,
  },
  { service: 'databases-for-redis', plan: 'standard', type: 'redis', versions: ['6.2', '7.2', '8.0'], members: 2 },
  {
    service: 'databases-for-mongodb',
    plan: 'enterprise',
    type: 'mongodbee',
    versions: ['6.0', '7.0', '8.0'],
    members: 3,
    recovery: true,
    groups: ['analytics', 'bi_connector'],
  },
  { service: 'messages-for-rabbitmq', plan: 'standard', type: 'rabbitmq', versions: ['3.13', '4.1'], members: 3 },
  {
    service: 'databases-for-mysql',
    plan: 'standard',
    type: 'mysql',
    versions: ['8.0', '8.4'],
    members: 3,
    recovery: true,
  },
  { service: 'databases-for-etcd', plan: 'standard', type: 'etcd', versions: ['3.5'], members: 3 },
  {
    service: 'databases-for-postgresql',
    plan: 'standard',
    type: 'postgresql',
    versions: ['13', '15', '16', '17'],
    members: 3,
    replicas: true,
    recovery: true,
  },
  {
    service: 'databases-for-enterprisedb',
    plan: 'standard',
    type: 'enterprisedb',
    versions: ['12', '16'],
    members: 3,
    replicas: true,
    recovery: true,
  },
  {
    service: 'databases-for-elasticsearch',
    plan: 'enterprise',
    type: 'elasticsearch',
    versions: ['8.15', '9.1'],
    members: 3,
  },
  {
    service: 'databases-for-elasticsearch',
    plan: 'platinum',
    type: 'elasticsearchpl',
    versions: ['8.15', '9.1'],
    members: 3,
  },
  { service: 'databases-for-mongodb', plan: 'standard', type: 'mongodb', versions: ['6.0', '7.0'], members: 3 },
  {
    service: 'databases-for-mongodb',
    plan: 'enterprise-sharding',
    type: 'mongodbees',
    versions: ['7.0', '8.0'],
    members: 3,
  },
];

/** The values from which an instance's row is built. */
export interface InstanceParts {
  readonly index: number;
  readonly id: string;
  readonly guid: string;
  readonly name: string;
  readonly service: string;
  readonly plan: string;
  readonly region: string;
  readonly created: number;
  /** Determines the resource group. Default: the instance's index. */
  readonly group?: number;
}

const NAMES = ['orders', 'ledger', 'sessions', 'Çelik "étape"', 'search', 'queue'] as const;

/** An instance in the Resource Controller's list (icd-api.md, 2.1). */
export function instanceRow(world: World, parts: InstanceParts): Row {
  const { index, id, guid, service, plan, region, created } = parts;
  const groups = resourceGroupIds(world);
  const group = groups[(parts.group ?? index) % groups.length] ?? '';
  const account = accountId(world);
  // Recently created instances haven't been changed yet.
  const updated = created + 40 * DAY <= world.clock.start ? created + 40 * DAY : created;
  return {
    id,
    guid,
    url: `/v2/resource_instances/${guid}`,
    crn: id,
    name: parts.name,
    state: 'active',
    type: 'service_instance',
    sub_type: index % 2 === 0 ? '' : 'Public',
    account_id: account,
    region_id: region,
    resource_group_id: group,
    resource_group_crn: `crn:v1:bluemix:public:resource-controller::a/${account}::resource-group:${group}`,
    resource_id: service,
    resource_plan_id: plan,
    target_crn: `crn:v1:bluemix:public:globalcatalog::::deployment:${plan}%3A${region}`,
    created_at: spell(world, created, index),
    updated_at: spell(world, updated, index + 1),
    deleted_at: null,
    created_by: 'IBMid-0000000001',
    updated_by: index % 2 === 0 ? '' : 'IBMid-0000000001',
    deleted_by: '',
    scheduled_reclaim_at: null,
    restored_at: null,
    scheduled_reclaim_by: '',
    restored_by: '',
    reseller_channel_id: '',
    controlled_by: '',
    allow_cleanup: false,
    migrated: index % 4 === 1,
    locked: index % 5 === 2,
    onetime_credentials: false,
    dashboard_url: `https://cloud.ibm.com/services/${service}/${guid}`,
    last_operation: {
      type: 'update',
      state: 'succeeded',
      description: null,
      updated_at: spell(world, updated, 1),
    },
    plan_history: [
      { resource_plan_id: plan, start_date: spell(world, created, index), requestor_id: 'IBMid-0000000001' },
    ],
    // This link leads to credentials, so clients must not follow it.
    resource_keys_url: `/v2/resource_instances/${guid}/resource_keys`,
  };
}

/** The name of the nth instance of a kind. The number at the end makes the name unique. */
export function instanceName(index: number, kind: string): string {
  return `${pick(NAMES, index)}-${kind}-${index}`;
}

export function engineOf(deployment: number): Engine {
  return pick(ENGINES, deployment);
}

export function versionOf(deployment: number): string {
  const { versions } = engineOf(deployment);
  return pick(versions, deployment);
}

/** The CRN of the nth generation 1 deployment. With `oddInstances`, some CRNs have the cname `staging` (icd-api.md, 1.5). */
export function deploymentId(world: World, deployment: number): string {
  const cname = world.options.oddInstances && deployment % 6 === 4 ? 'staging' : 'bluemix';
  const { service } = engineOf(deployment);
  return crn(world, { cname, service, region: regionOf(world, deployment), guid: deploymentGuid(world, deployment) });
}

function deploymentGuid(world: World, deployment: number): string {
  return uuid(world, Kind.deployment, 0, deployment);
}

/** The creation date of a deployment, between three months and two years before the sandbox's start. */
export function createdOf(world: World, deployment: number): number {
  return world.clock.start - (90 + (noise(world.seed, 430, deployment) % 640)) * DAY;
}

/** The row of a generation 1 deployment in the list of instances. */
export function deploymentRow(world: World, deployment: number): Row {
  const { service, plan } = engineOf(deployment);
  return instanceRow(world, {
    index: deployment,
    id: deploymentId(world, deployment),
    guid: deploymentGuid(world, deployment),
    name: instanceName(deployment, 'g1'),
    service,
    plan: `${service}-${plan}`,
    region: regionOf(world, deployment),
    created: createdOf(world, deployment),
  });
}

/** A single deployment as the databases API returns it (icd-api.md, 2.3.2). */
export function deploymentDetail(world: World, deployment: number): Row {
  const id = deploymentId(world, deployment);
  return {
    id,
    name: id,
    type: engineOf(deployment).type,
    platform: deployment % 7 === 6 ? 'satellite' : 'classic',
    platform_options: deployment % 2 === 0 ? null : { disk_encryption_key_crn: `${id.slice(0, -2)}:key:k` },
    version: versionOf(deployment),
    admin_usernames: { database: 'admin' },
    enable_public_endpoints: deployment % 2 === 0,
    enable_private_endpoints: deployment % 3 !== 0,
  };
}

/** Instances with CRNs that a client must not trust (icd-api.md, 1.5). */
export function oddRows(world: World): Row[] {
  if (!world.options.oddInstances) return [];
  const guid = (index: number): string => uuid(world, Kind.odd, 0, index);
  const odd = (index: number, id: string, region: string): Row =>
    instanceRow(world, {
      index,
      id,
      guid: guid(index),
      name: instanceName(index, 'odd'),
      service: 'databases-for-redis',
      plan: 'databases-for-redis-standard',
      region,
      created: createdOf(world, index),
    });
  const service = 'databases-for-redis';
  const evil = 'us-south.evil.example';
  return [
    // If inserted into a host name, this region would point to a foreign host.
    odd(0, crn(world, { service, region: evil, guid: guid(0) }), evil),
    // This CRN lacks one segment.
    odd(1, crn(world, { service, region: 'us-south', guid: guid(1) }).slice(0, -1), 'us-south'),
  ];
}

/** Instances of other services, which a client for databases must skip. */
export function otherRows(world: World): Row[] {
  return upTo(world.options.otherInstances).map((index) => {
    const service = pick(['cloud-object-storage', 'kms', 'databases'] as const, index);
    const guid = uuid(world, Kind.other, 0, index);
    return instanceRow(world, {
      index,
      id: crn(world, { service, region: 'global', guid }),
      guid,
      name: instanceName(index, 'other'),
      service,
      plan: `${service}-standard`,
      region: 'global',
      created: createdOf(world, index),
    });
  });
}

/** The parameters of the last request that changed an instance. They may contain passwords. */
export function secretParameters(world: World, index: number): Row {
  return { dataservices: { members: 3 }, users: [{ username: 'admin', password: fakeSecret(world, 2, index) }] };
}
