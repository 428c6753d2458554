import { msBefore } from '../../record/timestamp.ts';
import { type Cursor, type CursorOptions, StateFrame, latestOf, leastLookback } from '../cursor.ts';
import type { SharedState } from '../state-format.ts';
import type { PartitionValues } from './state.ts';

/**
 * The cursor of a stream whose partitions are always read whole: a high-water mark for each, up to which everything was
 * emitted. A partition without one is read in full, also when it is added years later. The keys of rows that were emitted
 * and may still change are kept, too: a row may get its date, or its partition, only later.
 */
export class PartitionCursor implements Cursor {
  readonly #options: CursorOptions;
  readonly #frame: StateFrame;
  readonly #marks: Map<string, string>;
  /** The partitions whose mark waits for a row that may still change. */
  readonly #waiting = new Set<string>();
  /** How far the mark of a partition may go, where that is limited. */
  readonly #ceilings = new Map<string, string>();
  /** The keys of the rows that were emitted and may still change. */
  readonly #pending: Set<string>;
  /** Those of them that this read has not seen. */
  readonly #unseen: Set<string>;

  constructor(state: PartitionValues & SharedState, options: CursorOptions) {
    this.#options = options;
    this.#frame = new StateFrame(state, options);
    const { counts } = this.#frame;
    this.#marks = new Map(counts ? Object.entries(state.marks) : []);
    this.#pending = new Set(counts ? state.pending : []);
    this.#unseen = new Set(this.#pending);
  }

  warnings(): string[] {
    return this.#frame.warnings([...this.#marks.values()].reduce<string | undefined>(latestOf, undefined));
  }

  /**
   * To be called before rows of the partition are emitted. Rows before the returned time are known; undefined: none are.
   * The mark does not pass `ceiling`.
   */
  begin(partition: string, ceiling?: string): string | undefined {
    const { lookbackMs, startDate } = this.#options;
    this.#waiting.delete(partition);
    if (ceiling === undefined) this.#ceilings.delete(partition);
    else this.#ceilings.set(partition, ceiling);
    const mark = this.#marks.get(partition);
    const bound = mark === undefined ? undefined : msBefore(mark, leastLookback(lookbackMs));
    if (startDate !== undefined && (bound === undefined || bound < startDate)) this.#frame.skipBefore(startDate);
    return bound;
  }

  /** Whether the row was emitted when it could still change: it has to come, wherever it is now and however old. */
  isPending(key: string): boolean {
    return this.#pending.has(key);
  }

  /**
   * To be called for every emitted row, in the order of their times. A row dated after the start of the sync moves no mark.
   * The first that is not final holds the mark at its own time, so that the next read emits it again, and all that follow.
   */
  emitted(partition: string, key: string, at: string | undefined, isFinal: boolean): void {
    this.#unseen.delete(key);
    if (isFinal) this.#pending.delete(key);
    else this.#pending.add(key);
    if (at === undefined || at > this.#options.startedAt || this.#waiting.has(partition)) return;
    const ceiling = this.#ceilings.get(partition);
    if (ceiling !== undefined && at > ceiling) return;
    if (!isFinal) this.#waiting.add(partition);
    const mark = isFinal ? latestOf(this.#marks.get(partition), at) : at;
    if (mark !== undefined) this.#marks.set(partition, mark);
  }

  /** Forgets the partitions that the API no longer has, so that the state does not grow for ever. */
  retain(partitions: ReadonlySet<string>): void {
    for (const partition of this.#marks.keys()) if (!partitions.has(partition)) this.#marks.delete(partition);
  }

  /** To be called when everything was read: pending rows that did not come are gone. */
  readWhole(): void {
    for (const key of this.#unseen) this.#pending.delete(key);
  }

  state(): PartitionValues & SharedState {
    const marks = Object.fromEntries(this.#marks);
    const pending = [...this.#pending];
    return this.#frame.state(pending.length === 0 ? { marks } : { marks, pending }, this.#marks.size > 0);
  }
}
