import { z } from 'zod';
import { type Cursor, type CursorOptions, latestOf, StateFrame } from '../cursor.ts';
import { type StateFormat, sharedState, timesByPartition } from '../state-format.ts';

const schema = sharedState.extend({
  /** The high-water mark of each partition, up to which all rows have been emitted. */
  marks: timesByPartition,
  /** The keys of emitted rows that may still change. Absent if there are no such rows. */
  pending: z.array(z.string({ error: 'must be a key' }), { error: 'must be a list of keys' }).optional(),
});

export type PartitionState = z.infer<typeof schema>;

export const partitionState: StateFormat<PartitionState> = {
  schema,
  partitions: 'marks',
  lists: ['pending'],
  objects: {},
};

/**
 * The cursor of a stream whose partitions are always read completely. For each partition, it stores a high-water mark, up to which all rows
 * have been emitted. A partition without a mark is read in full, even if it is added years later. The cursor also stores the keys of
 * emitted rows that may still change, because a row may get its date later or move to another partition.
 */
export class PartitionCursor implements Cursor {
  readonly #frame: StateFrame;
  readonly #marks: Map<string, string>;
  readonly #pending: Set<string>;
  /** The keys of pending rows that this read has not seen yet. */
  readonly #unseen: Set<string>;

  constructor(state: PartitionState, options: CursorOptions) {
    this.#frame = new StateFrame(state, options);
    const { counts } = this.#frame;
    this.#marks = new Map(counts ? Object.entries(state.marks) : []);
    this.#pending = new Set(counts ? state.pending : []);
    this.#unseen = new Set(this.#pending);
  }

  warnings(): string[] {
    return this.#frame.warnings(this.#marks.values());
  }

  /** Must be called before a partition's rows are emitted. Returns the time before which rows count as read, or undefined if none do. */
  begin(partition: string): string | undefined {
    const { startDate } = this.#frame.options;
    const bound = this.#frame.boundOf(this.#marks.get(partition));
    if (startDate !== undefined && (bound === undefined || bound < startDate)) this.#frame.skipBefore(startDate);
    return bound;
  }

  /** Whether the row could still change when it was last emitted. If so, it is emitted again, regardless of its partition and age. */
  isPending(key: string): boolean {
    return this.#pending.has(key);
  }

  /** Must be called for every emitted row. */
  emitted(key: string, isFinal: boolean): void {
    this.#unseen.delete(key);
    if (isFinal) this.#pending.delete(key);
    else this.#pending.add(key);
  }

  /**
   * Must be called after all rows of a partition have been emitted. `newest` is the latest time of a final row. `oldestOpen` is the
   * earliest time of a row that may still change; it limits the mark, so that the next read emits this row and all later rows again.
   */
  read(partition: string, newest: string | undefined, oldestOpen: string | undefined): void {
    const mark = oldestOpen ?? latestOf(this.#marks.get(partition), newest);
    if (mark !== undefined) this.#marks.set(partition, mark);
  }

  /** Removes the marks of partitions that the API no longer has, so that the state doesn't grow forever. */
  retain(partitions: ReadonlySet<string>, isCovered: (id: string) => boolean = () => true): void {
    for (const partition of this.#marks.keys()) {
      if (!partitions.has(partition) && isCovered(partition)) this.#marks.delete(partition);
    }
  }

  /** Must be called after all partitions have been read completely. Removes unseen pending rows, because they no longer exist. */
  readWhole(isCovered: (id: string) => boolean = () => true): void {
    for (const key of this.#unseen) if (isCovered(key)) this.#pending.delete(key);
  }

  state(): PartitionState {
    const pending = this.#pending.size === 0 ? undefined : [...this.#pending];
    return this.#frame.state({ marks: Object.fromEntries(this.#marks), pending }, this.#marks.size > 0);
  }
}
