import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/server.ts';
import type { ReadResult } from '../reads.ts';
import { STREAM_NAMES, type StreamName } from './expected.ts';
import { type ReadOptions, TOKEN_PATH, ibmCloud, keysRead, logged, rowsRead } from './reads.ts';

// One API key reads three accounts, through a trusted profile in each account.

const THREE = { accounts: 2, deployments: 6, gen2Deployments: 3, backupDays: 3, members: 1, usageMonths: 3 };
const START = '2025-04-01T00:00:00Z';
const DAY_MS = 86_400_000;
const SAME_FOR_ALL = ['databases', 'datacenters'];

const accountIn = (crn: string): string => crn.split(':')[6]?.slice(2) ?? '';

/** Options for reading the accounts of these profiles. */
function through(profiles: readonly string[]): ReadOptions {
  return { platform: { trusted_profiles: profiles }, config: { num_workers: 16, start_date: START } };
}

/** The rows of a stream as text, without the rows of the account `but`. */
function rowsOf(result: Pick<ReadResult, 'records'>, name: StreamName, but?: string): string[] {
  return rowsRead(result.records, name)
    .filter(({ account_id }) => account_id !== but)
    .map((row) => JSON.stringify(row))
    .toSorted();
}

describe.concurrent('a read of three accounts', () => {
  it('emits the same records as three reads of one account each', async () => {
    await ibmCloud(THREE, async ({ sandbox, read }) => {
      const together = await read(through(sandbox.profiles));
      expect(together).toMatchObject({ exitCode: 0, violations: [] });
      expect(sandbox.stats().byPath[TOKEN_PATH]).toBe(1 + sandbox.profiles.length);
      expect(together.stdout + together.stderr).not.toMatch(/eyJ|FAKE/);
      const alone = [];
      for (const profile of sandbox.profiles) alone.push(await read(through([profile])));
      for (const name of STREAM_NAMES) {
        const each = alone.map((result) => rowsOf(result, name));
        for (const rows of each) expect(rows.length, name).toBeGreaterThan(0);
        const expected = SAME_FOR_ALL.includes(name) ? each[0] : each.flat().toSorted();
        expect(rowsOf(together, name), name).toEqual(expected);
      }
    });
  });
});

it("a read of three accounts queries each account's Logs instances with that account's token", async () => {
  await ibmCloud({ ...THREE, now: new Date().toISOString(), queriesPerMinute: 0 }, async ({ sandbox, read }) => {
    const config = { start_date: new Date(sandbox.now() - 2 * DAY_MS).toISOString() };
    const eventsOf = async (profiles: readonly string[]): Promise<string[]> => {
      const accounts = profiles.map(accountIn);
      const logs_instances = sandbox.logsInstances.filter((crn) => accounts.includes(accountIn(crn)));
      const platform = { trusted_profiles: profiles, logs_instances };
      const result = await read({ streams: ['audit_events'], platform, config });
      expect(result).toMatchObject({ exitCode: 0, violations: [] });
      return (result.records.get('audit_events') ?? []).map((row) => JSON.stringify(row)).toSorted();
    };
    const together = await eventsOf(sandbox.profiles);
    const alone = [];
    for (const profile of sandbox.profiles) alone.push(await eventsOf([profile]));
    for (const events of alone) expect(events.length).toBeGreaterThan(0);
    expect(together).toEqual(alone.flat().toSorted());
  });
});

