import {
  type IbmCloudSandbox,
  type IbmCloudSandboxOptions,
  type IbmCloudStreamName,
  type SandboxOptions,
  startSandbox,
} from '../sandbox/server.ts';
import { composeConfig } from '../test-support/configs.ts';
import type { RecordTable } from './demo-records.ts';
import { count } from './demo-text.ts';

export interface DemoPlatform {
  title: string;
  /** The folder for the output of the platform's commands. */
  folder: string;
  start(): Promise<DemoApi>;
}

export interface DemoApi {
  /** The server's address, and a note that the server is a sandbox. */
  about: string;
  config: object;
  /** Records to show after the first read. */
  tables: readonly RecordTable[];
  /** The number of records that a full read of each stream must emit. */
  counts(): Readonly<Record<string, number>>;
  requests(): number;
  /** Changes the account's data, and returns the change. */
  change(): Change;
  close(): Promise<void>;
}

/** A change between two reads. */
export interface Change {
  /** Completes the sentence `Meanwhile, …`. */
  happened: string;
  /** The keys that the next read must emit, by stream. */
  awaited: ReadonlyMap<string, ReadonlySet<string>>;
  /** The noun for the awaited records in the sentence `All 5 new events were read`. */
  what: string;
  /** Sentences to add when the awaited records have been read. */
  remarks: string[];
}

/** The number of audit events that are added to Compose between the two reads. */
const NEW_EVENTS = 5;

export function composeDemo(options: Partial<SandboxOptions>): DemoPlatform {
  return {
    title: 'Compose',
    folder: 'compose',
    async start() {
      const sandbox = await startSandbox(options);
      return {
        about: `${sandbox.baseUrl}, a sandbox, because Compose shut down on March 1, 2023`,
        config: composeConfig({ api_token: sandbox.token, base_url: sandbox.baseUrl, page_size: 100 }),
        tables: [],
        counts: () => sandbox.counts(),
        requests: () => sandbox.stats().requests,
        change() {
          sandbox.addEvents(NEW_EVENTS);
          return {
            happened: `${NEW_EVENTS} audit events were added`,
            awaited: new Map([['audit_events', newest(sandbox.keys('audit_events'), NEW_EVENTS)]]),
            what: 'new events',
            remarks: [],
          };
        },
        close: () => sandbox.close(),
      };
    },
  };
}

function newest(ids: Iterable<string>, most: number): Set<string> {
  const first = new Set<string>();
  for (const id of ids) {
    first.add(id);
    if (first.size === most) break;
  }
  return first;
}

const IBM_CLOUD_TABLES: readonly RecordTable[] = [
  {
    stream: 'deployments',
    title: 'Three deployments',
    fields: ['name', 'type', 'version', 'generation', 'region', 'state'],
    choose: (records) => records.slice(0, 3),
  },
  {
    stream: 'billables',
    title: 'What the most expensive deployment cost last month',
    fields: ['month', 'resource_instance_name', 'plan_name', 'metric', 'units', 'amount', 'currency_code'],
    choose(records) {
      const months = [...new Set(records.map(({ month }) => String(month)))].toSorted();
      const costs = records.filter(({ month }) => month === months.at(-2));
      const [highest] = costs.toSorted((a, b) => Number(b['amount']) - Number(a['amount']));
      return costs.filter(({ deployment_id: id }) => id === highest?.['deployment_id']);
    },
  },
];

const DAY_SECONDS = 86_400;
/** Streams whose old records IBM deletes. */
const FORGOTTEN = ['deployments_backups', 'deployments_recipes'] as const satisfies readonly IbmCloudStreamName[];

export function ibmCloudDemo(options: Partial<IbmCloudSandboxOptions>): DemoPlatform {
  return {
    title: 'IBM Cloud Databases',
    folder: 'ibm-cloud',
    async start() {
      const sandbox = await startSandbox({ ...options, platform: 'ibm_cloud' });
      return {
        about: `${sandbox.baseUrl}, a sandbox, because the connector has never been run against IBM's own servers`,
        config: sandbox.config,
        tables: IBM_CLOUD_TABLES,
        counts: () => sandbox.counts(),
        requests: () => sandbox.stats().requests,
        change: () => passOneDay(sandbox),
        close: () => sandbox.close(),
      };
    },
  };
}

/** Advances the clock by a day, during which tasks and backups are added, completed or deleted. */
function passOneDay(sandbox: IbmCloudSandbox): Change {
  const before = new Map(FORGOTTEN.map((stream) => [stream, statesOf(sandbox, stream)]));
  sandbox.passTime(DAY_SECONDS);
  const awaited = new Map<string, Set<string>>();
  let forgotten = 0;
  for (const [stream, old] of before) {
    const now = statesOf(sandbox, stream);
    awaited.set(stream, new Set([...now.keys()].filter((key) => now.get(key) !== old.get(key))));
    forgotten += [...old.keys()].filter((key) => !now.has(key)).length;
  }
  return {
    happened: 'a day has passed',
    awaited,
    what: 'new or finished backups and tasks',
    remarks: [`IBM has deleted ${count(forgotten)} others. Your destination keeps them.`],
  };
}

/** Each row's status, by key. */
function statesOf(sandbox: IbmCloudSandbox, stream: IbmCloudStreamName): Map<string, unknown> {
  const keys = [...sandbox.keys(stream)];
  return new Map([...sandbox.rows(stream)].map((row, index) => [keys[index] ?? '', row['status'] ?? row['state']]));
}
