import { z } from 'zod';
import type { Position } from './declaration.ts';
import type { Row } from '../../record/row.ts';
import { ConnectorError } from '../../failure/errors.ts';
import { msBefore } from '../../record/timestamp.ts';
import { type Cursor, type CursorOptions, latestOf, StateFrame } from '../cursor.ts';
import { type StateFormat, sharedState, time } from '../state-format.ts';

const id = z.string({ error: 'must be an id' }).min(1, { error: 'must be an id' });

const schema = sharedState.extend({
  /** All rows up to this time have been emitted. */
  mark: time.optional(),
  /** An unfinished pass through the list. */
  walk: z
    .object({
      /** The high-water mark to save when the pass is complete. */
      top: time.optional(),
      /** The id of the last row that was emitted. */
      cursor: id,
      /** The id of the row directly before `cursor` in the list. Absent if there is no such row, or if an older release wrote the state. */
      before: id.optional(),
      /** The high-water mark at the start of the pass, down to which the pass reads. Absent if the pass reads down to the oldest row. */
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

/** The list to read: its path, and the names of its key and time fields. */
export interface NewestFirstList {
  path: string;
  key: string;
  time: string;
}

/** One pass through the list. Without a cursor, the pass begins at the newest row. */
type Pass = { [Key in keyof Walk]?: Walk[Key] | undefined };
type Walk = NonNullable<NewestFirstState['walk']>;

/** Requests include this much time before the bound, because the API may exclude the bound itself or compare only whole seconds. */
const BOUND_SLACK_MS = 1_000;

/**
 * The cursor of a list that is paginated from the newest row to the oldest. The high-water mark moves only when a pass has reached the old
 * mark (`floor`), so the state also contains the unfinished pass.
 *
 * An API that no longer recognizes the cursor's row may respond as if the list ended at this row. Therefore, the end of the list counts as
 * reached only when a page consists of one row that was already read. If the API returns no new rows after the cursor, the next request
 * looks back: it requests the rows after `before`. This check works only if pages may contain at least two rows.
 */
export class NewestFirstCursor implements Cursor {
  readonly #list: NewestFirstList;
  readonly #frame: StateFrame;
  #mark: string | undefined;
  #pass: Pass;
  #resumed = false;
  /** The ids on the last page, and the page's earliest time. Rows dated before that time can't have any of these ids. */
  #known: string[] = [];
  #knownLowest: string | undefined;
  /** The id of a new row on page 1, 2, 4, 8, …. If the row is new again on a later page, the pages form a cycle (Brent's algorithm). */
  #landmark: string | undefined;
  #pages = 0;
  #sawLongPage = false;
  #lookingBack = false;
  #begunAgain = false;
  #done = false;

  constructor(state: NewestFirstState, options: CursorOptions, list: NewestFirstList) {
    this.#list = list;
    this.#frame = new StateFrame(state, options);
    const { counts } = this.#frame;
    this.#mark = counts ? state.mark : undefined;
    // A pass with a floor has read only the rows above the floor, so another job's full refresh can't resume the pass.
    const walk = counts || state.walk?.floor === undefined ? state.walk : undefined;
    this.#pass = walk === undefined ? { floor: this.#mark } : { ...walk };
    if (walk === undefined) return;
    this.#resumed = true;
    this.#known = walk.before === undefined ? [walk.cursor] : [walk.cursor, walk.before];
  }

  get done(): boolean {
    return this.#done;
  }

  get position(): Position {
    const bound = this.#bound;
    return { newerThan: bound === undefined ? undefined : msBefore(bound, BOUND_SLACK_MS), after: this.#after };
  }

  /** Whether the next page continues a pass, in which case an empty list doesn't mean that the account has no rows. */
  get isUnderWay(): boolean {
    return this.#pass.cursor !== undefined;
  }

  warnings(): string[] {
    return this.#frame.warnings([this.#mark]);
  }

  /** Passes each row to `take`, with `isNew` if it must be emitted. Advances the cursor. May return a warning. Throws `list_not_paged`. */
  page(rows: readonly Row[], take: (row: Row, isNew: boolean) => void): string | undefined {
    const { key, time } = this.#list;
    const { startedAt } = this.#frame.options;
    const bound = this.#bound;
    const ids: string[] = [];
    /** The earliest time on the page. */
    let lowest: string | undefined;
    /** The latest time emitted so far that is not after the start of the sync. */
    let { top } = this.#pass;
    /** The id of the last row that was not on the previous page. */
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
      if (isNew && (top === undefined || at > top) && at <= startedAt) top = at;
    }
    // A page that consists of one known row is the end of the list.
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

  /** Handles a page that is rejected or has no new rows: first looks back one row, then starts over. May return a warning. */
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
    return latestOf(this.#frame.boundOf(this.#pass.floor), this.#frame.options.startDate);
  }

  #isKnown(id: string, at: string | undefined): boolean {
    // `mayBe` is rarely true, so the search is skipped for almost every row.
    const mayBe = at === undefined || this.#knownLowest === undefined || at >= this.#knownLowest;
    return mayBe && this.#known.includes(id);
  }

  #end(): string | undefined {
    const { top, cursor, floor } = this.#pass;
    const { startDate } = this.#frame.options;
    // Without a floor, all rows before start_date were skipped. With a floor, rows were skipped only if start_date was the bound.
    if (floor === undefined) this.#frame.startDate = startDate;
    else if (this.#bound === startDate) this.#frame.skipBefore(startDate);
    this.#mark = latestOf(this.#mark, top);
    const mayBeClamped = floor === undefined && cursor !== undefined && !this.#sawLongPage;
    if (this.#resumed) this.#begin(this.#mark);
    else this.#done = true;
    return mayBeClamped ? 'every page had at most one row, so rows after the last page may be missing' : undefined;
  }

  /** Starts a pass at the newest row. */
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
