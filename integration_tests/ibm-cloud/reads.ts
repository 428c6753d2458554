import { expect } from 'vitest';
import { type Fault, type IbmCloudSandbox, type IbmCloudSandboxOptions, startSandbox } from '../../sandbox/server.ts';
import {
  type ConfiguredCatalog,
  type DiscoveredStream,
  type SyncMode,
  configure,
} from '../../test-support/catalogs.ts';
import { type ConnectorOptions, runConnector } from '../../test-support/connector.ts';
import { firstOf, messagesOf } from '../../test-support/transcript.ts';
import { Workspace } from '../../test-support/workspace.ts';
import { type ReadResult, judge } from '../reads.ts';
import { type Row, STREAMS, STREAM_NAMES, type StreamName, fieldsOf, isSound } from './expected.ts';

/** The time on the sandbox's clock. It is in the past, because cursor values never exceed the real time. */
const NOW = '2025-06-02T12:00:00Z';

/** A time before all data in the sandbox. */
const START = '2024-05-01T00:00:00Z';

/** The number of months from START to NOW, including both. With fewer months, reads would log a warning about months that are too old. */
const USAGE_MONTHS = 14;

export const TOKEN_PATH = '/iam/identity/token';
export const INSTANCES = '/resource-controller/v2/resource_instances';

export type AccountOptions = Partial<Omit<IbmCloudSandboxOptions, 'platform'>>;

/** A read's options, in addition to the account's config. */
export interface ReadOptions {
  /** Options at the top level of the config. */
  config?: Row;
  /** Options below `platform`. */
  platform?: Row;
  mode?: SyncMode;
  /** The streams to read. Default: all streams. */
  streams?: readonly (StreamName | 'audit_events')[];
  /** The content of the state file. Default: no state file. */
  state?: string | object | undefined;
  run?: ConnectorOptions;
}

export interface Account {
  sandbox: IbmCloudSandbox;
  workspace: Workspace;
  config: (platform?: Row, more?: Row) => Row;
  /** Runs a read with the built program. Default: a full refresh of all streams. */
  read: (options?: ReadOptions) => Promise<ReadResult>;
}

/** Runs a test with its own IBM Cloud account and workspace, and then removes both. */
export async function ibmCloud<T>(options: AccountOptions, test: (account: Account) => Promise<T>): Promise<T> {
  const defaults = { now: NOW, usageMonths: USAGE_MONTHS, oddInstances: true };
  const sandbox = await startSandbox({ ...defaults, ...options, platform: 'ibm_cloud' });
  const workspace = new Workspace('ibm-cloud');
  const config: Account['config'] = (platform, more) => ({
    platform: {
      name: 'ibm_cloud',
      api_key: sandbox.apiKey,
      endpoints: sandbox.endpoints,
      // Read usage as one list per month, so that faults and counts apply to all usage.
      billing: 'account',
      access_review: true,
      api_keys: true,
      ...platform,
    },
    start_date: START,
    ...more,
  });
  const read: Account['read'] = async (given = {}) => {
    const catalog = await catalogOf(given.mode ?? 'full_refresh', given.streams);
    const args = [
      'read',
      ...['--config', workspace.file('config.json', config(given.platform, given.config))],
      ...['--catalog', workspace.file('catalog.json', catalog)],
      ...(given.state === undefined ? [] : ['--state', workspace.file('state.json', given.state)]),
    ];
    const finished = await runConnector(args, given.run);
    return judge(finished, catalog, given.run?.killAfterLines?.signal);
  };
  try {
    return await test({ sandbox, workspace, config, read });
  } finally {
    workspace.remove();
    await sandbox.close();
  }
}

let discovering: Promise<readonly DiscoveredStream[]> | undefined;

/** The streams that `discover` lists for an IBM Cloud config with a Logs instance. No server is needed. */
export function discovered(): Promise<readonly DiscoveredStream[]> {
  discovering ??= discover();
  return discovering;
}

