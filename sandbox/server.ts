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

/** What a running stand-in offers, whatever API it plays. */
interface RunningSandbox<Stream extends string> {
  readonly deploymentIds: readonly string[];
  /** How many records a full read of each stream must bring. */
  counts(): Readonly<Record<Stream, number>>;
  /** Their primary keys. */
  keys(stream: Stream): Iterable<string>;
  /** Replaces all faults; what they have done so far is forgotten. */
  setFaults(faults: readonly Fault[]): void;
  stats(): Stats;
  /** The latest requests, oldest first. */
  readonly requests: readonly RequestEntry[];
  /** Ends everything at once, hanging requests too. */
  close(): Promise<void>;
}

/** A running stand-in for the Compose API; the keys of audit events come newest first. */
export interface Sandbox extends RunningSandbox<StreamName> {
  /** With the version at its end: what the connector's option `base_url` wants. */
  readonly baseUrl: string;
  readonly token: string;
  /** New audit events on top of the present ones. */
  addEvents(count: number): void;
  /** Makes old ones of all cursors handed out so far. */
  forgetCursors(): void;
  /** Changes a recipe, one after the other, of the first deployment or of this one. */
  touchRecipe(deploymentId?: string): RecipeChange;
  /** Adds a recipe to the first deployment or to this one. */
  addRecipe(deploymentId?: string): RecipeChange;
}

/** A running stand-in for IBM Cloud, with all its services below one address. */
export interface IbmCloudSandbox extends RunningSandbox<IbmCloudStreamName> {
  /** The address; each service has a path of its own below it. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly accountId: string;
  /** Where the services are; `{region}` and `{instance}` stand for what a client puts there. */
  readonly endpoints: Endpoints;
  /** CRNs of the IBM Cloud Logs instances that hold the audit events. */
  readonly logsInstances: readonly string[];
  /** The config of a connector that reads from it. */
  readonly config: Row;
  /** The rows that a full read of a stream must bring: as the API sends them, with what their key needs beside it. */
  rows(stream: IbmCloudStreamName): Iterable<Row>;
  /** The moment at which the stand-in is, in milliseconds since 1970: it stands still until time is let pass. */
  now(): number;
  /** Lets time pass: jobs end, backups and months come and go, tokens grow old. */
  passTime(seconds: number): void;
  /** New audit events, dated now or as many seconds before it. */
  addEvents(count: number, lateBySeconds?: number): void;
  /** Adds to the first usage row of the open month or of this one, and gives the key of its first metric. */
  touchUsage(month?: string): string;
}

/** Starts a stand-in for the Compose API on this machine. The same options always give the same data. */
export async function startSandbox(given?: Partial<SandboxOptions>): Promise<Sandbox>;
/** Starts a stand-in for IBM Cloud. The same options, among them `now`, always give the same data. */
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
  const { accountId, logsInstances } = ibmCloud;
  const endpoints = endpointsAt(origin);
  return {
    ...running,
    get requests() {
      return running.requests;
    },
    baseUrl: origin,
    apiKey,
    accountId,
    endpoints,
    logsInstances,
    config: { platform: { name: 'ibm_cloud', api_key: apiKey, logs_instances: logsInstances, endpoints } },
    rows: (stream) => ibmCloud.rows(stream),
    now: () => ibmCloud.now(),
    passTime: (seconds) => ibmCloud.passTime(seconds),
    addEvents: (count, lateBySeconds) => ibmCloud.addEvents(count, lateBySeconds),
    touchUsage: (month) => ibmCloud.touchUsage(month),
  };
}

/** Starts the server of a platform, and gives what is the same for all of them. */
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
    // The id of a deployment at IBM is a CRN, and longer than the 100 characters that are let through by default.
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
