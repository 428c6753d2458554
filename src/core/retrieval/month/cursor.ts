import { z } from 'zod';
import type { MonthRules } from './declaration.ts';
import { monthAfter, monthOf } from './month.ts';
import { type Cursor, type CursorOptions, latestOf, StateFrame } from '../cursor.ts';
import { type StateFormat, month, sharedState } from '../state-format.ts';

const schema = sharedState.extend({
  /** The last month that was final when it was read. All months before it were final, too. */
  month: month.optional(),
  /** The same as `month`, for each account with an id. */
  months: z.record(z.string(), month, { error: 'must be an object with months as values' }).optional(),
  /** The ids that the config selected when these months were read, each as `option:id`. Absent if the config selected everything. */
  limits: z.array(z.string({ error: 'must be a string' }), { error: 'must be a list' }).optional(),
});

export type MonthState = z.infer<typeof schema>;

export const monthState: StateFormat<MonthState> = {
  schema,
  value: { key: 'month', kind: 'month' },
  partitions: 'months',
  lists: ['limits'],
  objects: {},
};

/**
 * The cursor of a stream that is read by month. For each account, it stores the last month that was final when it was read; later months
 * are read again. Accounts that are no longer read keep their month, so that reading can resume later. In the state, `month` belongs to the
 * account without an id, and `months` to the other accounts.
 */
export class MonthCursor implements Cursor {
  readonly #rules: MonthRules;
  readonly #limits: readonly string[];
  readonly #frame: StateFrame;
  readonly #haveLimitsChanged: boolean;
  readonly #months = new Map<string | undefined, string>();
  /** The accounts with a month that can't be closed. Their later months can't be closed either. */
  readonly #held = new Set<string | undefined>();

  /** If `limits` has changed, all months are read again, because they may now contain different records. */
  constructor(state: MonthState, options: CursorOptions, rules: MonthRules, limits: readonly string[]) {
    this.#rules = rules;
    this.#limits = limits;
    this.#frame = new StateFrame(state, options);
    const { month, months = {}, limits: before = [] } = state;
    if (this.#frame.counts) {
      if (month !== undefined) this.#months.set(undefined, month);
      for (const [account, its] of Object.entries(months)) this.#months.set(account, its);
    }
    const isSame = before.length === limits.length && limits.every((limit) => before.includes(limit));
    this.#haveLimitsChanged = !isSame && this.#months.size > 0;
    if (!this.#haveLimitsChanged) return;
    this.#months.clear();
    this.#frame.startDate = undefined;
  }

  warnings(): string[] {
    if (this.#haveLimitsChanged) {
      return ['the config selects different records than in the last sync, so all months are read again'];
    }
    return this.#frame.warnings(this.#months.values());
  }

  /** The months to request for an account, from the oldest to the current month. */
  wanted(account?: string): string[] {
    const { startedAt, startDate } = this.#frame.options;
    const present = monthOf(startedAt);
    const last = this.#months.get(account);
    if (last !== undefined && last >= present) return [];
    const next = last === undefined ? undefined : monthAfter(last);
    const begin = startDate === undefined ? undefined : monthOf(startDate);
    if (begin !== undefined && (next === undefined || begin > next)) this.#frame.skipBefore(startDate);
    const months: string[] = [];
    let month = latestOf(next, begin) ?? monthAfter(present, -this.#rules.firstMonths);
    for (; month <= present; month = monthAfter(month)) months.push(month);
    return months;
  }

  /** Must be called after each month's records have been emitted, in the order in which `wanted` returned the months. */
  done(account: string | undefined, month: string, isWhole: boolean): void {
    // Initially, save the month before `month`. If no month can be closed, the next read begins with `month` again.
    if (!this.#months.has(account)) this.#months.set(account, monthAfter(month, -1));
    if (!isWhole || this.#finalFrom(month) > this.#frame.options.startedAt) this.#held.add(account);
    if (!this.#held.has(account)) this.#months.set(account, month);
  }

  state(): MonthState {
    const months = [...this.#months].filter(([account]) => account !== undefined);
    const hasMonths = this.#months.size > 0;
    return this.#frame.state(
      {
        month: this.#months.get(undefined),
        limits: hasMonths && this.#limits.length > 0 ? [...this.#limits] : undefined,
        months: months.length > 0 ? Object.fromEntries(months) : undefined,
      },
      hasMonths,
    );
  }

  /** The UTC time from which a month is final. */
  #finalFrom(month: string): string {
    const day = String(this.#rules.finalOnDay).padStart(2, '0');
    return `${monthAfter(month)}-${day}T00:00:00.000Z`;
  }
}
