import { z } from 'zod';
import type { Position } from './declaration.ts';
import type { Row } from '../../record/row.ts';
import { ConnectorError } from '../../failure/errors.ts';
import { msBefore } from '../../record/timestamp.ts';
import { type Cursor, type CursorOptions, latestOf, StateFrame } from '../cursor.ts';
import { type StateFormat, sharedState, time } from '../state-format.ts';

const id = z.string({ error: 'must be an id' }).min(1, { error: 'must be an id' });

const schema = sharedState.extend({
  /** Everything up to here was emitted. */
  mark: time.optional(),
  /** An unfinished pass down the list. */
  walk: z
    .object({
      /** The new mark once the pass is complete. */
      top: time.optional(),
      /** The id of the last row that was emitted. */
      cursor: id,
      /** The id of the row above it; absent: there is none, or an older release wrote the state. */
      before: id.optional(),
      /** Where the pass ends; absent: at the oldest row. */
      floor: time.optional(),
    })
    .optional(),
});

export type NewestFirstState = z.infer<typeof schema>;

export const newestFirstState: StateFormat<NewestFirstState> = {
  schema,
  value: { key: 'mark', kind: 'timestamp' },
  lists: [],
  objects: { walk: ['top', 'cursor', 'before', 'floor'] },
};

/** The list that is read: its path, and the fields that hold a record's key and its cursor value. */
export interface NewestFirstList {
  path: string;
  key: string;
  time: string;
}

/** One pass down the list; without a cursor it begins at the newest row. */
type Pass = { [Key in keyof Walk]?: Walk[Key] | undefined };
type Walk = NonNullable<NewestFirstState['walk']>;

/** Request one second more than the bound: the API may exclude the bound itself, or compare whole seconds. */
const BOUND_SLACK_MS = 1_000;

/**
 * The cursor of a list that is paged newest first. The mark can only move when a pass has reached the old mark
 * (`floor`), so the state also contains the unfinished pass.
 *
 * An API that has forgotten the cursor's row may respond as if the list ended there. So the list counts as ended only
 * if the API shows a known row with nothing after it: the cursor's own row, or the row after `before`. This requires
 * that a page can hold two rows.
 */
export class NewestFirstCursor implements Cursor {
  readonly #options: CursorOptions;
  readonly #list: NewestFirstList;
  readonly #frame: StateFrame;
  #mark: string | undefined;
  #pass: Pass;
  #resumed = false;
  /** The ids of the last page, and the earliest time on it: rows before that time cannot be among these ids. */
  #known: string[] = [];
  #knownLowest: string | undefined;
  /**
   * A new row of page 1, 2, 4, 8 …: if it is new again on a later page, the pages repeat in a cycle (Brent's
   * algorithm).
   */
  #landmark: string | undefined;
  #pages = 0;
  #sawLongPage = false;
  #lookingBack = false;
  #begunAgain = false;
  #done = false;

  constructor(state: NewestFirstState, options: CursorOptions, list: NewestFirstList) {
    this.#options = options;
    this.#list = list;
    this.#frame = new StateFrame(state, options);
    const { counts } = this.#frame;
    this.#mark = counts ? state.mark : undefined;
    // A pass with a floor saw only newer rows, so another full refresh cannot build on it.
    const walk = counts || state.walk?.floor === undefined ? state.walk : undefined;
    this.#pass = walk === undefined ? { floor: this.#mark } : { ...walk };
    if (walk === undefined) return;
    this.#resumed = true;
    this.#known = walk.before === undefined ? [walk.cursor] : [walk.cursor, walk.before];
  }

  get path(): string {
    return this.#list.path;
  }

  get done(): boolean {
    return this.#done;
  }

