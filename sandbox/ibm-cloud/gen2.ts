import { noise, pick, upTo } from '../noise.ts';
import type { Row } from '../platform.ts';
import { createdOf, instanceName, instanceRow, secretParameters } from './deployments.ts';
import { DAY, HOUR, Kind, MINUTE, type World, crn, fakeSecret, iso, regionOf, uuid } from './world.ts';

/** A generation 2 engine. The engine's key in `extensions.dataservices` can differ from the service's name. */
interface Gen2Engine {
  readonly service: string;
  readonly plan: string;
  readonly key: string;
  readonly version: string;
  readonly flavor: string;
  readonly memoryGb: number;
  readonly storageGb: number;
}

const ENGINES: readonly [Gen2Engine, ...Gen2Engine[]] = [
  { ...sized('postgresql', '18', 20), storageGb: 50 },
  { ...sized('mongodb', '8.0', 20), key: 'mongodbees', plan: 'enterprise-sharding', storageGb: 40 },
  { ...sized('redis', '8.2', 16), storageGb: 12.5 },
  { ...sized('mysql', '8.4', 20), storageGb: 25 },
  { ...sized('valkey', '8.1', 16), storageGb: 15 },
  { ...sized('elasticsearch', '9.1', 20), storageGb: 100 },
  { ...sized('rabbitmq', '4.1', 20), service: 'messages-for-rabbitmq' },
  { ...sized('mongodb', '8.0', 20), storageGb: 40 },
];

/** How long provisioning takes. During provisioning, a deployment has no `extensions`. */
const PROVISIONED_AFTER = HOUR;

const BACKUP_TAKES = 40 * MINUTE;

function sized(key: string, version: string, memoryGb: number): Gen2Engine {
  const flavor = memoryGb === 16 ? 'bxf.4x16' : 'bx3d.4x20';
  return { service: `databases-for-${key}`, plan: 'standard', key, version, flavor, memoryGb, storageGb: 10 };
}

function guidOf(world: World, index: number): string {
  return uuid(world, Kind.gen2, 0, index);
}

/** The CRN of the nth generation 2 deployment. */
export function gen2Id(world: World, index: number): string {
  const { service } = pick(ENGINES, index);
  return crn(world, { service, region: regionOf(world, index + 1), guid: guidOf(world, index) });
}

/** Whether the deployment is still being provisioned. The fourth of every eight deployments is new when the sandbox starts. */
function isProvisioning(world: World, index: number): boolean {
  return index % ENGINES.length === 3 && world.clock.now < world.clock.start + PROVISIONED_AFTER;
}

/** Returns one row with a deployment's sizes, or an empty list while the deployment has no `extensions`. */
export function gen2Scaling(world: World, index: number): Row[] {
  if (isProvisioning(world, index)) return [];
  const { dataservices } = extensions(world, index) as { dataservices: Record<string, Row> };
  const { key } = pick(ENGINES, index);
  const sizes = dataservices[key] ?? (dataservices['resources'] as { database: Row }).database;
  return [{ ...sizes, deployment_id: gen2Id(world, index), group_id: 'member' }];
}

/** The row of a generation 2 deployment (icd-api.md, 2.4.1). */
export function gen2Row(world: World, index: number): Row {
  const { service, plan } = pick(ENGINES, index);
  const region = regionOf(world, index + 1);
  const provisioning = isProvisioning(world, index);
  const created = index % ENGINES.length === 3 ? world.clock.start - MINUTE : createdOf(world, index + 500);
  const row = instanceRow(world, {
    index,
    id: gen2Id(world, index),
    guid: guidOf(world, index),
    name: instanceName(index, 'g2'),
    service,
    plan: `${service}-${planName(index, plan)}`,
    region,
    created,
  });
  return {
    ...row,
    target_crn: `crn:v1:bluemix:public:globalcatalog::::deployment:${service}-${plan}-gen2%3A${region}`,
    dashboard_url: null,
    state: provisioning ? 'provisioning' : 'active',
    last_operation: {
      type: provisioning ? 'create' : 'update',
      state: provisioning ? 'in progress' : 'succeeded',
      async: true,
      description: provisioning ? 'Started' : 'done',
      cancelable: !provisioning,
      poll: provisioning,
    },
    parameters: secretParameters(world, index),
    ...(!provisioning && { extensions: extensions(world, index) }),
  };
}

/**
 * Adds the generation to a plan's name, as a prefix or a suffix. Valkey exists only in generation 2, and its plan omits the generation
 * (icd-api.md, 1.7).
 */
function planName(index: number, plan: string): string {
  if (pick(ENGINES, index).key === 'valkey') return plan;
  return index % 2 === 0 ? `gen2-${plan}` : `${plan}-gen2`;
}

