import { describe, expect, test } from 'vitest';
import { AccountMonths } from './account-months.ts';
import { type MonthState, monthState } from './cursor.ts';

const OPTIONS = {
  mode: 'incremental' as const,
  platform: 'ibm_cloud',
  startedAt: '2026-11-24T00:00:00.000Z',
  lookbackMs: 0,
  startDate: undefined,
  jobId: undefined,
};
const RULES = { firstMonths: 3, finalOnDay: 21, keptMonths: 3, saysThereIsNone: () => false };

function open(state: object, accounts?: readonly string[], limits?: string[], more: object = {}): AccountMonths {
  const saved = monthState.schema.parse({ version: 1, platform: 'ibm_cloud', ...state });
  return new AccountMonths(saved, { ...OPTIONS, ...more }, RULES, limits, accounts);
}

/** Reads all months of each account, or those up to `last`, and returns them. Every month is whole. */
function readAll(months: AccountMonths, last: Readonly<Record<string, string>> = {}): Record<string, string[]> {
  const read: Record<string, string[]> = {};
  for (const [account = 'own', cursor] of months) {
    read[account] = cursor.wanted().filter((month) => month <= (last[account] ?? '9'));
    for (const month of read[account]) cursor.done(month, true);
  }
  return read;
}

/** The state as it is saved. */
function saved(months: AccountMonths): MonthState {
  return JSON.parse(JSON.stringify(months.state())) as MonthState;
}

describe('the months of accounts', () => {
  test('are those of a single account without an id, whose state has no accounts', () => {
    const months = open({ month: '2026-08' });
    expect(readAll(months)).toEqual({ own: ['2026-09', '2026-10', '2026-11'] });
    expect(saved(months)).toEqual({ version: 1, platform: 'ibm_cloud', month: '2026-10' });
  });

  test('are read on for each account from its own month, and a new account from the beginning', () => {
    const months = open({ months: { a: '2026-09' } }, ['a', 'b']);
    expect(readAll(months, { b: '2026-09' })).toEqual({ a: ['2026-10', '2026-11'], b: ['2026-08', '2026-09'] });
    expect(saved(months)).toEqual({ version: 1, platform: 'ibm_cloud', months: { a: '2026-10', b: '2026-09' } });
  });

  test('are kept for accounts that are no longer read, including the one without an id', () => {
    const state = { month: '2026-07', months: { a: '2026-08', b: '2026-09' } };
    const months = open({ ...state, limits: ['deployment_ids:x'] }, ['c']);
    expect(saved(months)).toMatchObject({ ...state, limits: ['deployment_ids:x'] });
    readAll(months);
    expect(saved(months)).toMatchObject({ month: '2026-07', months: { ...state.months, c: '2026-10' } });
    const alone = open(state);
    readAll(alone);
    expect(saved(alone)).toMatchObject({ month: '2026-10', months: state.months });
  });

  test('keep limits, and one warning for all accounts whose limits are wider now', () => {
    const months = open({ months: { a: '2026-09', b: '2026-09' }, limits: ['deployment_ids:x'] }, ['a', 'b']);
    expect(months.warnings()).toHaveLength(1);
    readAll(months);
    expect(saved(months).limits).toEqual(['deployment_ids:x']);
  });

  test('are read from the beginning by a full refresh, which forgets the saved months', () => {
    const months = open({ month: '2026-09', months: { a: '2026-09', b: '2026-09' } }, ['a'], [], {
      mode: 'full_refresh',
    });
    expect(readAll(months)['a']?.[0]).toBe('2026-08');
    expect(saved(months)).toEqual({ version: 1, platform: 'ibm_cloud', months: { a: '2026-10' } });
  });
});
