import { expect } from 'vitest';
import { startSandbox } from '../../sandbox/server.ts';
import { runConnector } from '../../test-support/connector.ts';
import { contentsOf, messagesOf } from '../../test-support/transcript.ts';
import type { Workspace } from '../../test-support/workspace.ts';
import { discovered } from '../ibm-cloud/reads.ts';

type Row = Readonly<Record<string, unknown>>;

/** An account whose trusted profile the key can't assume. */
export const STRANGER = 'f'.repeat(32);
const STRANGERS = `crn:v1:bluemix:public:iam-identity::a/${STRANGER}::profile:Profile-00000000-0000-4000-8000-000000000000`;

/** The month whose usage request hangs, after the earlier months have been saved. */
const MONTH = '2025-03';

export interface Accounts {
  /** The IDs of the accounts that can be read. */
  ids: readonly string[];
  /** A config with these accounts and `STRANGER`. */
  config: Row;
  /** Whether a read has printed everything except the hanging request's records. */
  isHanging: (printed: string) => boolean;
  /** Ends the hang: from now on, the sandbox responds to every request. */
  release: () => void;
  /** Expects each record of an account once, except for records that a resumed read repeats. */
  expectAll: (account: string, printed: string) => Promise<void>;
  close: () => Promise<void>;
}

/** Starts a sandbox with several accounts. Until `release` is called, the read of every account except the last one hangs. */
export async function startAccounts(count: number, workspace: Workspace): Promise<Accounts> {
  // The sandbox's time is in the past, so that no record is new when a read resumes.
  const sandbox = await startSandbox({ platform: 'ibm_cloud', accounts: count - 1, now: '2025-06-02T12:00:00Z' });
  const ids = sandbox.profiles.map((crn) => /a\/(\w+)/.exec(crn)?.[1] ?? '');
  const hang = { path: `/billing/**/${MONTH}`, kind: 'hang' as const };
  sandbox.setFaults(ids.slice(0, -1).map((account) => ({ ...hang, account })));
  const streams = (await discovered()).filter(({ name }) => name !== 'audit_events');
  const configOf = (profiles: readonly string[]): Row => {
    // Omit audit events, because the API allows only ten queries a minute.
    const changed = { billing: 'account', logs_instances: [], trusted_profiles: profiles };
    return { platform: { ...(sandbox.config['platform'] as object), ...changed }, start_date: '2024-05-01T00:00:00Z' };
  };

  /** Reads all accounts without a scheduler, resuming from the states in earlier output. */
  async function read(earlier = ''): Promise<string> {
    const states = earlier.split('\n').filter((line) => line.startsWith('{"type":"STATE"'));
    const files = [
      ...['--config', workspace.file('config.json', configOf(sandbox.profiles))],
      ...['--state', workspace.file('state.jsonl', states.join('\n'))],
    ];
    const { exitCode, stdout } = await runConnector(['read', '--streams', 'all', ...files]);
    expect(exitCode, stdout.slice(-2_000)).toBe(0);
    return stdout;
  }
  async function readTwice(): Promise<[whole: string, resumed: string]> {
    const whole = await read();
    return [whole, await read(whole)];
  }
  let plain: ReturnType<typeof readTwice> | undefined;

  return {
    ids,
    config: configOf([...sandbox.profiles, STRANGERS]),
    isHanging: (printed) => printed.split('"status":"COMPLETE"').length === streams.length,
    release: () => sandbox.setFaults([]),
    async expectAll(account, printed) {
      plain ??= readTwice();
      const [found, whole, resumed] = [printed, ...(await plain)].map((text) => contentsOf(messagesOf(text)).records);
      for (const { name, supported_sync_modes: modes, source_defined_primary_key: [key] = [] } of streams) {
        const keysIn = (records: typeof found): string[] =>
          (records?.get(name) ?? [])
            .filter((row) => [account, null].includes(row['account_id'] as string))
            .map((row) => String(row[key?.[0] ?? '']));
        const keys = keysIn(found);
        expect(new Set(keys), name).toEqual(new Set(keysIn(whole)));
        if (!modes.includes('incremental')) continue;
        const twice = keys.filter((one, at) => keys.indexOf(one) !== at);
        expect(keysIn(resumed), name).toEqual(expect.arrayContaining(twice));
      }
    },
    close: () => sandbox.close(),
  };
}
