import { type Cursor, type CursorOptions, futureWarning, latestOf, leastLookback, startDateWarning } from './cursor.ts';
import { belongsTo } from './newest-first-cursor.ts';
import { type MarksState, stateHead } from './stream-states.ts';
import { msBefore } from './timestamp.ts';

/**
 * The cursor of a report that comes whole for every deployment: a mark for each of them, up to which everything was
 * emitted. A deployment that is not in it is read in full, also when it is added years later.
 */
export class SliceMarks implements Cursor {
  readonly #options: CursorOptions;
  readonly #marks: Map<string, string>;
  /** Those whose mark waits for a row that may still change. */
  readonly #waiting = new Set<string>();
  /** What was before it when slices were first read was not read; undefined: everything was. */
  #startDate: string | undefined;

  constructor(state: MarksState, options: CursorOptions) {
    this.#options = options;
    const counts = options.mode === 'incremental' || belongsTo(options.jobId, state);
    this.#marks = new Map(counts ? Object.entries(state.marks) : []);
    this.#startDate = counts ? state.start_date : undefined;
  }

  warnings(): string[] {
    const { startedAt, startDate } = this.#options;
    const newest = [...this.#marks.values()].reduce<string | undefined>(latestOf, undefined);
    if (newest === undefined) return [];
    return [...futureWarning(newest, startedAt), ...startDateWarning(this.#startDate, startDate)];
  }

  /**
   * To be called before rows of the slice are emitted. Those before the given time are known; undefined: none is. The
   * boundary itself is emitted again.
   */
  begin(slice: string): string | undefined {
    const { lookbackMs, startDate } = this.#options;
    this.#waiting.delete(slice);
    const mark = this.#marks.get(slice);
    const bound = mark === undefined ? undefined : msBefore(mark, leastLookback(lookbackMs));
    // What lies between the two is not read now, and later it is below the mark.
    if (startDate !== undefined && (bound === undefined || bound < startDate)) {
      this.#startDate = latestOf(this.#startDate, startDate);
    }
    return bound;
  }

  /**
   * To be told of every emitted row, in the order of their times. A row dated after the start of the run moves nothing.
   * The first that is not final holds the mark at its own time, so that the next read brings it again, and all that follows.
   */
  emitted(slice: string, at: string | undefined, isFinal: boolean): void {
    if (at === undefined || at > this.#options.startedAt || this.#waiting.has(slice)) return;
    if (!isFinal) this.#waiting.add(slice);
    const mark = isFinal ? latestOf(this.#marks.get(slice), at) : at;
    if (mark !== undefined) this.#marks.set(slice, mark);
  }

  /** Forgets the slices that the API no longer has, so that the state does not grow for ever. */
  retain(slices: ReadonlySet<string>): void {
    for (const slice of this.#marks.keys()) if (!slices.has(slice)) this.#marks.delete(slice);
  }

  state(): MarksState {
    const state: MarksState = { ...stateHead(this.#options.platform), marks: Object.fromEntries(this.#marks) };
    if (this.#startDate !== undefined && this.#marks.size > 0) state.start_date = this.#startDate;
    if (this.#options.mode === 'full_refresh' && this.#options.jobId !== undefined) state.job = this.#options.jobId;
    return state;
  }
}