async function discover(): Promise<readonly DiscoveredStream[]> {
  const workspace = new Workspace('discover');
  try {
    const logs_instances = ['crn:v1:bluemix:public:logs:eu-de:a/0:a0000000-0000-4000-8000-000000000001::'];
    const platform = {
      name: 'ibm_cloud',
      api_key: 'k'.repeat(44),
      logs_instances,
      access_review: true,
      api_keys: true,
    };
    const config = workspace.file('config.json', { platform });
    const { stdout } = await runConnector(['discover', '--config', config]);
    return firstOf(messagesOf(stdout), 'CATALOG').catalog.streams;
  } finally {
    workspace.remove();
  }
}

/** A configured catalog of the named streams. Default: all streams except `audit_events`. */
export async function catalogOf(mode: SyncMode, names: readonly string[] = STREAM_NAMES): Promise<ConfiguredCatalog> {
  const streams = await discovered();
  return configure(
    streams.filter(({ name }) => names.includes(name)),
    mode,
  );
}

/** The keys of a stream's records, in order. */
export function keysRead({ records }: Pick<ReadResult, 'records'>, name: StreamName): string[] {
  return rowsRead(records, name).map((row) => String(row[STREAMS[name].key]));
}

/** The records of a stream, with missing fields set to null. */
export function rowsRead(records: ReadResult['records'], name: StreamName): readonly Row[] {
  const nulls = Object.fromEntries(fieldsOf(name).map((field) => [field, null]));
  return (records.get(name) ?? []).map((row) => ({ ...nulls, ...row }));
}

export function logged({ logs }: Pick<ReadResult, 'logs'>, level: string): string[] {
  return logs.filter((log) => log.level === level).map(({ message }) => message);
}

/** Sorts rows by key, so that their order is ignored in comparisons. */
export function byKey(name: StreamName, rows: readonly Row[]): Row[] {
  const { key } = STREAMS[name];
  return rows.toSorted((one, other) => (String(one[key]) < String(other[key]) ? -1 : 1));
}

/** Expects the stream to contain exactly these rows, each once. */
export function expectRows(result: Pick<ReadResult, 'records'>, name: StreamName, rows: readonly Row[]): void {
  const read = byKey(name, rowsRead(result.records, name)).map(judgeable);
  expect(read, name).toEqual(byKey(name, rows).map(judgeable));
}

/** Removes fields whose values aren't specified for an invalid CRN: the region and, if the CRN is too short, the service and type. */
function judgeable(row: Row): Row {
  const { id, generation } = row;
  if (!('guid' in row) || generation !== 'gen1' || isSound(id)) return row;
  const unknown = String(id).split(':').length === 10 ? ['region'] : ['region', 'service', 'type'];
  return Object.fromEntries(Object.entries(row).filter(([field]) => !unknown.includes(field)));
}

/** A deployment's path in the sandbox, as in faults and the request log. */
export function pathOf(deployment: string, report = ''): string {
  const [, , , , , region = ''] = deployment.split(':');
  return `/databases/${region}/v5/ibm/deployments/${deployment.replaceAll('/', '%2F')}${report}`;
}

export const EVERY_DEPLOYMENT = '/databases/*/v5/ibm/deployments/*';

/** The paths of a deployment's lists, below the deployment's path. */
export const REPORT_PATHS = {
  deployments_allowlists: '/allowlists/ip_addresses',
  deployments_autoscalings: '/groups/member/autoscaling',
  deployments_backups: '/backups',
  deployments_recipes: '/tasks',
  deployments_recovery_windows: '/point_in_time_recovery_data',
  deployments_replicas: '/remotes',
  deployments_scalings: '/groups',
  deployments_versions: '/capability/versions',
} as const satisfies Partial<Record<StreamName, string>>;

export type DeploymentReport = keyof typeof REPORT_PATHS;

/** The IDs of the generation 1 deployments, which are the only deployments with per-deployment requests. */
export function gen1Of(sandbox: IbmCloudSandbox): string[] {
  return [...sandbox.rows('deployments')]
    .filter(
      (row) => !('extensions' in row) && isSound(row['id']) && !/-gen2($|-)/.test(String(row['resource_plan_id'])),
    )
    .map(({ id }) => String(id));
}

export function timesAsked(sandbox: IbmCloudSandbox, path: string): number {
  return sandbox.stats().byPath[path] ?? 0;
}

/** A fault without `path` and `times`. The type is distributive, so that each kind keeps its fields. */
export type Kind = Fault extends infer F ? (F extends Fault ? Omit<F, 'path' | 'times'> : never) : never;