describe.concurrent('an account', () => {
  it.each<[string, (account: string) => Fault[], RegExp]>([
    [
      'whose profile cannot be assumed',
      (account) => [{ path: TOKEN_PATH, account, kind: 'status', status: 400 }],
      /trusted profile Profile-\S+ \(HTTP 400 .*BXNIM.*trusted-profile-identity-create Profile-/,
    ],
    [
      'whose tokens are rejected in the middle of the read',
      (account) => [
        { path: '/databases/*/v5/ibm/deployments/*/*', account, kind: 'status', status: 401 },
        { path: '/iam/v2/**', account, kind: 'status', status: 401 },
      ],
      /HTTP 401/,
    ],
    [
      'whose inventory is rejected',
      (account) => [{ path: '/resource-controller/**', account, kind: 'status', status: 403 }],
      /HTTP 403/,
    ],
  ])('%s does not stop the others, and its streams end INCOMPLETE', async (_, faults, message) => {
    await ibmCloud(THREE, async ({ sandbox, read }) => {
      const account = accountIn(sandbox.profiles[1] ?? '');
      const whole = await read(through(sandbox.profiles));
      sandbox.setFaults(faults(account));
      const result = await read(through(sandbox.profiles));
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      for (const name of STREAM_NAMES) {
        expect(rowsOf(result, name, account), name).toEqual(rowsOf(whole, name, account));
      }
      expect(result.errors.length).toBeGreaterThan(0);
      for (const error of result.errors) {
        expect(error.failure_type).toBe('config_error');
        expect(error.message).toContain(account);
        expect(error.message).toMatch(message);
      }
    });
  });
});

describe.concurrent('a selection', () => {
  it('may include deployments of several accounts, and causes one warning about an ID that no account has', async () => {
    await ibmCloud(THREE, async ({ sandbox, read }) => {
      const per = THREE.deployments + THREE.gen2Deployments;
      const ids = [0, 2 * per].map((at) => sandbox.deploymentIds[at] ?? '');
      const unknown = 'b0000000-0000-4000-8000-000000000001';
      const { platform } = through(sandbox.profiles);
      const result = await read({
        streams: ['deployments', 'deployments_backups'],
        platform: { ...platform, deployment_ids: [...ids, unknown] },
      });
      expect(result.exitCode).toBe(0);
      expect(keysRead(result, 'deployments').toSorted()).toEqual(ids.toSorted());
      expect(logged(result, 'WARN').filter((text) => text.includes(unknown))).toHaveLength(1);
    });
  });

  it('requests a resource group only from the account that has it', async () => {
    await ibmCloud(THREE, async ({ sandbox, read }) => {
      const account = accountIn(sandbox.profiles[2] ?? '');
      const group = [...sandbox.rows('resource_groups')].find((row) => row['account_id'] === account)?.['id'];
      const { platform } = through(sandbox.profiles);
      const result = await read({
        streams: ['deployments', 'billables'],
        platform: { ...platform, billing: 'resource_groups', resource_group_ids: [group] },
      });
      expect(result).toMatchObject({ exitCode: 0, violations: [] });
      const rows = [...rowsRead(result.records, 'deployments'), ...rowsRead(result.records, 'billables')];
      expect(new Set(rows.map(({ account_id }) => account_id))).toEqual(new Set([account]));
      const filters = sandbox.requests.flatMap(({ query }) => query['resource_group_id'] ?? []);
      expect(filters).toEqual([group]);
    });
  });
});

describe.concurrent('a state', () => {
  const streams = ['deployments_backups', 'deployments_recipes', 'billables'] as const;

  it('from a read without profiles applies to its account, and values of accounts that are no longer read are kept', async () => {
    await ibmCloud(THREE, async ({ sandbox, read }) => {
      const [own = '', other = ''] = sandbox.profiles;
      const options = { mode: 'incremental' as const, streams, config: { start_date: START } };
      const alone = await read(options);
      expect(JSON.stringify(alone.states)).not.toContain('months');
      const both = await read({
        ...options,
        ...through([own, other]),
        mode: 'incremental',
        streams,
        state: alone.states,
      });
      expect(both).toMatchObject({ exitCode: 0, violations: [] });
      const whole = await read({ ...options, ...through([own, other]), mode: 'full_refresh', streams });
      for (const name of streams) {
        const seen = new Set([...rowsOf(alone, name), ...rowsOf(both, name)]);
        expect(
          rowsOf(whole, name).filter((row) => !seen.has(row)),
          name,
        ).toEqual([]);
      }
      // Final records must not be repeated.
      const repeated = rowsOf(both, 'deployments_backups', accountIn(other)).length;
      expect(repeated).toBeLessThan(rowsOf(alone, 'deployments_backups').length);

      const back = await read({ ...options, ...through([own]), mode: 'incremental', streams, state: both.states });
      expect(back).toMatchObject({ exitCode: 0, violations: [] });
      expect(JSON.stringify(back.states)).toContain(`"${accountIn(other)}":"20`);
      const again = await read({ ...options, ...through([other]), mode: 'incremental', streams, state: back.states });
      const first = rowsOf(both, 'deployments_backups', accountIn(own)).length;
      expect(rowsOf(again, 'deployments_backups').length).toBeLessThan(first);
      expect(again).toMatchObject({ exitCode: 0, violations: [] });
    });
  });
});
