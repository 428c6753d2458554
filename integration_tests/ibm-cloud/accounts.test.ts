import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/server.ts';
import type { ReadResult } from '../reads.ts';
import { STREAM_NAMES, type StreamName } from './expected.ts';
import { type ReadOptions, TOKEN_PATH, ibmCloud, rowsRead } from './reads.ts';

// One key reads three accounts, through a trusted profile of each.

const THREE = { accounts: 2, deployments: 6, gen2Deployments: 3, backupDays: 3, members: 1, usageMonths: 3 };
const START = '2025-04-01T00:00:00Z';
const SAME_FOR_ALL = ['databases', 'datacenters'];

const accountIn = (crn: string): string => crn.split(':')[6]?.slice(2) ?? '';

/** Options that read the accounts of these profiles. */
function through(profiles: readonly string[]): ReadOptions {
  return { platform: { trusted_profiles: profiles }, config: { num_workers: 16, start_date: START } };
}

/** The rows of a stream as texts, except those of an account. */
function rowsOf(result: Pick<ReadResult, 'records'>, name: StreamName, but?: string): string[] {
  return rowsRead(result.records, name)
    .filter(({ account_id }) => account_id !== but)
    .map((row) => JSON.stringify(row))
    .toSorted();
}

describe.concurrent('a read of three accounts', () => {
  it('emits the records of three reads of one account each', async () => {
    await ibmCloud(THREE, async ({ sandbox, read }) => {
      const together = await read(through(sandbox.profiles));
      expect(together).toMatchObject({ exitCode: 0, violations: [] });
      expect(sandbox.stats().byPath[TOKEN_PATH]).toBe(1 + sandbox.profiles.length);
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
  ])('%s does not stop the others, and its streams end incomplete', async (_, faults, message) => {
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
