import { type Cursor, type CursorOptions, belongsTo, futureWarning, latestOf } from './cursor.ts';
import { type MarksState, stateHead } from './stream-states.ts';
import { utcText } from './timestamp.ts';

/** A time that is asked for, in Unix ms. What is dated `to` may come with it or with the next one. */
export interface Window {
  from: number;
  to: number;
}

/** How a time is cut into windows, all in ms. */
export interface WindowRules {
  /** The longest that may be asked for. */
  longestMs: number;
  /** One as short is not halved any more. */
  shortestMs: number;
  /** At least so far a read goes back behind the mark of the one before, for what was written late. */
  overlapMs: number;
  /** So far a first read goes back if the user has set no start_date. */
  firstMs: number;
}

/**
 * The cursor of a list that is asked for by windows of time: for each slice a mark, up to which all windows were read. They
 * go from the oldest to the start of the run, one behind the other, so that a read which is stopped has a mark to go on from.
 */
export class TimeWindows implements Cursor {
  readonly #options: CursorOptions;
  readonly #rules: WindowRules;
  readonly #marks: Map<string, string>;
  /** What was before it when slices were first read was not read. */
  #startDate: string | undefined;

  constructor(state: MarksState, options: CursorOptions, rules: WindowRules) {
    this.#options = options;
    this.#rules = rules;
    const counts = options.mode === 'incremental' || belongsTo(options.jobId, state);
    this.#marks = new Map(counts ? Object.entries(state.marks) : []);
    this.#startDate = counts ? state.start_date : undefined;
  }

  warnings(): string[] {
    const { startedAt, startDate } = this.#options;
    const newest = [...this.#marks.values()].reduce<string | undefined>(latestOf, undefined);
    if (newest === undefined) return [];
    const warnings = futureWarning(newest, startedAt);
    const before = this.#startDate;
    if (before !== undefined && startDate !== undefined && startDate < before) {
      warnings.push(
        `earlier syncs read this stream from ${before} on, and start_date is now ${startDate}; records from before ${before} do not come. Reset the stream to read them`,
      );
    }
    return warnings;
  }

  /** The windows of a slice that are to be read now. */
  begin(slice: string): SliceWindows {
    const { lookbackMs, startDate, startedAt } = this.#options;
    const { overlapMs, firstMs } = this.#rules;
    const mark = this.#marks.get(slice);
    const end = Date.parse(startedAt);
    const usual = mark === undefined ? end - firstMs : Date.parse(mark) - Math.max(overlapMs, lookbackMs);
    const given = startDate === undefined ? undefined : Date.parse(startDate);
    const from = mark === undefined ? (given ?? usual) : Math.max(given ?? usual, usual);
    return new SliceWindows({ from, to: end }, this.#rules, (upTo) => {
      this.#marks.set(slice, latestOf(this.#marks.get(slice), utcText(upTo)) ?? '');
      // What is before it was not read, and from now on it is below the mark.
      if (mark === undefined || from > usual) this.#startDate = latestOf(this.#startDate, utcText(from));
    });
  }

  state(): MarksState {
    const state: MarksState = { ...stateHead(this.#options.platform), marks: Object.fromEntries(this.#marks) };
    if (this.#startDate !== undefined) state.start_date = this.#startDate;
    if (this.#options.mode === 'full_refresh' && this.#options.jobId !== undefined) state.job = this.#options.jobId;
    return state;
  }
}

/** The windows of one slice in the order of time, without a gap. */
export class SliceWindows {
  readonly #rules: WindowRules;
  readonly #end: number;
  readonly #onRead: (upTo: number) => void;
  /** Up to here all was read. */
  #reached: number;
  /** What was halved and is yet to be read, the oldest last. */
  readonly #halves: Window[] = [];

  constructor({ from, to }: Window, rules: WindowRules, onRead: (upTo: number) => void) {
    this.#reached = from;
    this.#end = to;
    this.#rules = rules;
    this.#onRead = onRead;
  }

  /** The window to ask for; undefined at the end. */
  get current(): Window | undefined {
    const half = this.#halves.at(-1);
    if (half !== undefined) return half;
    if (this.#reached >= this.#end) return undefined;
    return { from: this.#reached, to: Math.min(this.#reached + this.#rules.longestMs, this.#end) };
  }

  /** To be told once everything of the current window has been emitted. */
  read(): void {
    const { current } = this;
    if (current === undefined) return;
    this.#halves.pop();
    this.#reached = current.to;
    this.#onRead(current.to);
  }

  /** The API left rows of the current window out: its halves are next. False if it is as short as it may become. */
  halve(): boolean {
    const { current } = this;
    const { shortestMs } = this.#rules;
    if (current === undefined) return false;
    const { from, to } = current;
    if (to - from <= shortestMs) return false;
    const middle = from + Math.ceil((to - from) / 2 / shortestMs) * shortestMs;
    this.#halves.pop();
    this.#halves.push({ from: middle, to }, { from, to: middle });
    return true;
  }
}
