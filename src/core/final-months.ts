import { type Cursor, type CursorOptions, belongsTo, latestOf, startDateWarning } from './cursor.ts';
import { monthAfter, monthOf } from './month.ts';
import { type MonthsState, stateHead } from './stream-states.ts';

/** So many months before the present one are read first, if the user does not say from when. */
const MONTHS_BACK = 12;

/** A month may change until this day of the next, 00:00 UTC. */
const FINAL_ON = 21;

/**
 * The cursor of a report by month: the last month that is final and was read, like all before it. It is never asked for
 * again, each later one is, until it is final, too.
 */
export class FinalMonths implements Cursor {
  readonly #options: CursorOptions;
  #month: string | undefined;
  /** What was before it was not read; undefined: nothing was left out. */
  #startDate: string | undefined;
  /** Once a month is not read whole, none may be passed any more. */
  #isHeld = false;

  constructor(state: MonthsState, options: CursorOptions) {
    this.#options = options;
    const counts = options.mode === 'incremental' || belongsTo(options.jobId, state);
    this.#month = counts ? state.month : undefined;
    this.#startDate = counts ? state.start_date : undefined;
  }

  warnings(): string[] {
    const { startedAt, startDate } = this.#options;
    if (this.#month === undefined) return [];
    if (this.#month >= monthOf(startedAt)) {
      return [
        `the state says that ${this.#month} is final, which is not over; nothing is read until it is, and the state is kept. Reset the stream to read it again`,
      ];
    }
    return startDateWarning(this.#startDate, startDate);
  }

  /** The months to ask for, oldest first, up to the present one. */
  wanted(): string[] {
    const { startedAt, startDate } = this.#options;
    const present = monthOf(startedAt);
    if (this.#month !== undefined && this.#month >= present) return [];
    const next = this.#month === undefined ? undefined : monthAfter(this.#month);
    const begin = startDate === undefined ? undefined : monthOf(startDate);
    if (begin !== undefined && (next === undefined || begin > next)) {
      // What lies between the two is not read now, and later it is below the mark.
      this.#startDate = latestOf(this.#startDate, startDate);
    }
    const months: string[] = [];
    let month = latestOf(next, begin) ?? monthAfter(present, -MONTHS_BACK);
    for (; month <= present; month = monthAfter(month)) months.push(month);
    return months;
  }

  /** To be told of each of them, in their order, when its records have been emitted. */
  done(month: string, isWhole: boolean): void {
    // Where the first read began is where the next one has to, if nothing can be closed yet.
    this.#month ??= monthAfter(month, -1);
    if (!isWhole || finalFrom(month) > this.#options.startedAt) this.#isHeld = true;
    if (!this.#isHeld) this.#month = month;
  }

  state(): MonthsState {
    const state: MonthsState = { ...stateHead(this.#options.platform) };
    if (this.#month !== undefined) state.month = this.#month;
    if (this.#startDate !== undefined && this.#month !== undefined) state.start_date = this.#startDate;
    if (this.#options.mode === 'full_refresh' && this.#options.jobId !== undefined) state.job = this.#options.jobId;
    return state;
  }
}

/** From when on nothing in a month changes, as UTC text. */
function finalFrom(month: string): string {
  return `${monthAfter(month)}-${FINAL_ON}T00:00:00.000Z`;
}
