import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MonthCursor, monthState, type MonthState } from './cursor.ts';
import { parseState } from '../state-format.ts';
import type { CursorOptions } from '../cursor.ts';
import { monthAfter, monthOf } from './month.ts';

const STARTED_AT = '2026-11-26T10:00:00.000Z';

function monthsOf(
  state: Omit<MonthState, 'version'> = {},
  options: Partial<CursorOptions> = {},
  limits: string[] = [],
): MonthCursor {
  const defaults = {
    mode: 'incremental' as const,
    platform: 'compose',
    startedAt: STARTED_AT,
    lookbackMs: 60_000,
    startDate: undefined,
    jobId: undefined,
  };
  const rules = { firstMonths: 12, finalOnDay: 21, keptMonths: 3, saysThereIsNone: () => false };
  return new MonthCursor({ version: 1, ...state }, { ...defaults, ...options }, rules, limits);
}

/** Reads all requested months of an account, and returns them. */
function readAll(months: MonthCursor, isWhole: (month: string) => boolean = () => true, account?: string): string[] {
  const wanted = months.wanted(account);
  for (const month of wanted) months.done(account, month, isWhole(month));
  return wanted;
}

function saved(months: MonthCursor): MonthState {
  return JSON.parse(JSON.stringify(months.state())) as MonthState;
}

describe('a first read', () => {
  test('a first read requests the previous twelve months and the current month, oldest first', () => {
    const wanted = monthsOf().wanted();
    expect(wanted).toHaveLength(13);
    expect(wanted[0]).toBe('2025-11');
    expect(wanted.at(-1)).toBe('2026-11');
    expect(wanted).toEqual(wanted.toSorted());
  });

  test('a first read begins with the month of start_date, however old or recent it is', () => {
    expect(monthsOf({}, { startDate: '2023-12-31T23:59:59.000Z' }).wanted()[0]).toBe('2023-12');
    expect(monthsOf({}, { startDate: '2026-11-30T00:00:00.000Z' }).wanted()).toEqual(['2026-11']);
    expect(monthsOf({}, { startDate: '2027-01-01T00:00:00.000Z' }).wanted()).toEqual([]);
  });
});

describe('the last final month', () => {
  test.each([
    ['2026-11-20T23:59:59.999Z', '2026-09', ['2026-10', '2026-11']],
    ['2026-11-21T00:00:00.000Z', '2026-10', ['2026-11']],
    ['2026-12-31T23:59:59.999Z', '2026-11', ['2026-12']],
    ['2027-01-01T00:00:00.000Z', '2026-11', ['2026-12', '2027-01']],
    ['2027-01-21T00:00:00.000Z', '2026-12', ['2027-01']],
  ])('at %s, the last final month is %s', (startedAt, last, open) => {
    const months = monthsOf({ month: '2026-06' }, { startedAt });
    readAll(months);
    expect(months.state()).toEqual({ version: 1, month: last });
    // The next read requests only the open months.
    expect(monthsOf({ month: last }, { startedAt }).wanted()).toEqual(open);
  });
});

test('a partially read month and all later months stay open', () => {
  const months = monthsOf({ month: '2026-05' });
  readAll(months, (month) => month !== '2026-07');
  expect(months.state()).toEqual({ version: 1, month: '2026-06' });
});

describe('start_date', () => {
  test('a start_date later than the saved month skips the months in between and is saved in the state', () => {
    const startDate = '2026-09-15T00:00:00.000Z';
    const months = monthsOf({ month: '2026-03' }, { startDate });
    expect(readAll(months)).toEqual(['2026-09', '2026-10', '2026-11']);
    const state = months.state();
    expect(state).toEqual({ version: 1, month: '2026-10', start_date: startDate });
    expect(monthsOf(state).warnings()).toEqual([expect.stringContaining('start_date')]);
    expect(monthsOf(state, { startDate }).warnings()).toEqual([]);
  });

  test('a start_date earlier than the saved month does not cause any month to be requested again', () => {
    expect(monthsOf({ month: '2026-10' }, { startDate: '2026-01-01T00:00:00.000Z' }).wanted()).toEqual(['2026-11']);
  });
});

test.each(['2026-12', '9999-12'])('a state with the future month %s causes a warning, and nothing is read', (month) => {
  const months = monthsOf({ month });
  expect(months.wanted()).toEqual([]);
  expect(months.warnings()).toEqual([expect.stringContaining(month)]);
  expect(months.state().month).toBe(month);
});

