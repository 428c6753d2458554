import {
  type IbmCloudSandbox,
  type IbmCloudSandboxOptions,
  type IbmCloudStreamName,
  type SandboxOptions,
  startSandbox,
} from '../sandbox/server.ts';
import { composeConfig } from '../test-support/configs.ts';
import { count } from './demo-text.ts';

/** A platform that the demo shows. */
export interface DemoPlatform {
  title: string;
  /** The folder for what its commands print. */
  folder: string;
  start(): Promise<DemoApi>;
}

/** A stand-in that has been started. */
export interface DemoApi {
  /** Where it is, and that it is one. */
  about: string;
  config: object;
  /** How many records a full read of each stream must bring. */
  counts(): Readonly<Record<string, number>>;
  /** How many requests it has answered. */
  requests(): number;
  /** Lets something happen in the account. */
  change(): Change;
  close(): Promise<void>;
}

/** What happened between two reads. */
export interface Change {
  /** A sentence about it. */
  told: string;
  /** The keys that the next read must bring, by stream. */
  awaited: ReadonlyMap<string, ReadonlySet<string>>;
  /** What to call them: `All 5 new events came`. */
  what: string;
  /** Further sentences, once they have come. */
  moral: string[];
}

/** What happens in the account at Compose between the two reads. */
const NEW_EVENTS = 5;

export function composeDemo(options: Partial<SandboxOptions>): DemoPlatform {
  return {
    title: 'Compose',
    folder: 'compose',
    async start() {
      const sandbox = await startSandbox(options);
      return {
        about: `${sandbox.baseUrl}, a sandbox: Compose closed on 1 March 2023`,
        config: composeConfig({ api_token: sandbox.token, base_url: sandbox.baseUrl, page_size: 100 }),
        counts: () => sandbox.counts(),
        requests: () => sandbox.stats().requests,
        change() {
          sandbox.addEvents(NEW_EVENTS);
          return {
            told: `${NEW_EVENTS} audit events were added`,
            awaited: new Map([['audit_events', newest(sandbox.keys('audit_events'), NEW_EVENTS)]]),
            what: 'new events',
            moral: [],
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

const DAY_SECONDS = 86_400;
/** The streams of which the server keeps only the latest. */
const FORGOTTEN = ['deployments_backups', 'deployments_recipes'] as const satisfies readonly IbmCloudStreamName[];

export function ibmCloudDemo(options: Partial<IbmCloudSandboxOptions>): DemoPlatform {
  return {
    title: 'IBM Cloud Databases',
    folder: 'ibm-cloud',
    async start() {
      const sandbox = await startSandbox({ ...options, platform: 'ibm_cloud' });
      return {
        about: `${sandbox.baseUrl}, a sandbox: the connector has never run against IBM's own servers`,
        config: sandbox.config,
        counts: () => sandbox.counts(),
        requests: () => sandbox.stats().requests,
        change: () => passOneDay(sandbox),
        close: () => sandbox.close(),
      };
    },
  };
}

/** A day later there are new tasks and backups, those that were running have ended, and old ones are forgotten. */
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
    told: 'a day has passed',
    awaited,
    what: 'backups and tasks that are new or have ended',
    moral: [`IBM has deleted ${count(forgotten)} others meanwhile. Your destination keeps them, with their last state`],
  };
}

/** The state of each row by its key. */
function statesOf(sandbox: IbmCloudSandbox, stream: IbmCloudStreamName): Map<string, unknown> {
  const keys = [...sandbox.keys(stream)];
  return new Map([...sandbox.rows(stream)].map((row, index) => [keys[index] ?? '', row['status'] ?? row['state']]));
}
