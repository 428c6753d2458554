import { describe, expect, it } from 'vitest';
import { runInterrupted } from '../../test-support/interrupted-runs.ts';
import { type StateMessages, latestStates } from '../reads.ts';
import { INCREMENTAL, type Row, historyNow } from './expected.ts';
import { type Account, type AccountOptions, ibmCloud, rowsRead } from './reads.ts';

// Reads are killed at random lines and resumed from the last complete STATE, until one read completes. Together, the reads must emit the
// latest version of every row.

const DATA = { deployments: 40, gen2Deployments: 9, backupDays: 40, tasksPerDay: 6, latencyMs: 1 };

const cases: Array<[string, AccountOptions]> = [
  ['many deployments', {}],
  ['pages of ten, in ten regions', { maxLimit: 10, regions: 10 }],
  ['few deployments with many rows', { deployments: 6, backupDays: 360, tasksPerDay: 20 }],
  ['tokens that are valid for a few seconds', { tokenLife: 11 }],
];

describe.concurrent('reads that are killed at random lines and then resumed', () => {
  it.each(cases)('the reads lose no records if the account has %s', async (_, options) => {
    await ibmCloud({ ...DATA, ...options }, async (account) => {
      const { seen, last } = await readWithKills(account);
      const rows = historyNow(account.sandbox);
      for (const name of INCREMENTAL) expectAll(seen, name, rows[name]);
      const total = INCREMENTAL.reduce((sum, name) => sum + rows[name].length, 0);
      // The last read was resumed, not restarted.
      expect(last).toBeLessThan(total);
    });
  });

  it('the reads also emit tasks that start and finish between two reads', async () => {
    await ibmCloud(DATA, async (account) => {
      const { sandbox } = account;
      const { seen } = await readWithKills(account, () => sandbox.passTime(1_200));
      const after = historyNow(sandbox);
      for (const name of INCREMENTAL) expectAll(seen, name, after[name]);
    });
  });
});

describe('SIGTERM', () => {
  it('SIGTERM causes a final checkpoint, so that the next read repeats few records', async () => {
    await ibmCloud({ ...DATA, latencyMs: 10 }, async (account) => {
      let records = 0;
      const stopped = await account.read({
        mode: 'incremental',
        streams: INCREMENTAL,
        config: { num_workers: 2 },
        run: {
          onLine: (line, kill) => {
            if (line.startsWith('{"type":"RECORD"') && (records += 1) === 300) kill('SIGTERM');
          },
        },
      });
      expect(stopped.signal).toBe('SIGTERM');
      const rest = await account.read({ mode: 'incremental', streams: INCREMENTAL, state: stopped.states });
      expect(rest.violations).toEqual([]);
      expect(rest.exitCode).toBe(0);
      const rows = historyNow(account.sandbox);
      for (const name of INCREMENTAL) {
        const seen = new Map([stopped, rest].flatMap(({ records: all }) => keyed(rowsRead(all, name))));
        expectAll({ [name]: seen }, name, rows[name]);
      }
      const [before, after] = [stopped, rest].map(({ records: all }) =>
        INCREMENTAL.reduce((sum, name) => sum + rowsRead(all, name).length, 0),
      );
      const total = INCREMENTAL.reduce((sum, name) => sum + rows[name].length, 0);
      expect(before).toBeLessThan(total);
      expect((before ?? 0) + (after ?? 0)).toBeLessThan(1.5 * total);
    });
  });
});

function keyed(rows: readonly Row[]): Array<[string, Row]> {
  return rows.map((row) => [String(row['id']), row]);
}

function expectAll(seen: Readonly<Record<string, Map<string, Row>>>, name: string, rows: readonly Row[]): void {
  const missing = rows.filter(({ id }) => seen[name]?.has(String(id)) !== true).map(({ id }) => id);
  expect(missing, name).toEqual([]);
  for (const row of rows) expect(seen[name]?.get(String(row['id'])), `${name} ${String(row['id'])}`).toEqual(row);
}

/**
 * Kills four reads at random lines, then lets a read complete. `last` is the number of records in the completed read.
 */
async function readWithKills({ read }: Account, between?: () => void) {
  const seen: Record<string, Map<string, Row>> = {};
  const { brought: last } = await runInterrupted<StateMessages, Interrupted>({
    count: 4,
    maxLines: 300,
    run: async (state, kill) => {
      // The first kill follows a checkpoint, from which the next read can resume.
      const killAfterLines = kill && { ...kill, ...(state === undefined && { from: '{"type":"STATE"' }) };
      const result = await read({ mode: 'incremental', streams: INCREMENTAL, state, run: { killAfterLines } });
      if (kill === undefined) expect(result).toMatchObject({ exitCode: 0, violations: [] });
      let brought = 0;
      for (const name of INCREMENTAL) {
        const rows = rowsRead(result.records, name);
        brought += rows.length;
        for (const [key, row] of keyed(rows)) (seen[name] ??= new Map()).set(key, row);
      }
      return { signal: result.signal, state: latestStates(state, result.states), brought };
    },
    between,
  });
  return { seen, last };
}

interface Interrupted {
  signal: NodeJS.Signals | null;
  state: StateMessages;
  brought: number;
}