function extensions(world: World, index: number): Row {
  const { key, version, flavor, memoryGb, storageGb } = pick(ENGINES, index);
  const password = fakeSecret(world, 3, index);
  const host = `${guidOf(world, index)}.example.invalid`;
  const connection = { [key]: { type: 'uri', composed: [`${key}://$USER:${password}@${host}:5432/ibmclouddb`] } };
  // For Redis, use the older shape, which IBM documented in 2025.
  if (key === 'redis') {
    const database = { members: 2, host_flavor: flavor, storage_gb: storageGb };
    const older = { version, resources: { database }, endpoints: 'private', virtual_private_endpoints: vpe(host) };
    return { dataservices: { ...older, connection } };
  }
  const members = key === 'mongodbees' ? { shards: 2 } : { members: 2 + (index % 2) };
  return {
    dataservices: {
      $schema: { version: '1.0.0' },
      [key]: {
        version,
        ...members,
        host_flavor: flavor,
        cpu_count: 4,
        memory_gb: memoryGb,
        storage_gb: storageGb,
        configuration: key === 'postgresql' ? { max_connections: 200 } : {},
      },
      encryption: { disk: `crn:v1:bluemix:public:kms:${regionOf(world, index + 1)}:a/x:k:key:${index}` },
      backups: {
        automatic_backups: { enabled: index % 5 !== 4, window: { start_time: '02:30Z' } },
        ...(index % 2 === 0 ? { retention: '30d' } : { retention_days: 30 }),
        ...(key !== 'mysql' && { preserve: index % 4 === 1 }),
        point_in_time_recovery: { retention_days: 7 },
      },
      authorizations: { independent_backups: true, resource_group: index % 3 === 1 ? false : 'true' },
      connection,
    },
    virtual_private_endpoints: vpe(host),
  };
}

function vpe(host: string): Row {
  return {
    dns_domain: host,
    dns_hosts: ['', '*'],
    origin_type: 'vpc',
    endpoints: [
      { ip_address: '10.0.0.1', zone: 'zone-1' },
      { ip_address: '10.0.1.1', zone: 'zone-2' },
    ],
    ports: [{ port_min: 5432, port_max: 5432 }],
  };
}

/**
 * The independent backups of generation 2, which are instances themselves (icd-api.md, 2.4.2). Each database has a daily backup for the
 * last `gen2Backups` days. The newest backup of every second database is unfinished when the sandbox starts. The last database has been
 * deleted, but its backups still exist.
 */
export function gen2BackupRows(world: World): Row[] {
  const { gen2Backups, gen2Deployments } = world.options;
  if (gen2Backups === 0) return [];
  return upTo(gen2Deployments + 1).flatMap((database) => {
    const offset = database % 2 === 0 ? 5 * MINUTE : HOUR + (noise(world.seed, 431, database) % (20 * HOUR));
    const newest = Math.floor((world.clock.now - world.clock.start + offset) / DAY);
    return upTo(gen2Backups).map((back) => gen2BackupRow(world, database, newest - back, offset));
  });
}

function gen2BackupRow(world: World, database: number, day: number, offset: number): Row {
  const { key, version } = pick(ENGINES, database);
  const started = world.clock.start - offset + day * DAY;
  // Days before the start are negative, but ids require positive numbers.
  const serial = 100_000 + day;
  const running = world.clock.now < started + BACKUP_TAKES;
  const independent = serial % 2 === 0;
  const service = independent ? 'databases-independent-backups' : `databases-for-${key}-backup`;
  const region = regionOf(world, database + 1);
  const guid = uuid(world, Kind.gen2Backup, database, serial);
  const row = instanceRow(world, {
    index: serial,
    id: crn(world, { service, region, guid }),
    guid,
    name: `${instanceName(database, 'g2')}-${iso(started).slice(0, 10)}`,
    service,
    plan: independent ? 'databases-independent-backups-gen2-standard' : `${service}-standard`,
    region,
    created: started,
    group: database,
  });
  return {
    ...row,
    state: running ? 'provisioning' : 'active',
    dashboard_url: null,
    updated_at: row['created_at'],
    last_operation: {
      type: 'create',
      state: running ? 'in progress' : 'succeeded',
      description: null,
      updated_at: row['created_at'],
    },
    extensions: {
      dataservices: {
        backup: {
          type: pick(['automatic', 'on_demand', 'scheduled'] as const, serial),
          version,
          ...(!running && { size_gb: 12.5 + database }),
          can_be_deleted_after: iso(started + 30 * DAY),
          source_data_service_crn: gen2Id(world, database),
        },
      },
    },
  };
}
