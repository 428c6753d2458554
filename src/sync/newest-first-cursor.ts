import { ConnectorError } from '../errors.ts';
import { type Cursor, type CursorOptions, later } from './cursor.ts';
import { STATE_VERSION, type WalkState } from './stream-states.ts';
import { earlier } from './timestamp.ts';
import type { Row } from './stream.ts';

/** The list that is walked, and where its rows, as record data, have their id and their time. */
export interface WalkedList {
  path: string;
  key: string;
  time: string;
}

export interface PagePlan {
  /** For each row of the page, whether it is to be emitted. */
  emit: boolean[];
  /** To be called once they are: from then on the state covers them. */
  commit: () => void;
}

/** What a page adds to the walk. */
interface Seen {
  ids: string[];
  /** The least of its times. */
  lowest: string | undefined;
  /** The greatest of those emitted. */
  top: string | undefined;
  ends: boolean;
}

/** Below the bound the API is asked for a second more: it may leave out the bound itself, or compare whole seconds. */
const BOUND_SLACK_MS = 1_000;

/**
 * The cursor of a list that comes newest first. The mark may move only when the walk down to the old mark is through,
 * so the walk itself is in the state: `top`, what the mark will become; `cursor`, the last row emitted; `floor`, the
 * mark at which the walk ends. A read can stop anywhere and go on from there.
 */
export class NewestFirstCursor implements Cursor {
  readonly #options: CursorOptions;
  readonly #list: WalkedList;
  #mark: string | undefined;
  #walk: { top: string | undefined; cursor: string | undefined; floor: string | undefined; fixedTop: boolean };
  /** The ids of the page before: a row that stands there was emitted. */
  #previous: string[] = [];
  /** The least time on it. What is older cannot stand there, which spares nearly every row the search. */
  #lowest: string | undefined;
  #firstId: string | undefined;
  #done = false;

  constructor(state: WalkState, options: CursorOptions, list: WalkedList) {
    this.#options = options;
    this.#list = list;
    const counts = options.mode === 'incremental' || belongsTo(options.jobId, state);
    // A walk that has a floor saw only what is newer: no part of a full refresh, unless that one began it.
    const walk = counts || state.walk?.floor === undefined ? state.walk : undefined;
    this.#mark = counts ? state.mark : undefined;
    this.#walk = { top: undefined, cursor: undefined, floor: this.#mark, fixedTop: false };
    if (walk !== undefined) {
      this.#walk = { top: walk.top, cursor: walk.cursor, floor: walk.floor, fixedTop: true };
      this.#previous = [walk.cursor];
    }
  }

  /** The row at which an unfinished walk of an earlier run stopped, if there is one to be gone on with. */
  get resumesAt(): string | undefined {
    return this.#walk.fixedTop ? this.#walk.cursor : undefined;
  }

  get mark(): string | undefined {
    return this.#mark;
  }

  get done(): boolean {
    return this.#done;
  }

  /** What to ask the API for next, beside the page size. */
  get query(): { newer_than: string | undefined; cursor: string | undefined } {
    const bound = this.#bound;
    return {
      newer_than: bound === undefined ? undefined : earlier(bound, BOUND_SLACK_MS),
      cursor: this.#walk.cursor,
    };
  }

  /** Begins again at the newest row, down to the same floor: the API does not know the cursor any more. */
  restart(): void {
    this.#begin(this.#walk.floor);
  }

  /** Decides what of a page is new. Throws `cursor_ignored` if the API sends what it sent before. */
  plan(rows: Row[]): PagePlan {
    const { key, time, path } = this.#list;
    const { cursor } = this.#walk;
    const { startedAt } = this.#options;
    const bound = this.#bound;
    const ids: string[] = [];
    const emit: boolean[] = [];
    let lowest: string | undefined;
    let top: string | undefined;
    let anyFresh = false;
    let allBelow = true;
    let onlyCursorRow = true;
    let startedOver = false;
    for (const row of rows) {
      const id = row[key] as string;
      const at = (row[time] ?? undefined) as string | undefined;
      const fresh = !this.#stoodBefore(id, at);
      const below = at !== undefined && bound !== undefined && at < bound;
      const emitted = fresh && !below;
      ids.push(id);
      emit.push(emitted);
      if (at !== undefined) {
        if (lowest === undefined || at < lowest) lowest = at;
        // A row dated after the start of this run does not raise it: more may still arrive before that.
        if (emitted && at <= startedAt && (top === undefined || at > top)) top = at;
      }
      anyFresh ||= fresh;
      allBelow &&= below;
      onlyCursorRow &&= id === cursor;
      startedOver ||= id === this.#firstId && id !== cursor;
    }
    if ((!onlyCursorRow && !anyFresh) || startedOver) {
      const internalMessage = `GET ${path}?cursor=${cursor ?? ''}: HTTP 200, but no row that was not there before`;
      throw new ConnectorError('cursor_ignored', { path }, { internalMessage });
    }
    return { emit, commit: () => this.#commit({ ids, lowest, top, ends: onlyCursorRow || allBelow }) };
  }

  state(): WalkState {
    const { top, cursor, floor } = this.#walk;
    const state: WalkState = { version: STATE_VERSION };
    if (this.#mark !== undefined) state.mark = this.#mark;
    if (!this.#done && cursor !== undefined) {
      state.walk = { cursor, ...(top === undefined ? {} : { top }), ...(floor === undefined ? {} : { floor }) };
    }
    if (this.#options.mode === 'full_refresh' && this.#options.jobId !== undefined) state.job = this.#options.jobId;
    return state;
  }

  get #bound(): string | undefined {
    const { floor } = this.#walk;
    const { lookbackMs, startDate } = this.#options;
    return later(floor === undefined ? undefined : earlier(floor, lookbackMs), startDate);
  }

  #stoodBefore(id: string, at: string | undefined): boolean {
    if (at !== undefined && this.#lowest !== undefined && at < this.#lowest) return false;
    return this.#previous.includes(id);
  }

  #commit({ ids, lowest, top, ends }: Seen): void {
    const walk = this.#walk;
    // A resumed walk must not raise it: what arrived above the walk since it began has not been seen.
    if (!walk.fixedTop) walk.top = later(walk.top, top);
    this.#firstId ??= ids[0];
    this.#previous = ids;
    this.#lowest = lowest;
    walk.cursor = ids.at(-1) ?? walk.cursor;
    if (!ends) return;
    this.#mark = later(this.#mark, walk.top);
    if (walk.fixedTop) this.#begin(this.#mark);
    else this.#done = true;
  }

  #begin(floor: string | undefined): void {
    this.#walk = { top: undefined, cursor: undefined, floor, fixedTop: false };
    this.#previous = [];
    this.#lowest = undefined;
    this.#firstId = undefined;
  }
}

/** Whether a full refresh in this job may build on the state. */
export function belongsTo(jobId: string | undefined, state: { job?: string | undefined }): boolean {
  return jobId !== undefined && jobId === state.job;
}
