import { utcText } from '../../record/timestamp.ts';
import { type Cursor, type CursorOptions, StateFrame, futureWarning, latestOf } from '../cursor.ts';
import type { SharedState } from '../state-format.ts';
import type { WindowSize } from './declaration.ts';
import type { WindowValues } from './state.ts';

/** A time window, in Unix ms. A row dated `to` may come with it or with the next one. */
export interface Window {
  from: number;
  to: number;
}

/**
 * The cursor of a list that is requested by time windows: for each partition a high-water mark, up to which all windows were
 * read. They go from the oldest to the start of the sync, one after the other, so that a stopped read has a mark to resume from.
 */
export class WindowCursor implements Cursor {
  readonly #options: CursorOptions;
  readonly #size: WindowSize;
  readonly #frame: StateFrame;
  readonly #marks: Map<string, string>;

  constructor(state: WindowValues & SharedState, options: CursorOptions, size: WindowSize) {
    this.#options = options;
    this.#size = size;
    this.#frame = new StateFrame(state, options);
    this.#marks = new Map(this.#frame.counts ? Object.entries(state.marks) : []);
  }

  warnings(): string[] {
    const { startDate } = this.#options;
    const { startDate: before } = this.#frame;
    const newest = [...this.#marks.values()].reduce<string | undefined>(latestOf, undefined);
    if (newest === undefined) return [];
    const warnings = futureWarning(newest, this.#options.startedAt);
    // Without a start_date too, a first read goes back only so far.
    if (before !== undefined && startDate !== undefined && startDate < before) {
      warnings.push(
        `earlier syncs read this stream from ${before} on, and start_date is now ${startDate}; records from before ${before} do not come. Reset the stream to read them`,
      );
    }
    return warnings;
  }

  /** The windows of a partition that are to be read now. */
  begin(partition: string): PartitionWindows {
    const { lookbackMs, startDate, startedAt } = this.#options;
    const { overlapMs, firstMs } = this.#size;
    const mark = this.#marks.get(partition);
    const end = Date.parse(startedAt);
    const usual = mark === undefined ? end - firstMs : Date.parse(mark) - Math.max(overlapMs, lookbackMs);
    const given = startDate === undefined ? undefined : Date.parse(startDate);
    const from = mark === undefined ? (given ?? usual) : Math.max(given ?? usual, usual);
    return new PartitionWindows({ from, to: end }, this.#size, (upTo) => {
      this.#marks.set(partition, latestOf(this.#marks.get(partition), utcText(upTo)) ?? '');
      if (mark === undefined || from > usual) this.#frame.skipBefore(utcText(from));
    });
  }

  state(): WindowValues & SharedState {
    return this.#frame.state({ marks: Object.fromEntries(this.#marks) });
  }
}

/** The windows of one partition in the order of time, without a gap. */
export class PartitionWindows {
  readonly #size: WindowSize;
  readonly #end: number;
  readonly #onRead: (upTo: number) => void;
  /** Everything up to here was read. */
  #reached: number;
  /** Halves that are yet to be read, the oldest last. */
  readonly #halves: Window[] = [];

  constructor({ from, to }: Window, size: WindowSize, onRead: (upTo: number) => void) {
    this.#reached = from;
    this.#end = to;
    this.#size = size;
    this.#onRead = onRead;
  }

  /** The window to request; undefined at the end. */
  get current(): Window | undefined {
    const half = this.#halves.at(-1);
    if (half !== undefined) return half;
    if (this.#reached >= this.#end) return undefined;
    return { from: this.#reached, to: Math.min(this.#reached + this.#size.longestMs, this.#end) };
  }

  /** To be called once everything of the current window was emitted. */
  read(): void {
    const { current } = this;
    if (current === undefined) return;
    this.#halves.pop();
    this.#reached = current.to;
    this.#onRead(current.to);
  }

  /** The API truncated the current window: its halves are next. False if it is as short as it may become. */
  halve(): boolean {
    const { current } = this;
    const { shortestMs } = this.#size;
    if (current === undefined) return false;
    const { from, to } = current;
    if (to - from <= shortestMs) return false;
    const middle = from + Math.ceil((to - from) / 2 / shortestMs) * shortestMs;
    this.#halves.pop();
    this.#halves.push({ from: middle, to }, { from, to: middle });
    return true;
  }
}
