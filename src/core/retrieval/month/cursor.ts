import { z } from 'zod';
import type { MonthRules } from './declaration.ts';
import { monthAfter, monthOf } from './month.ts';
import { type Cursor, type CursorOptions, latestOf, StateFrame } from '../cursor.ts';
import { type StateFormat, month, sharedState } from '../state-format.ts';

const schema = sharedState.extend({
  /** The last month that was final when it was read. All months before it were final, too. */
  month: month.optional(),
  /** The same for each account with an id. */
  months: z.record(z.string(), month, { error: 'must be an object with months as values' }).optional(),
  /** The user's limits when these months were read, as `option:id`. Absent if there were no limits. */
  limits: z.array(z.string({ error: 'must be a limit' }), { error: 'must be a list of limits' }).optional(),
});

export type MonthState = z.infer<typeof schema>;

export const monthState: StateFormat<MonthState> = {
  schema,
  value: 'month',
  partitions: 'months',
  lists: ['limits'],
  objects: {},
};

/** The cursor of a stream that is read by month: the last month read after it became final. Later months are read again. */
export class MonthCursor implements Cursor {
  readonly #options: CursorOptions;
  readonly #rules: MonthRules;
  readonly #frame: StateFrame;
  /** The user's limits when the final months were read, or undefined if there were no limits. */
  readonly #limits: string[] | undefined;
  /** The options that select more now than they did when the final months were read. */
  readonly #widened: readonly string[];
  #month: string | undefined;
  /** Set when a month can't be closed, so that no later month is closed either. */
  #isHeld = false;

  constructor(state: MonthState, options: CursorOptions, rules: MonthRules, limits: string[] = []) {
    this.#options = options;
    this.#rules = rules;
    this.#frame = new StateFrame(state, options);
    this.#month = this.#frame.counts ? state.month : undefined;
    this.#widened = this.#month === undefined ? [] : widened(state.limits ?? [], limits);
    this.#limits = this.#widened.length > 0 ? state.limits : limits.length > 0 ? limits : undefined;
  }

  warnings(): string[] {
    const warnings = this.#frame.warnings(this.#month);
    if (this.#widened.length > 0) {
      warnings.push(
        `the months up to ${this.#month} are closed, and ${this.#widened.join(' and ')} selects more now than when they were read; the additional records are emitted only for later months. Reset the stream to read all months again`,
      );
    }
    return warnings;
  }

  /** The months to request, from the oldest to the current one. */
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

  /** Must be called for each of these months, in order, after its records have been emitted. */
  done(month: string, isWhole: boolean): void {
    // If no month can be closed yet, the next read begins with the same month.
    this.#month ??= monthAfter(month, -1);
    if (!isWhole || this.#finalFrom(month) > this.#options.startedAt) this.#isHeld = true;
    if (!this.#isHeld) this.#month = month;
  }

  state(): MonthState {
    const month = this.#month;
    return this.#frame.state({ month, limits: month === undefined ? undefined : this.#limits }, month !== undefined);
  }

  /** The UTC time from which a month is final. */
  #finalFrom(month: string): string {
    const day = String(this.#rules.finalOnDay).padStart(2, '0');
    return `${monthAfter(month)}-${day}T00:00:00.000Z`;
  }
}

/** The options that selected less before than they do now. */
function widened(before: readonly string[], now: readonly string[]): string[] {
  const optionOf = (limit: string): string => limit.slice(0, limit.indexOf(':'));
  return [...new Set(before.map(optionOf))].filter((option) => {
    const selected = now.filter((limit) => optionOf(limit) === option);
    return selected.length === 0 || selected.some((limit) => !before.includes(limit));
  });
}