  /** The next page to request. */
  get position(): Position {
    const bound = this.#bound;
    return { newerThan: bound === undefined ? undefined : msBefore(bound, BOUND_SLACK_MS), after: this.#after };
  }

  /** Whether the next page continues a pass, so that an empty list does not mean an empty account. */
  get isUnderWay(): boolean {
    return this.#pass.cursor !== undefined;
  }

  warnings(): string[] {
    return this.#frame.warnings(this.#mark);
  }

  /**
   * Passes each row of a page to `take`, with whether to emit it, and moves on. Returns a warning, or throws `list_not_paged`.
   */
  page(rows: readonly Row[], take: (row: Row, isNew: boolean) => void): string | undefined {
    const { key, time } = this.#list;
    const { startedAt } = this.#options;
    const bound = this.#bound;
    const ids: string[] = [];
    /** The earliest time on the page. */
    let lowest: string | undefined;
    /** The latest time to emit, except times after the start of the sync, before which more rows may still arrive. */
    let { top } = this.#pass;
    /** The last row that was not on the page before. */
    let fresh: string | undefined;
    let isAnyNew = false;
    for (const row of rows) {
      const id = row[key] as string;
      const at = (row[time] ?? undefined) as string | undefined;
      const isKnown = this.#isKnown(id, at);
      const repeats = isKnown ? id !== this.#pass.cursor && !this.#lookingBack : id === this.#landmark;
      if (repeats) throw this.#notPaged('it repeats rows', 'HTTP 200');
      const isNew = !isKnown && (at === undefined || bound === undefined || at >= bound);
      ids.push(id);
      if (!isKnown) fresh = id;
      isAnyNew ||= isNew;
      take(row, isNew);
      if (at === undefined) continue;
      if (lowest === undefined || at < lowest) lowest = at;
      if (isNew && at <= startedAt && (top === undefined || at > top)) top = at;
    }
    // Only the cursor's own row, or only one known row after `before`: nothing follows it.
    if (fresh === undefined) return ids.length === 1 ? this.#end() : this.noNewRow('HTTP 200');
    const before = ids.at(-2) ?? this.#after;
    this.#pass = { ...this.#pass, top, before, cursor: ids.at(-1) };
    this.#pages += 1;
    if ((this.#pages & (this.#pages - 1)) === 0) this.#landmark = fresh;
    this.#sawLongPage ||= ids.length > 1;
    this.#lookingBack = false;
    this.#known = ids;
    this.#knownLowest = lowest;
    return isAnyNew ? undefined : this.#end();
  }

  /**
   * The API returned no new row, or rejected the request: first looks back one row, then begins again. Returns a
   * warning, or throws `list_not_paged`.
   */
  noNewRow(answer: string): string | undefined {
    const { cursor } = this.#pass;
    if (cursor === undefined && !this.#begunAgain) return this.#end();
    if (cursor !== undefined && !this.#lookingBack) {
      this.#lookingBack = true;
      return undefined;
    }
    if (this.#begunAgain) throw this.#notPaged('it no longer recognizes the cursor', answer);
    this.#begin(this.#pass.floor);
    this.#begunAgain = true;
    return `the API returned nothing new after the row ${cursor} (${answer}), so the read starts over at the newest row and emits some records again`;
  }

  state(): NewestFirstState {
    const { top, cursor, before, floor } = this.#pass;
    const walk = this.#done || cursor === undefined ? undefined : { cursor, top, before, floor };
    return this.#frame.state({ mark: this.#mark, walk });
  }

  get #after(): string | undefined {
    return this.#lookingBack ? this.#pass.before : this.#pass.cursor;
  }

  /** Rows before this time are not emitted. */
  get #bound(): string | undefined {
    return latestOf(this.#frame.boundOf(this.#pass.floor), this.#options.startDate);
  }

  #isKnown(id: string, at: string | undefined): boolean {
    // Rarely true, so the search is skipped for nearly every row.
    const mayBe = at === undefined || this.#knownLowest === undefined || at >= this.#knownLowest;
    return mayBe && this.#known.includes(id);
  }

  #end(): string | undefined {
    const { top, cursor, floor } = this.#pass;
    const { startDate } = this.#options;
    // Rows below start_date were not read; below a floor, they matter only where start_date is later.
    if (floor === undefined) this.#frame.startDate = startDate;
    else if (this.#bound === startDate) this.#frame.skipBefore(startDate);
    this.#mark = latestOf(this.#mark, top);
    const mayBeClamped = floor === undefined && cursor !== undefined && !this.#sawLongPage;
    if (this.#resumed) this.#begin(this.#mark);
    else this.#done = true;
    return mayBeClamped ? 'every page had at most one row, so rows may be missing after the last one' : undefined;
  }

  /** Begins a pass at the newest row. */
  #begin(floor: string | undefined): void {
    this.#pass = { floor };
    this.#resumed = false;
    this.#known = [];
    this.#knownLowest = undefined;
    this.#landmark = undefined;
    this.#pages = 0;
    this.#lookingBack = false;
  }

  #notPaged(detail: string, answer: string): ConnectorError {
    const { path } = this.#list;
    const internalMessage = `GET ${path}?cursor=${this.#after ?? ''}: ${answer}, ${detail}`;
    return new ConnectorError('list_not_paged', { path, detail }, { internalMessage });
  }
}
