import fastify, { type FastifyInstance } from 'fastify';
import { createCompose } from './compose/platform.ts';
import type { RecipeChange } from './compose/recipes.ts';
import { STREAM_NAMES, type StreamName } from './compose/reports.ts';
import { serveControl } from './control.ts';
import { type Fault, FaultList } from './faults/fault.ts';
import { type Endpoints, createIbmCloud, endpointsAt } from './ibm-cloud/platform.ts';
import type { IbmCloudStreamName } from './ibm-cloud/reports.ts';
import {
  type CommonOptions,
  type Given,
  type IbmCloudSandboxOptions,
  type SandboxOptions,
  withDefaults,
  withIbmCloudDefaults,
} from './options.ts';
import type { Platform, Row } from './platform.ts';
import { serveApi } from './serve-api.ts';
import { Quota, type RequestEntry, Statistics, type Stats } from './traffic.ts';

export { STREAM_NAMES };
export type { Fault, IbmCloudSandboxOptions, IbmCloudStreamName, SandboxOptions, StreamName };

/** The members that every running sandbox has. */
interface RunningSandbox<Stream extends string> {
  readonly deploymentIds: readonly string[];
  /** The number of records that a full read of each stream must emit. */
  counts(): Readonly<Record<Stream, number>>;
  /** The primary keys that a full read of the stream must emit. */
  keys(stream: Stream): Iterable<string>;
  /** Replaces all faults and resets their counters. */
  setFaults(faults: readonly Fault[]): void;
  stats(): Stats;
  /** The latest requests, oldest first. */
  readonly requests: readonly RequestEntry[];
  /** Closes all connections, including hanging requests. */
  close(): Promise<void>;
}

/** A running Compose sandbox. The keys of audit events start with the newest event. */
export interface Sandbox extends RunningSandbox<StreamName> {
  /** The address, including the version, as in the connector's option `base_url`. */
  readonly baseUrl: string;
  readonly token: string;
  /** Adds audit events that are newer than all existing events, except for future events. */
  addEvents(count: number): void;
  /** Marks all cursors issued so far as old. The option `oldCursors` determines the response to old cursors. */
  forgetCursors(): void;
  /**
   * Changes a recipe of the given deployment, or of the first deployment by default. Each call changes a different
   * recipe.
   */
  touchRecipe(deploymentId?: string): RecipeChange;
  /** Adds a recipe to the given deployment, or to the first deployment by default. */
  addRecipe(deploymentId?: string): RecipeChange;
}

/** A running IBM Cloud sandbox, with all services below one address. */
export interface IbmCloudSandbox extends RunningSandbox<IbmCloudStreamName> {
  /** The address. Each service has its own path below this address. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly accountId: string;
  /** CRNs of trusted profiles that the key can assume. The profile of the key's own account is first. */
  readonly profiles: readonly string[];
  /** The services' addresses, in which clients replace `{region}` and `{instance}`. */
  readonly endpoints: Endpoints;
  /** CRNs of the IBM Cloud Logs instances that contain the audit events. */
  readonly logsInstances: readonly string[];
  readonly config: Row;
  /** The rows that a full read of a stream must emit, as the API returns them, with all fields of the primary key. */
  rows(stream: IbmCloudStreamName): Iterable<Row>;
  /** The time on the sandbox's clock, in milliseconds since 1970. The clock doesn't advance by itself. */
  now(): number;
  /** Advances the clock: tasks finish, backups and months are added and removed, and tokens age. */
  passTime(seconds: number): void;
  /** Adds audit events, dated now or the given number of seconds earlier. */
  addEvents(count: number, lateBySeconds?: number): void;
  /** Adds usage to the first row of the given month, or of the open month by default. Returns the primary key of the row's first metric. */
  touchUsage(month?: string): string;
}

/** Starts a Compose sandbox on this machine. The same options always produce the same data. */
export async function startSandbox(given?: Partial<SandboxOptions>): Promise<Sandbox>;
/** Starts an IBM Cloud sandbox. The same options, including `now`, always produce the same data. */
export async function startSandbox(
  given: Partial<IbmCloudSandboxOptions> & { readonly platform: 'ibm_cloud' },
): Promise<IbmCloudSandbox>;
export async function startSandbox(given: Given = {}): Promise<Sandbox | IbmCloudSandbox> {
  return given.platform === 'ibm_cloud' ? startIbmCloud(given) : startCompose(given);
}

async function startCompose(given: Partial<SandboxOptions>): Promise<Sandbox> {
  const options = withDefaults(given);
  const compose = createCompose(options.seed, options);
  const { origin, running } = await serve(compose, options);
  return {
    ...running,
    get requests() {
      return running.requests;
    },
    baseUrl: origin + compose.prefix,
    token: options.token,
    addEvents: (count) => compose.addEvents(count),
    forgetCursors: () => compose.forgetCursors('/audit_events'),
    touchRecipe: (id) => compose.touchRecipe(id),
    addRecipe: (id) => compose.addRecipe(id),
  };
}

async function startIbmCloud(given: Partial<IbmCloudSandboxOptions>): Promise<IbmCloudSandbox> {
  const options = withIbmCloudDefaults(given);
  const ibmCloud = createIbmCloud(options.seed, options);
  const { origin, running } = await serve(ibmCloud, options);
  const { apiKey } = options;
  const { accountId, logsInstances, profiles } = ibmCloud;
  const trusted = options.accounts === 0 ? {} : { trusted_profiles: profiles };
  const endpoints = endpointsAt(origin);
  return {
    ...running,
    get requests() {
      return running.requests;
    },
    baseUrl: origin,
    apiKey,
    accountId,
    profiles,
    endpoints,
    logsInstances,
    config: {
      platform: {
        name: 'ibm_cloud',
        api_key: apiKey,
        logs_instances: logsInstances,
        ...trusted,
        access_review: true,
        api_keys: true,
        identity_activity: true,
        endpoints,
      },
    },
    rows: (stream) => ibmCloud.rows(stream),
    now: () => ibmCloud.now(),
    passTime: (seconds) => ibmCloud.passTime(seconds),
    addEvents: (count, lateBySeconds) => ibmCloud.addEvents(count, lateBySeconds),
    touchUsage: (month) => ibmCloud.touchUsage(month),
  };
}

/** Starts a platform's server, and returns the members that all platforms share. */
async function serve<Stream extends string>(
  platform: Platform<Stream>,
  options: CommonOptions,
): Promise<{ origin: string; running: RunningSandbox<Stream> }> {
  const { host, port, latencyMs } = options;
  const faults = new FaultList(options.faults);
  const statistics = new Statistics();
  const quota = new Quota(options.quota, options.quotaWindowMs);
  const app: FastifyInstance = fastify({
    forceCloseConnections: true,
    // IBM's deployment ids are CRNs, which exceed fastify's default limit of 100 characters per path parameter.
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 2000 },
  });
  serveApi(app, { platform, latencyMs, faults, quota, statistics });
  serveControl(app, { platform, faults, statistics });
  const origin = await app.listen({ host, port });
  return {
    origin,
    running: {
      deploymentIds: platform.deploymentIds,
      counts: () => platform.counts(),
      keys: (stream) => platform.keys(stream),
      setFaults: (list) => faults.replace(list),
      stats: () => statistics.snapshot(),
      get requests() {
        return statistics.entries;
      },
      close: () => app.close(),
    },
  };
}
