import { describe, expect, it } from 'vitest';
import type { IbmCloudSandbox } from '../../sandbox/server.ts';
import type { ReadResult } from '../reads.ts';
import { INCREMENTAL, type Row, historyNow, isFinal } from './expected.ts';
import { type Account, gen1Of, ibmCloud, keysRead, pathOf, rowsRead } from './reads.ts';

type History = Record<(typeof INCREMENTAL)[number], Map<string, Row>>;

const LOOKBACK_MS = 60_000;

function emptyHistory(): History {
  return { deployments_backups: new Map(), deployments_recipes: new Map() };
}

/** Keeps only the latest row of each key, like a destination that deduplicates. */
function keep(history: History, result: ReadResult): void {
  for (const name of INCREMENTAL) {
    for (const row of rowsRead(result.records, name)) history[name].set(String(row['id']), row);
  }
}

async function sync(
  { read }: Account,
  state?: object,
  more: { platform?: Row; config?: Row } = {},
): Promise<ReadResult> {
  const result = await read({ mode: 'incremental', streams: INCREMENTAL, state, ...more });
  expect(result.violations).toEqual([]);
  expect(result.exitCode).toBe(0);
  return result;
}

function stateOf(result: ReadResult, name: (typeof INCREMENTAL)[number]): Row {
  const found = result.states.find(({ stream }) => stream.stream_descriptor.name === name);
  return found?.stream.stream_state ?? {};
}

function marksOf(result: ReadResult, name: (typeof INCREMENTAL)[number]): Record<string, string> {
  return stateOf(result, name)['marks'] as Record<string, string>;
}

/**
 * The expected high-water mark of each deployment: the time of its oldest unfinished row or, without unfinished rows,
 * of its newest row.
 */
function dueMarks(rows: readonly Row[]): Record<string, string> {
  const marks: Record<string, string> = {};
  for (const { deployment_id, created_at } of rows) {
    const id = String(deployment_id);
    if (marks[id] === undefined || String(created_at) > marks[id]) marks[id] = String(created_at);
  }
  for (const row of rows) {
    const id = String(row['deployment_id']);
    if (!isFinal(row) && String(row['created_at']) < String(marks[id])) marks[id] = String(row['created_at']);
  }
  return marks;
}

describe.concurrent('consecutive incremental reads', () => {
  it('a second read re-emits only unfinished rows and rows in the lookback window', async () => {
    await ibmCloud({}, async (account) => {
      const rows = historyNow(account.sandbox);
      const first = await sync(account);
      const second = await sync(account, first.states);
      for (const name of INCREMENTAL) {
        const marks = dueMarks(rows[name]);
        expect(stateOf(first, name), name).toMatchObject({ version: 1, platform: 'ibm_cloud', marks });
        expect(marksOf(second, name), name).toEqual(marks);
        expect(
          rows[name].some((row) => !isFinal(row)),
          name,
        ).toBe(true);
        const due = rows[name].filter((row) => {
          const from = Date.parse(String(marks[String(row['deployment_id'])])) - LOOKBACK_MS;
          return !isFinal(row) || Date.parse(String(row['created_at'])) >= from;
        });
        expect(due.length, name).toBeLessThan(rows[name].length);
        expect(keysRead(second, name).toSorted(), name).toEqual(due.map(({ id }) => String(id)).toSorted());
      }
    });
  });

  it('later reads re-emit unfinished rows until the rows finish', async () => {
    await ibmCloud({ tasksPerDay: 1 }, async (account) => {
      const { sandbox } = account;
      const first = await sync(account);
      const running = Object.fromEntries(
        INCREMENTAL.map((name) => [
          name,
          rowsRead(first.records, name)
            .filter((row) => !isFinal(row))
            .map(({ id }) => String(id)),
        ]),
      ) as Record<(typeof INCREMENTAL)[number], string[]>;
      sandbox.passTime(10 * 60);
      const second = await sync(account, first.states);
      // Three hours later, all unfinished rows of the first read have finished.
      sandbox.passTime(3 * 3_600);
      const third = await sync(account, second.states);
      // Two days later, each deployment has newer rows.
      sandbox.passTime(2 * 86_400);
      const fourth = await sync(account, third.states);
      const fifth = await sync(account, fourth.states);
      for (const name of INCREMENTAL) {
        expect(running[name].length, name).toBeGreaterThan(0);
        for (const id of running[name]) {
          expect(keysRead(second, name), name).toContain(id);
          const ended = rowsRead(third.records, name).find((row) => row['id'] === id);
          expect(ended === undefined ? undefined : isFinal(ended), `${name} ${id}`).toBe(true);
          expect(keysRead(fifth, name), name).not.toContain(id);
        }
      }
    });
  });
});

