import { describe, expect, it } from 'vitest';
import { clockAt } from '../../test-support/clock.ts';
import { runInterrupted } from '../../test-support/interrupted-runs.ts';
import type { KillAfterLines } from '../../test-support/planted-code.ts';
import { expectedRows } from './expected.ts';
import { type Account, type AccountOptions, expectRows, ibmCloud, logged, rowsRead } from './reads.ts';

// Tests monthly costs of databases. The connector's clock advances with the sandbox's clock, so that months end.

const DAY = 86_400;
const BEGIN = '2025-06-15T12:00:00Z';
/** The account has few backups and tasks, because these tests don't need them and reading them is slow. */
const SMALL = { backupDays: 2, tasksPerDay: 1, usageMonths: 4, now: BEGIN };

interface Synced {
  state: object | undefined;
  result: Awaited<ReturnType<Account['read']>>;
  /** The months that the sync requested, in order. */
  months: string[];
}

interface Sync {
  state?: object | undefined;
  startDate?: string;
  mode?: 'full_refresh' | 'incremental';
  platform?: Readonly<Record<string, unknown>>;
  killAfterLines?: KillAfterLines | undefined;
}

async function usageOf(
  options: AccountOptions,
  test: (account: Account, sync: (given?: Sync) => Promise<Synced>, pass: (days: number) => void) => Promise<void>,
): Promise<void> {
  await ibmCloud({ ...SMALL, ...options }, async (account) => {
    let time = Date.parse(BEGIN);
    const pass = (days: number): void => {
      account.sandbox.passTime(days * DAY);
      time += days * DAY * 1_000;
    };
    await test(
      account,
      async ({
        state,
        startDate = '2025-03-01T00:00:00Z',
        mode = 'incremental',
        platform = {},
        killAfterLines,
      } = {}) => {
        const from = account.sandbox.requests.length;
        const result = await account.read({
          mode,
          streams: ['billables'],
          state,
          platform,
          config: { start_date: startDate },
          run: { env: { NODE_OPTIONS: clockAt(time) }, killAfterLines },
        });
        const asked = account.sandbox.requests.slice(from).map(({ path }) => /\/usage\/(.+)$/.exec(path)?.[1]);
        const months = [...new Set(asked.filter((month) => month !== undefined))];
        return { result, months, state: result.states.length > 0 ? result.states : undefined };
      },
      pass,
    );
  });
}

interface Interrupted extends Synced {
  signal: NodeJS.Signals | null;
}

function monthIn({ result }: Synced): unknown {
  return result.states.at(-1)?.stream.stream_state?.['month'];
}

