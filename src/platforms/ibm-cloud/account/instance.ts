import { type Row, isRow } from '../../../core/record/row.ts';
import type { Partition } from '../../../core/retrieval/partitions.ts';
import { isRegion, parseCrn } from '../api/crn.ts';
import { type Endpoints, endpointAt } from '../api/endpoints.ts';
import { textOf, within } from '../api/values.ts';

export interface Deployment {
  kind: 'deployment';
  /** The instance's CRN. */
  id: string;
  /** The row returned by the Resource Controller. */
  row: Row;
  service: string;
  generation: 'gen1' | 'gen2';
  /** The type's name in the databases API, such as `postgresql` or `mongodbee`. */
  type: string;
  /** The account's id. */
  account: string | undefined;
  /** The region whose databases API serves the instance. Undefined for generation 2, or if the CRN is unsupported. */
  region: string | undefined;
  /** Shared by all generation 1 streams, because thousands of partitions take megabytes. Undefined if `region` is undefined. */
  partition: Partition | undefined;
}

/** A generation 2 backup, which is a separate instance (icd-api.md 2.4.2). */
export interface IndependentBackup {
  kind: 'independent backup';
  id: string;
  row: Row;
  account: string | undefined;
  /** `extensions.dataservices.backup`, or an empty object if the row does not contain it. */
  backup: Row;
  /** The CRN of the backed-up deployment (which may have been deleted), or undefined if unknown. */
  source: string | undefined;
}

export type Instance = Deployment | IndependentBackup;

const BACKUPS = 'databases-independent-backups';

/** Classifies a row of the inventory. Returns undefined if the service isn't a database service (icd-api.md 1.7, 2.4.2). */
export function instanceOf(id: string, row: Row, endpoints: Endpoints): Instance | undefined {
  const crn = parseCrn(id);
  // Even an incomplete CRN usually contains the service.
  const service = textOf(id.split(':')[4]) ?? textOf(row['resource_id']) ?? '';
  const dataservices = dataservicesOf(row);
  const account = textOf(row['account_id']) ?? textOf(crn?.account);
  const backup = dataservices?.['backup'];
  const engine = engineIn(service);
  if (isRow(backup) || service === BACKUPS || engine?.endsWith('-backup') === true) {
    const details = isRow(backup) ? backup : {};
    const source = textOf(details['source_data_service_crn']);
    return { kind: 'independent backup', id, row, account, backup: details, source };
  }
  if (engine === undefined) return undefined;
  const plan = textOf(row['resource_plan_id']) ?? '';
  // Valkey is available only in generation 2.
  const isGen2 = /-gen2(?:$|-.+)/i.test(plan) || dataservices !== undefined || engine === 'valkey';
  const region = !isGen2 && crn !== undefined && isRegion(crn.region) ? crn.region : undefined;
  const fields = { account_id: account ?? null, deployment_id: id, generation: 'gen1' };
  const label = labelOf({ kind: 'deployment', id, row });
  return {
    kind: 'deployment',
    id,
    row,
    service,
    generation: isGen2 ? 'gen2' : 'gen1',
    type: typeOf(engine, plan),
    account,
    region,
    partition:
      region === undefined ? undefined : { id, label, origin: endpointAt(endpoints.databases, region), fields },
  };
}

/** `extensions.dataservices`, which is absent in generation 1 and during provisioning. */
export function dataservicesOf({ extensions }: Row): Row | undefined {
  const dataservices = within(extensions, 'dataservices');
  return isRow(dataservices) ? dataservices : undefined;
}

const SIZES = ['members', 'shards', 'host_flavor', 'cpu_count', 'memory_gb', 'storage_gb'];

/** The version and per-member sizes of a generation 2 deployment (icd-api.md 2.4.1). Undefined if there are no sizes. */
export function gen2SizesOf(row: Row): Row | undefined {
  const dataservices = dataservicesOf(row);
  if (dataservices === undefined) return undefined;
  // The sizes are in a block named after the engine or, in the 2025 format, in `resources.database`.
  const blocks = [...Object.values(dataservices), within(dataservices['resources'], 'database')];
  const sizes = blocks.filter(isRow).find((block) => SIZES.some((name) => name in block));
  return sizes && { version: dataservices['version'], ...sizes };
}

/** Whether the service provides databases or their backups. */
export function isDatabaseService(service: string): boolean {
  return service === BACKUPS || engineIn(service) !== undefined;
}

/** The engine in a database service's name, such as `postgresql`, or undefined for other services. The pattern also matches new engines. */
function engineIn(service: string): string | undefined {
  return /^(?:databases|messages)-for-(.+)$/.exec(service)?.[1];
}

/** For some services, the type in the databases API depends on the plan (icd-api.md 1.5). */
function typeOf(engine: string, plan: string): string {
  if (engine === 'elasticsearch') return plan.includes('platinum') ? 'elasticsearchpl' : engine;
  if (engine !== 'mongodb') return engine;
  if (plan.includes('enterprise-sharding')) return 'mongodbees';
  return plan.includes('enterprise') ? 'mongodbee' : engine;
}

/** The name of an instance in messages. */
export function labelOf({ kind, id, row }: Pick<Instance, 'kind' | 'id' | 'row'>): string {
  const { name } = row;
  return typeof name === 'string' && name !== '' && name.length <= 100 ? `${kind} ${name} (${id})` : `${kind} ${id}`;
}
