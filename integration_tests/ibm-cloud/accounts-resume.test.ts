import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/server.ts';
import { runInterrupted } from '../../test-support/interrupted-runs.ts';
import type { KillAfterLines } from '../../test-support/planted-code.ts';
import { type StateMessages, latestStates } from '../reads.ts';
import { catalogOfTap, runTap } from '../singer/taps.ts';
import type { Row } from './expected.ts';
import { type Account, TOKEN_PATH, ibmCloud } from './reads.ts';

// Reads of three accounts are killed at random lines and resumed, while one account fails. The last read completes.

const KILLS = 4;
const DATA = { accounts: 2, deployments: 12, gen2Deployments: 4, backupDays: 12, latencyMs: 1 };
const STREAMS = ['deployments_backups', 'deployments_recipes', 'billables'] as const;
const DEPLOYMENTS = '/databases/*/v5/ibm/deployments/**';

/** The output of one process. */
interface Part {
  signal: NodeJS.Signals | null;
  exitCode: number | null;
  state: unknown;
  records: ReadonlyMap<string, readonly Row[]>;
}

type Start = (account: Account) => Promise<(state: unknown, kill: KillAfterLines | undefined) => Promise<Part>>;

const airbyte: Start = async ({ sandbox, read }) => {
  return async (state, kill) => {
    // The first kill follows a checkpoint, from which the next read can resume.
    const killAfterLines = kill && { ...kill, ...(state === undefined && { from: '{"type":"STATE"' }) };
    const result = await read({
      mode: 'incremental',
      streams: STREAMS,
      platform: { trusted_profiles: sandbox.profiles },
      config: { start_date: '2025-04-01T00:00:00Z' },
      state: state as StateMessages | undefined,
      run: { killAfterLines },
    });
    return { ...result, state: latestStates(state as StateMessages | undefined, result.states) };
  };
};

const singer: Start = async ({ sandbox, workspace, config }) => {
  const whole = config({ trusted_profiles: sandbox.profiles }, { start_date: '2025-04-01T00:00:00Z' });
  const catalog = await catalogOfTap(['--config', workspace.file('config.json', whole)]);
  const choices = Object.fromEntries(STREAMS.map((name) => [name, {}]));
  return async (state, kill) => {
    const killAfterLines = kill && { ...kill, from: '{"type":"STATE"' };
    const tap = { workspace, catalog, config: whole, secrets: [sandbox.apiKey] };
    const synced = await runTap(tap, { choices, state: state as Row, sent: kill?.signal, run: { killAfterLines } });
    return { ...synced, state: synced.states.at(-1) ?? state };
  };
};

const faults: Array<[string, (account: string) => Fault[]]> = [
  [
    'an account whose profile cannot be assumed',
    (account) => [{ path: TOKEN_PATH, account, kind: 'status', status: 400 }],
  ],
  [
    'an account whose tokens are rejected',
    (account) => [{ path: DEPLOYMENTS, account, kind: 'status', status: 401, after: 1 }],
  ],
  ['an account that hangs', (account) => [{ path: DEPLOYMENTS, account, kind: 'hang' }]],
];

describe.concurrent.each<[string, Start]>([
  ['Airbyte reads', airbyte],
  ['Singer syncs', singer],
])('%s', (_, start) => {
  it.each(faults)('that are killed and resumed with %s lose no records of any account', async (_, faultsOf) => {
    await ibmCloud(DATA, async (account) => {
      const { sandbox } = account;
      const once = await start(account);
      const whole = await once(undefined, undefined);
      expect(whole.exitCode).toBe(0);
      sandbox.setFaults(faultsOf(sandbox.profiles[1]?.split(':')[6]?.slice(2) ?? ''));
      const seen = new Map<string, Map<string, Row>>();
      await runInterrupted<unknown, Part>({
        count: KILLS,
        maxLines: 250,
        run: async (state, kill) => {
          if (kill === undefined) sandbox.setFaults([]);
          const part = await once(state, kill);
          if (kill === undefined) expect(part.exitCode).toBe(0);
          for (const name of STREAMS) {
            const rows = seen.get(name) ?? new Map<string, Row>();
            for (const row of part.records.get(name) ?? []) rows.set(String(row['id']), row);
            seen.set(name, rows);
          }
          return part;
        },
      });
      for (const name of STREAMS) {
        const rows = (whole.records.get(name) ?? []).map((row) => [String(row['id']), row] as const);
        expect(rows.length, name).toBeGreaterThan(0);
        expect(seen.get(name), name).toEqual(new Map(rows));
      }
    });
  });
});
