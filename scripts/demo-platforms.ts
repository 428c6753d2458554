import { type SandboxOptions, startSandbox } from '../sandbox/server.ts';
import { composeConfig } from '../test-support/configs.ts';

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
        about: `${sandbox.baseUrl}, a stand-in, since Compose closed on 1 March 2023`,
        config: composeConfig({ api_token: sandbox.token, base_url: sandbox.baseUrl, page_size: 100 }),
        counts: () => sandbox.counts(),
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
