import { type Cursor, type CursorOptions, StateFrame, latestOf, startDateWarning } from '../cursor.ts';
import type { SharedState } from '../state-format.ts';
import type { MonthRules } from './declaration.ts';
import { monthAfter, monthOf } from './month.ts';
import type { MonthValues } from './state.ts';

/**
 * The cursor of a report by month: the last month that is final and was read, like all before it. It is never requested
 * again; each later one is, until it is final, too.
 */
export class MonthCursor implements Cursor {
  readonly #options: CursorOptions;
  readonly #rules: MonthRules;
  readonly #frame: StateFrame;
  #month: string | undefined;
  /** Once a month is not read whole, none may be passed any more. */
  #isHeld = false;

  constructor(state: MonthValues & SharedState, options: CursorOptions, rules: MonthRules) {
    this.#options = options;
    this.#rules = rules;
    this.#frame = new StateFrame(state, options);
    this.#month = this.#frame.counts ? state.month : undefined;
  }

  warnings(): string[] {
    const { startedAt, startDate } = this.#options;
    if (this.#month === undefined) return [];
    if (this.#month >= monthOf(startedAt)) {
      return [
        `the state says that ${this.#month} is final, which is not over; nothing is read until it is, and the state is kept. Reset the stream to read it again`,
      ];
    }
    return startDateWarning(this.#frame.startDate, startDate);
  }

  /** The months to request, oldest first, up to the present one. */
  wanted(): string[] {
    const { startedAt, startDate } = this.#options;
    const present = monthOf(startedAt);
    if (this.#month !== undefined && this.#month >= present) return [];
    const next = this.#month === undefined ? undefined : monthAfter(this.#month);
    const begin = startDate === undefined ? undefined : monthOf(startDate);
    if (begin !== undefined && (next === undefined || begin > next)) this.#frame.skipBefore(startDate);
    const months: string[] = [];
    let month = latestOf(next, begin) ?? monthAfter(present, -this.#rules.firstMonths);
    for (; month <= present; month = monthAfter(month)) months.push(month);
    return months;
  }

  /** To be called for each of them, in their order, when its records were emitted. */
  done(month: string, isWhole: boolean): void {
    // Where the first read began is where the next one has to, if nothing can be closed yet.
    this.#month ??= monthAfter(month, -1);
    if (!isWhole || this.#finalFrom(month) > this.#options.startedAt) this.#isHeld = true;
    if (!this.#isHeld) this.#month = month;
  }

  state(): MonthValues & SharedState {
    const month = this.#month;
    return this.#frame.state(month === undefined ? {} : { month }, month !== undefined);
  }

  /** From when on nothing in a month changes, as UTC text. */
  #finalFrom(month: string): string {
    const day = String(this.#rules.finalOnDay).padStart(2, '0');
    return `${monthAfter(month)}-${day}T00:00:00.000Z`;
  }
}
