import { type Row, isRow } from '../../../core/record/row.ts';
import { GUID, isRegion, parseCrn } from '../api/crn.ts';
import { within } from '../api/envelope.ts';

/** A row of the inventory that is a database, and what its CRN and plan say of it. */
export interface Deployment {
  /** The CRN. */
  id: string;
  guid: string;
  row: Row;
  service: string;
  generation: 'gen1' | 'gen2';
  /** As the databases themselves call the type: `postgresql`, `mongodbee`. */
  type: string;
  /** Undefined if neither the CRN nor the row tells. */
  account: string | undefined;
  /** Where it is asked about; undefined for generation 2, and for a CRN that must not be gone by. */
  region: string | undefined;
}

/** A backup of generation 2, which is an instance of its own (icd-api.md 2.4.2). */
export interface IndependentBackup {
  id: string;
  row: Row;
  /** What the row says of itself as a backup; empty while it says nothing. */
  backup: Row;
  /** The CRN of the database; undefined if it is not known. */
  source: string | undefined;
}

/** Which of the two a row of the inventory is; undefined for an instance of another service (icd-api.md 1.7, 2.4.2). */
export function classify(row: Row): { deployment: Deployment } | { backup: IndependentBackup } | undefined {
  const id = crnTextOf(row);
  const crn = parseCrn(id);
  // A CRN that is a segment short still names its service.
  const service = textOf(id.split(':')[4]) ?? textOf(row['resource_id']) ?? '';
  const dataservices = dataservicesOf(row);
  const backup = dataservices?.['backup'];
  if (isRow(backup) || isBackupService(service)) {
    const about = isRow(backup) ? backup : {};
    return { backup: { id, row, backup: about, source: textOf(about['source_data_service_crn']) } };
  }
  const engine = engineIn(service);
  if (engine === undefined) return undefined;
  const plan = textOf(row['resource_plan_id']) ?? '';
  const generation = isGen2(plan, dataservices, engine) ? 'gen2' : 'gen1';
  const region = crn !== undefined && isRegion(crn.region) ? crn.region : undefined;
  return {
    deployment: {
      id,
      guid: textOf(row['guid']) ?? textOf(crn?.instance) ?? id,
      row,
      service,
      generation,
      type: typeOf(engine, plan),
      account: textOf(crn?.account) ?? textOf(row['account_id']),
      region: generation === 'gen1' ? region : undefined,
    },
  };
}

/** Whichever of its two names is a CRN, or begins as one; without any, what there is. */
function crnTextOf({ id, crn }: Row): string {
  const texts = [textOf(id), textOf(crn)].filter((text) => text !== undefined);
  return (
    texts.find((text) => parseCrn(text) !== undefined) ??
    texts.find((text) => text.startsWith('crn:')) ??
    texts[0] ??
    ''
  );
}

/** What tells instances apart: the GUID, whether it stands beside the CRN or in it; undefined if there is nothing. */
export function instanceKeyOf(row: Row): string | undefined {
  const id = crnTextOf(row);
  const { instance = '' } = parseCrn(id) ?? {};
  const guid = textOf(row['guid']) ?? (GUID.test(instance) ? instance : undefined);
  // GUIDs are hexadecimal.
  return guid?.toLowerCase() ?? textOf(id);
}

/** What an instance of generation 2 says of itself; it says nothing while it is provisioned. */
function dataservicesOf({ extensions }: Row): Row | undefined {
  const dataservices = isRow(extensions) ? extensions['dataservices'] : undefined;
  return isRow(dataservices) ? dataservices : undefined;
}

/** The sizes of a database of generation 2, of one member each (icd-api.md 2.4.1). */
export interface Gen2Sizes {
  version: unknown;
  members: unknown;
  shards: unknown;
  host_flavor: unknown;
  cpu_count: unknown;
  memory_gb: unknown;
  storage_gb: unknown;
}

/** In the form of today, or in that of 2025; undefined while the instance does not tell them. */
export function gen2SizesOf({ row, service }: Pick<Deployment, 'row' | 'service'>): Gen2Sizes | undefined {
  const dataservices = dataservicesOf(row);
  if (dataservices === undefined) return undefined;
  const { resources } = dataservices;
  const old = isRow(resources) ? resources['database'] : undefined;
  const sizes = isRow(old) ? { version: dataservices['version'], ...old } : engineBlockOf(dataservices, service);
  if (sizes === undefined) return undefined;
  const { version, members, shards, host_flavor, cpu_count, memory_gb, storage_gb } = sizes;
  return { version, members, shards, host_flavor, cpu_count, memory_gb, storage_gb };
}

/** The CRN of the key that encrypts the disks; null if it is not told. */
export function diskKeyOf(row: Row): unknown {
  return within(dataservicesOf(row)?.['encryption'], 'disk');
}

/** What stands under the name of the engine, or else the one block that has sizes. */
function engineBlockOf(dataservices: Row, service: string): Row | undefined {
  const engine = engineIn(service) ?? '';
  for (const key of engine === 'mongodb' ? ['mongodb', 'mongodbee', 'mongodbees'] : [engine]) {
    const block = dataservices[key];
    if (isRow(block)) return block;
  }
  const blocks = Object.values(dataservices)
    .filter(isRow)
    .filter((block) => 'host_flavor' in block || 'storage_gb' in block);
  return blocks.length === 1 ? blocks[0] : undefined;
}

const BACKUPS = 'databases-independent-backups';

export function isBackupService(service: string): boolean {
  return service === BACKUPS || (engineIn(service)?.endsWith('-backup') ?? false);
}

/** Whether the service has databases, or backups of them. */
export function isDatabaseService(service: string): boolean {
  return isBackupService(service) || engineIn(service) !== undefined;
}

/** `postgresql` of `databases-for-postgresql`; undefined if the service has no databases. New engines need no release. */
export function engineIn(service: string): string | undefined {
  return /^(?:databases|messages)-for-(.+)$/.exec(service)?.[1];
}

function isGen2(plan: string, dataservices: Row | undefined, engine: string): boolean {
  // Valkey has no other.
  return /-gen2(?:$|-.+)/i.test(plan) || dataservices !== undefined || engine === 'valkey';
}

/** The type in the words of the databases' API, which tells some plans of one service apart (icd-api.md 1.5). */
function typeOf(engine: string, plan: string): string {
  if (engine === 'elasticsearch') return plan.includes('platinum') ? 'elasticsearchpl' : engine;
  if (engine !== 'mongodb') return engine;
  if (plan.includes('enterprise-sharding')) return 'mongodbees';
  return plan.includes('enterprise') ? 'mongodbee' : engine;
}

/** A text that is there; IBM writes null, "" and nothing at all for one that is not. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
