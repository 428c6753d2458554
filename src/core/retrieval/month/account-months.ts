import type { MonthRules } from './declaration.ts';
import { type Cursor, type CursorOptions, StateFrame, latestOf } from '../cursor.ts';
import { MonthCursor, type MonthState } from './cursor.ts';

/**
 * The cursors of all accounts, each with the last final month of its own. Accounts that are no longer read keep their month, so
 * that reading can resume later. The account without an id has `month` in the state; others are in `months`.
 */
export class AccountMonths implements Cursor {
  readonly #cursors: ReadonlyMap<string | undefined, MonthCursor>;
  readonly #saved: MonthState;

  constructor(
    state: MonthState,
    options: CursorOptions,
    rules: MonthRules,
    limits: string[] = [],
    accounts: ReadonlyArray<string | undefined> = [undefined],
  ) {
    const { counts } = new StateFrame(state, options);
    this.#saved = counts ? state : { version: state.version };
    this.#cursors = new Map(
      accounts.map((account) => {
        const month = account === undefined ? state.month : state.months?.[account];
        return [account, new MonthCursor({ ...state, month }, options, rules, limits)];
      }),
    );
  }

  [Symbol.iterator](): Iterator<[account: string | undefined, cursor: MonthCursor]> {
    return this.#cursors.entries();
  }

  warnings(): string[] {
    return [...new Set([...this.#cursors.values()].flatMap((cursor) => cursor.warnings()))];
  }

  state(): MonthState {
    const states = [...this.#cursors].map(([account, cursor]) => [account, cursor.state()] as const);
    const months = { ...this.#saved.months };
    for (const [account, { month }] of states) {
      if (account !== undefined && month !== undefined) months[account] = month;
    }
    const [[account, first] = []] = states;
    return {
      ...(first ?? this.#saved),
      month: account === undefined ? first?.month : this.#saved.month,
      limits: (states.find(([, { month }]) => month !== undefined)?.[1] ?? this.#saved).limits,
      months: Object.keys(months).length === 0 ? undefined : months,
      start_date: states.map(([, { start_date }]) => start_date).reduce(latestOf, undefined),
    };
  }
}