describe('the limits of the config', () => {
  const closed = { month: '2026-09', limits: ['ids:a', 'ids:b'] };

  test.each([[[]], [['ids:a', 'ids:c']], [['ids:a']], [['ids:a', 'ids:b', 'groups:g']]])(
    'if the limits change, a warning is logged and all months are read again (new limits: %j)',
    (limits) => {
      const months = monthsOf({ ...closed, start_date: '2025-11-15T00:00:00.000Z' }, {}, limits);
      expect(months.warnings()).toEqual([
        'the config selects different records than in the last sync, so all months are read again',
      ]);
      expect(readAll(months)).toHaveLength(13);
      expect(saved(months)).toEqual({ version: 1, month: '2026-10', ...(limits.length > 0 && { limits }) });
    },
  );

  test.each([
    ['the same limits in another order', closed, {}, ['ids:b', 'ids:a']],
    ['a full refresh', closed, { mode: 'full_refresh' as const }, []],
    ['a state without a month', { limits: closed.limits }, {}, []],
  ])('there is no warning for %s', (_, state, options, limits) => {
    expect(monthsOf(state, options, limits).warnings()).toEqual([]);
  });

  test('the same limits are kept in the state', () => {
    const months = monthsOf(closed, {}, closed.limits);
    expect(months.wanted()).toEqual(['2026-10', '2026-11']);
    expect(saved(months)).toEqual({ version: 1, ...closed });
  });
});

describe('several accounts', () => {
  test('each account is read from its own month, and a new account from the beginning', () => {
    const months = monthsOf({ months: { a: '2026-08' } });
    expect(readAll(months, undefined, 'a')).toEqual(['2026-09', '2026-10', '2026-11']);
    expect(readAll(months, (month) => month < '2026-09', 'b')[0]).toBe('2025-11');
    expect(saved(months)).toEqual({ version: 1, months: { a: '2026-10', b: '2026-08' } });
  });

  test('an account that is no longer read keeps its month, even if the account has no id', () => {
    const state = { month: '2026-07', months: { a: '2026-08', b: '2026-09' } };
    const months = monthsOf(state);
    readAll(months, undefined, 'c');
    expect(saved(months)).toEqual({ version: 1, ...state, months: { ...state.months, c: '2026-10' } });
  });
});

describe('a full refresh', () => {
  test('a full refresh ignores the state', () => {
    expect(monthsOf({ month: '2026-10' }, { mode: 'full_refresh' }).wanted()).toHaveLength(13);
  });
});

test('monthAfter counts across years', () => {
  expect(monthAfter('2026-12')).toBe('2027-01');
  expect(monthAfter('2026-01', -1)).toBe('2025-12');
  expect(monthAfter('2026-11', -12)).toBe('2025-11');
  expect(monthAfter('0999-12')).toBe('1000-01');
});

const DAY = 86_400_000;

test('in any sequence of reads, every month is read exactly once after it becomes final', () => {
  const gaps = fc.array(
    fc.record({
      days: fc.integer({ min: 0, max: 75 }),
      /** The number of months that are read before the process is killed, or undefined if all are read. */
      kills: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(gaps, (reads) => {
      let now = Date.parse('2024-02-10T00:00:00.000Z');
      let state: object = {};
      const readFinal = new Map<string, number>();
      const first = '2023-02';
      for (const { days, kills } of reads) {
        now += days * DAY;
        const startedAt = new Date(now).toISOString();
        const months = monthsOf(parseState(monthState, state, 'The state', 'compose'), {
          startedAt,
          startDate: `${first}-01T00:00:00.000Z`,
        });
        for (const month of months.wanted().slice(0, kills)) {
          months.done(undefined, month, true);
          const isFinal = `${monthAfter(month)}-21T00:00:00.000Z` <= startedAt;
          if (isFinal) readFinal.set(month, (readFinal.get(month) ?? 0) + 1);
        }
        state = JSON.parse(JSON.stringify(months.state())) as object;
      }
      const { month: last } = state as MonthState;
      for (let month = first; month <= (last ?? ''); month = monthAfter(month)) {
        expect(readFinal.get(month), month).toBe(1);
      }
      expect(last === undefined || last < monthOf(new Date(now).toISOString())).toBe(true);
    }),
  );
});