describe('incremental reads over ten days', () => {
  it('reading every twenty hours captures the final form of every row that was ever listed', async () => {
    const options = { deployments: 7, gen2Deployments: 4, backupDays: 3, gen2Backups: 2, tasksPerDay: 5 };
    await ibmCloud(options, async (account) => {
      const { sandbox } = account;
      const kept = emptyHistory();
      const listed = emptyHistory();
      const look = (): void => {
        const rows = historyNow(sandbox);
        for (const name of INCREMENTAL) for (const row of rows[name]) listed[name].set(String(row['id']), row);
      };
      let state: object | undefined;
      let brought = 0;
      const syncs = 13;
      for (let left = syncs; left > 0; left -= 1) {
        look();
        const result = await sync(account, state);
        keep(kept, result);
        brought += rowsRead(result.records, 'deployments_backups').length;
        state = result.states;
        const hours = left > 1 ? 20 : 0;
        for (let hour = 0; hour < hours; hour += 1) {
          sandbox.passTime(3_600);
          look();
        }
      }
      const now = historyNow(sandbox);
      for (const name of INCREMENTAL) {
        expect([...kept[name].keys()].toSorted(), name).toEqual([...listed[name].keys()].toSorted());
        for (const [key, row] of listed[name]) expect(kept[name].get(key), `${name} ${key}`).toEqual(row);
        // The server has since deleted most rows.
        expect(now[name].length, name).toBeLessThan(kept[name].size / 2);
      }
      // Each row was emitted only a few times, not in every read.
      expect(brought).toBeLessThan(2.5 * kept['deployments_backups'].size);
    });
  });
});

describe.concurrent('the high-water mark of a deployment', () => {
  it('the high-water mark remains unchanged if the deployment rejects requests or is not in deployment_ids', async () => {
    await ibmCloud({}, async (account) => {
      const { sandbox } = account;
      const [refused = '', read = ''] = gen1Of(sandbox);
      const first = await sync(account);
      const before = marksOf(first, 'deployments_recipes');
      sandbox.passTime(86_400);
      sandbox.setFaults([{ path: pathOf(refused, '/tasks'), kind: 'status', status: 403 }]);
      const second = await sync(account, first.states, { platform: { deployment_ids: [refused, read] } });
      const after = marksOf(second, 'deployments_recipes');
      expect(Object.keys(after).toSorted()).toEqual(Object.keys(before).toSorted());
      expect(after[read]).not.toBe(before[read]);
      expect({ ...after, [read]: before[read] }).toEqual(before);
      expect(keysRead(second, 'deployments_recipes').every((key) => key.startsWith(read.slice(0, -2)))).toBe(true);

      sandbox.setFaults([]);
      const third = await sync(account, second.states);
      const seen = new Set([first, second, third].flatMap((result) => keysRead(result, 'deployments_recipes')));
      expect([...sandbox.keys('deployments_recipes')].filter((key) => !seen.has(key))).toEqual([]);
    });
  });
});

describe.concurrent('start_date in incremental reads', () => {
  it('incremental reads skip rows before start_date, and emit all later rows', async () => {
    await ibmCloud({ backupDays: 6 }, async (account) => {
      const config = { start_date: '2025-06-01T00:00:00Z' };
      const first = await sync(account, undefined, { config });
      const due = (sandbox: IbmCloudSandbox): string[] =>
        historyNow(sandbox)
          .deployments_backups.filter((row) => String(row['created_at']) >= '2025-06-01T00:00:00.000Z')
          .map(({ id }) => String(id));
      expect(keysRead(first, 'deployments_backups').toSorted()).toEqual(due(account.sandbox).toSorted());
      account.sandbox.passTime(86_400);
      const second = await sync(account, first.states, { config });
      const seen = new Set([first, second].flatMap((result) => keysRead(result, 'deployments_backups')));
      expect(due(account.sandbox).filter((key) => !seen.has(key))).toEqual([]);
    });
  });
});