describe.concurrent('usage by month', () => {
  it("a month's usage is re-read until the month is final, and not after that", async () => {
    await usageOf({}, async ({ sandbox }, sync, pass) => {
      const first = await sync();
      expect(first.months).toEqual(['2025-03', '2025-04', '2025-05', '2025-06']);
      // On 15 June, the usage for May can still change.
      expect(monthIn(first)).toBe('2025-04');

      sandbox.touchUsage('2025-05');
      sandbox.touchUsage('2025-06');
      const late = await sync({ state: first.state });
      expect(late.months).toEqual(['2025-05', '2025-06']);
      const now = (await expectedRows(sandbox)).billables;
      expectRows(
        late.result,
        'billables',
        now.filter(({ month }) => String(month) >= '2025-05'),
      );

      pass(6);
      const final = await sync({ state: late.state });
      expect(final.months).toEqual(['2025-05', '2025-06']);
      expect(monthIn(final)).toBe('2025-05');
      const after = await sync({ state: final.state });
      expect(after.months).toEqual(['2025-06']);

      pass(35);
      const later = await sync({ state: after.state });
      expect(later.months).toEqual(['2025-06', '2025-07']);
      expect(monthIn(later)).toBe('2025-06');
    });
  });

  it('a year of daily, interrupted and missed syncs reads the final usage of every month', async () => {
    await usageOf({ deployments: 3, gen2Deployments: 2 }, async ({ sandbox }, sync, pass) => {
      const kept = new Map<string, object>();
      let state: object | undefined;
      for (const [step, days] of [1, 3, 9, 1, 30, 2, 14, 40, 1, 60, 5, 20].entries()) {
        const { result, ...synced } = await sync({
          state,
          ...(step % 3 === 1 && { killAfterLines: { lines: 6 + step, signal: 'SIGKILL' } }),
        });
        if (step % 3 !== 1) expect(result.exitCode).toBe(0);
        for (const row of rowsRead(result.records, 'billables')) kept.set(String(row['id']), row);
        state = synced.state ?? state;
        pass(days);
      }
      const last = await sync({ state });
      for (const row of rowsRead(last.result.records, 'billables')) kept.set(String(row['id']), row);
      // The sandbox deletes the oldest months, but the destination keeps them.
      const rows = (await expectedRows(sandbox)).billables;
      expect(rows.length).toBeGreaterThan(20);
      for (const row of rows) expect(kept.get(String(row['id'])), String(row['id'])).toEqual(row);
    });
  });

  it('a month that is too old for the API is skipped with a warning', async () => {
    await usageOf({}, async ({ sandbox }, sync) => {
      const { result, months } = await sync({ startDate: '2025-01-20T00:00:00Z' });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      expect(months[0]).toBe('2025-01');
      expectRows(result, 'billables', (await expectedRows(sandbox)).billables);
      const warnings = logged(result, 'WARN').filter((text) => text.startsWith('billables: '));
      expect(warnings).toEqual([
        expect.stringMatching(/no longer has data for 2025-01 \(HTTP 404/),
        expect.stringMatching(/no longer has data for 2025-02 \(HTTP 404/),
      ]);
    });
  });

  it('if the API rejects all months, the read fails, and the next sync reads them', async () => {
    await usageOf({}, async ({ sandbox }, sync) => {
      sandbox.setFaults([{ path: '/billing/**', kind: 'status', status: 404 }]);
      const out = await sync();
      expect(out.result.exitCode).toBe(1);
      sandbox.setFaults([]);
      const rest = await sync({ state: out.state });
      expect(rest.result.exitCode).toBe(0);
      expectRows(rest.result, 'billables', (await expectedRows(sandbox)).billables);
    });
  });

  it('if the API rejects a month that is not too old, the stream fails, and its state does not advance', async () => {
    await usageOf({}, async ({ sandbox }, sync) => {
      const first = await sync();
      sandbox.setFaults([
        { path: '/billing/v4/accounts/*/resource_instances/usage/2025-05', kind: 'status', status: 404 },
      ]);
      const refused = await sync({ state: first.state });
      expect(refused.result.violations).toEqual([]);
      expect(refused.result.exitCode).toBe(1);
      expect(monthIn(refused)).toBe('2025-04');
    });
  });
});

describe.concurrent('interrupted reads of billables', () => {
  it('reads of usage by resource group that are killed and resumed lose no records, and re-read no final month', async () => {
    const platform = { billing: 'resource_groups' };
    const options = { deployments: 9, gen2Deployments: 4, usageMonths: 13, maxLimit: 10, latencyMs: 2 };
    await usageOf(options, async ({ sandbox }, sync, pass) => {
      const kept = new Map<string, object>();
      let final: unknown;
      let runs = 0;
      const last = await runInterrupted<object, Interrupted>({
        count: 8,
        // A month has about 30 records.
        maxLines: 70,
        run: async (state, killAfterLines) => {
          const one = await sync({ state, startDate: '2024-06-01T00:00:00Z', platform, killAfterLines });
          if (final !== undefined) expect(one.months.every((month) => month > String(final))).toBe(true);
          for (const row of rowsRead(one.result.records, 'billables')) kept.set(String(row['id']), row);
          final = monthIn(one) ?? final;
          return { ...one, signal: one.result.signal, state: one.state ?? state };
        },
        between: () => {
          sandbox.touchUsage();
          // Start another month, so that the next read has more records.
          if ((runs += 1) % 3 === 0) pass(28);
        },
      });
      expect(final).toBeDefined();
      expect(last.result).toMatchObject({ exitCode: 0, violations: [], errors: [] });
      const rows = (await expectedRows(sandbox)).billables;
      expect(rows.length).toBeGreaterThan(300);
      for (const row of rows) expect(kept.get(String(row['id'])), String(row['id'])).toEqual(row);
    });
  });
});

describe.concurrent('a key without the role for account usage', () => {
  it('only the billables stream fails, and its error names the role', async () => {
    await ibmCloud({ ...SMALL, missingRoles: ['billing'] }, async ({ sandbox, read }) => {
      const result = await read({ streams: ['billables', 'teams', 'deployments_roles'] });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      expect(result.errors).toHaveLength(1);
      expect(result.errors[0]).toMatchObject({
        failure_type: 'config_error',
        stream_descriptor: { name: 'billables' },
        message: expect.stringMatching(
          /HTTP 403.*the Administrator role on the Billing service, or set platform\.billing to resource_groups/,
        ) as string,
      });
      const expected = await expectedRows(sandbox);
      for (const name of ['teams', 'deployments_roles'] as const) expectRows(result, name, expected[name]);
    });
  });

  it('if Billing rejects a new token with a 401, the error also names the role', async () => {
    await ibmCloud(SMALL, async ({ sandbox, read }) => {
      sandbox.setFaults([{ path: '/billing/**', kind: 'status', status: 401 }]);
      const { errors } = await read({ streams: ['billables'] });
      expect(errors.map(({ message }) => message)).toEqual([
        expect.stringMatching(/HTTP 401.* the Administrator role on the Billing service, or set platform\.billing/),
      ]);
    });
  });

  it('usage can be read per resource group, with the same rows as usage of the account', async () => {
    await usageOf({ missingRoles: ['billing'] }, async ({ sandbox }, sync) => {
      const { result } = await sync({ platform: { billing: 'resource_groups' } });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      expectRows(result, 'billables', (await expectedRows(sandbox)).billables);
    });
  });

  it('a rejected group is skipped with a warning, and its months are re-read until IBM accepts the requests', async () => {
    await usageOf({ missingRoles: ['billing'] }, async ({ sandbox }, sync) => {
      const groups = [...sandbox.keys('resource_groups')];
      const closed = groups.find((id) => [...sandbox.rows('billables')].some((row) => row['resource_group_id'] === id));
      const path = `/billing/v4/accounts/*/resource_groups/${closed}/resource_instances/usage/*`;
      sandbox.setFaults([{ path, kind: 'status', status: 403 }]);
      const platform = { billing: 'resource_groups' };
      const some = await sync({ platform });
      expect(some.result.violations).toEqual([]);
      expect(some.result.exitCode).toBe(0);
      const all = (await expectedRows(sandbox)).billables;
      expectRows(
        some.result,
        'billables',
        all.filter((row) => row['resource_group_id'] !== closed),
      );
      expect(logged(some.result, 'WARN').filter((text) => text.includes(String(closed)))).toHaveLength(1);
      // This month precedes the first month with usage, so no month is final, and the next read starts where this read started.
      expect(monthIn(some)).toBe('2025-02');

      sandbox.setFaults([]);
      const rest = await sync({ platform, state: some.state });
      expectRows(rest.result, 'billables', all);
    });
  });

  it('without any resource group, the read fails, and no month becomes final', async () => {
    await usageOf({}, async ({ sandbox }, sync) => {
      const path = '/resource-controller/v2/resource_groups';
      sandbox.setFaults([{ path, kind: 'status', status: 200, body: { resources: [] } }]);
      const none = await sync({ platform: { billing: 'resource_groups' } });
      expect(none.result.exitCode).toBe(1);
      expect(none.result.errors[0]?.message).toMatch(/the list is empty.*the Viewer role on the resource group/);
      sandbox.setFaults([]);
      const rest = await sync({ platform: { billing: 'resource_groups' }, state: none.state });
      expectRows(rest.result, 'billables', (await expectedRows(sandbox)).billables);
    });
  });
});

describe.concurrent('an empty list in an HTTP 200 response', () => {
  it.each([
    ['access_groups', ['teams'], /lists 0 access groups .* the Viewer role on IAM Access Groups/],
    [
      'policies',
      ['deployments_roles', 'deployments_team_roles'],
      /lists 0 policies .* the Viewer role on IAM Access Management/,
    ],
  ] as const)('an empty list of %s causes one log line that names the missing role', async (role, streams, line) => {
    await ibmCloud({ ...SMALL, missingRoles: [role] }, async ({ read }) => {
      const result = await read({ streams });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      for (const name of streams) expect(rowsRead(result.records, name)).toEqual([]);
      expect(logged(result, 'INFO').filter((text) => line.test(text))).toHaveLength(1);
    });
  });
});
