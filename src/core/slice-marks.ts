import {
  type Cursor,
  type CursorOptions,
  belongsTo,
  futureWarning,
  latestOf,
  leastLookback,
  startDateWarning,
} from './cursor.ts';
import { type MarksState, stateHead } from './stream-states.ts';
import { msBefore } from './timestamp.ts';

/**
 * The cursor of a report that comes whole for every deployment: a mark for each of them, up to which everything was
 * emitted. A deployment that is not in it is read in full, also when it is added years later. Beside the marks stand the
 * keys of the rows that were emitted and may still change: no mark tells of a row that gets its date, or its deployment,
 * only later.
 */
export class SliceMarks implements Cursor {
  readonly #options: CursorOptions;
  readonly #marks: Map<string, string>;
  /** Those whose mark waits for a row that may still change. */
  readonly #waiting = new Set<string>();
  /** How far the mark of a slice may go, where that is limited. */
  readonly #limits = new Map<string, string>();
  /** The keys of the rows that were emitted and may still change. */
  readonly #pending: Set<string>;
  /** Those of them that this read has not seen. */
  readonly #unseen: Set<string>;
  /** What was before it when slices were first read was not read; undefined: everything was. */
  #startDate: string | undefined;

  constructor(state: MarksState, options: CursorOptions) {
    this.#options = options;
    const counts = options.mode === 'incremental' || belongsTo(options.jobId, state);
    this.#marks = new Map(counts ? Object.entries(state.marks) : []);
    this.#pending = new Set(counts ? state.pending : []);
    this.#unseen = new Set(this.#pending);
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
   * boundary itself is emitted again. The mark does not pass `heldAt`.
   */
  begin(slice: string, heldAt?: string): string | undefined {
    const { lookbackMs, startDate } = this.#options;
    this.#waiting.delete(slice);
    if (heldAt === undefined) this.#limits.delete(slice);
    else this.#limits.set(slice, heldAt);
    const mark = this.#marks.get(slice);
    const bound = mark === undefined ? undefined : msBefore(mark, leastLookback(lookbackMs));
    // What lies between the two is not read now, and later it is below the mark.
    if (startDate !== undefined && (bound === undefined || bound < startDate)) {
      this.#startDate = latestOf(this.#startDate, startDate);
    }
    return bound;
  }

  /** Whether the row was emitted when it could still change: it has to come, wherever it is now and however old. */
  isPending(key: string): boolean {
    return this.#pending.has(key);
  }

  /**
   * To be told of every emitted row, in the order of their times. A row dated after the start of the run moves no mark.
   * The first that is not final holds the mark at its own time, so that the next read brings it again, and all that follows.
   */
  emitted(slice: string, key: string, at: string | undefined, isFinal: boolean): void {
    this.#unseen.delete(key);
    if (isFinal) this.#pending.delete(key);
    else this.#pending.add(key);
    if (at === undefined || at > this.#options.startedAt || this.#waiting.has(slice)) return;
    const limit = this.#limits.get(slice);
    if (limit !== undefined && at > limit) return;
    if (!isFinal) this.#waiting.add(slice);
    const mark = isFinal ? latestOf(this.#marks.get(slice), at) : at;
    if (mark !== undefined) this.#marks.set(slice, mark);
  }

  /** Forgets the slices that the API no longer has, so that the state does not grow for ever. */
  retain(slices: ReadonlySet<string>): void {
    for (const slice of this.#marks.keys()) if (!slices.has(slice)) this.#marks.delete(slice);
  }

  /** To be called when everything was read that there is: what did not come is gone, and need not be waited for. */
  readWhole(): void {
    for (const key of this.#unseen) this.#pending.delete(key);
  }

  state(): MarksState {
    const state: MarksState = { ...stateHead(this.#options.platform), marks: Object.fromEntries(this.#marks) };
    if (this.#pending.size > 0) state.pending = [...this.#pending];
    if (this.#startDate !== undefined && this.#marks.size > 0) state.start_date = this.#startDate;
    if (this.#options.mode === 'full_refresh' && this.#options.jobId !== undefined) state.job = this.#options.jobId;
    return state;
  }
}
