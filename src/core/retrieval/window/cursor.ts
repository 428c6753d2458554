import type { z } from 'zod';
import type { WindowSize } from './declaration.ts';
import { type Cursor, type CursorOptions, latestOf, StateFrame } from '../cursor.ts';
import { type StateFormat, sharedState, timesByPartition } from '../state-format.ts';
import { utcText } from '../../record/timestamp.ts';

const schema = sharedState.extend({
  /** The high-water mark of each partition, up to which all windows have been read. */
  marks: timesByPartition,
});

export type WindowState = z.infer<typeof schema>;

export const windowState: StateFormat<WindowState> = { schema, partitions: 'marks', lists: [], objects: {} };

/** A time window, in Unix ms. A row dated exactly `to` may be in this window, in the next window, or in both. */
export interface Window {
  from: number;
  to: number;
}

/** The cursor of a list requested in time windows, oldest first, so that a stopped read can resume at each partition's high-water mark. */
export class WindowCursor implements Cursor {
  readonly #size: WindowSize;
  readonly #frame: StateFrame;
  readonly #marks: Map<string, string>;

  constructor(state: WindowState, options: CursorOptions, size: WindowSize) {
    this.#size = size;
    this.#frame = new StateFrame(state, options);
    this.#marks = new Map(this.#frame.counts ? Object.entries(state.marks) : []);
  }

  warnings(): string[] {
    // Removing start_date needs no warning, because even a first read without start_date skips older records.
    return this.#frame.warnings(this.#marks.values(), this.#frame.options.startDate ?? this.#frame.startDate);
  }

  /** The windows that this sync must read in a partition, newest first. */
  windowsOf(partition: string): Window[] {
    const { lookbackMs, startDate, startedAt } = this.#frame.options;
    const { longestMs, overlapMs, firstMs } = this.#size;
    const mark = this.#marks.get(partition);
    const end = Date.parse(startedAt);
    const start = startDate === undefined ? undefined : Date.parse(startDate);
    const first =
      mark === undefined
        ? (start ?? end - firstMs)
        : Math.max(start ?? 0, Date.parse(mark) - Math.max(overlapMs, lookbackMs));
    const windows: Window[] = [];
    for (let from = first; from < end; from += longestMs) windows.push({ from, to: Math.min(from + longestMs, end) });
    return windows.toReversed();
  }

  /** The halves of a window that the API truncated, newer half first, or undefined if the window can't be halved. */
  halvesOf({ from, to }: Window): Window[] | undefined {
    const { shortestMs } = this.#size;
    if (to - from <= shortestMs) return undefined;
    const middle = from + Math.ceil((to - from) / 2 / shortestMs) * shortestMs;
    return [
      { from: middle, to },
      { from, to: middle },
    ];
  }

  /** Must be called after all rows of a window have been emitted. */
  read(partition: string, { from, to }: Window): void {
    const mark = this.#marks.get(partition);
    if (mark === undefined || Date.parse(mark) < from) this.#frame.skipBefore(utcText(from));
    this.#marks.set(partition, latestOf(mark, utcText(to)) ?? '');
  }

  state(): WindowState {
    return this.#frame.state({ marks: Object.fromEntries(this.#marks) });
  }
}
