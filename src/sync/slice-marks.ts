import { type Cursor, type CursorOptions, later } from './cursor.ts';
import { belongsTo } from './newest-first-cursor.ts';
import { type MarksState, STATE_VERSION } from './stream-states.ts';
import { earlier } from './timestamp.ts';

/**
 * The cursor of a report that comes whole for every deployment: a mark for each of them, up to which everything was
 * emitted. A deployment that is not in it is read in full, also when it is added years later.
 */
export class SliceMarks implements Cursor {
  readonly #options: CursorOptions;
  readonly #marks: Map<string, string>;

  constructor(state: MarksState, options: CursorOptions) {
    this.#options = options;
    const counts = options.mode === 'incremental' || belongsTo(options.jobId, state);
    this.#marks = new Map(counts ? Object.entries(state.marks) : []);
  }

  /** The greatest mark of all, to tell a state from the future. */
  get newest(): string | undefined {
    return [...this.#marks.values()].reduce<string | undefined>(later, undefined);
  }

  /** Rows of the slice before this time are known; undefined: none is. The boundary itself is emitted again. */
  bound(slice: string): string | undefined {
    const mark = this.#marks.get(slice);
    return mark === undefined ? undefined : earlier(mark, this.#options.lookbackMs);
  }

  /** To be told of every emitted row, in the order of their times. A row dated after the start of the run moves nothing. */
  emitted(slice: string, at: string | undefined): void {
    if (at === undefined || at > this.#options.startedAt) return;
    const mark = later(this.#marks.get(slice), at);
    if (mark !== undefined) this.#marks.set(slice, mark);
  }

  /** Forgets the slices that the API no longer has, so that the state does not grow for ever. */
  retain(slices: ReadonlySet<string>): void {
    for (const slice of this.#marks.keys()) if (!slices.has(slice)) this.#marks.delete(slice);
  }

  state(): MarksState {
    const state: MarksState = { version: STATE_VERSION, marks: Object.fromEntries(this.#marks) };
    if (this.#options.mode === 'full_refresh' && this.#options.jobId !== undefined) state.job = this.#options.jobId;
    return state;
  }
}
