import { ConnectorError } from '../../failure/errors.ts';
import type { Row } from '../../record/row.ts';
import { msBefore } from '../../record/timestamp.ts';
import { type Cursor, type CursorOptions, StateFrame, latestOf, leastLookback } from '../cursor.ts';
import type { SharedState } from '../state-format.ts';
import type { Position } from './declaration.ts';
import type { NewestFirstValues } from './state.ts';

/** The list that is read: its path, and the fields that hold a record's key and its cursor value. */
export interface NewestFirstList {
  path: string;
  key: string;
  time: string;
}

/** A page that was checked, but not emitted yet. */
export interface Page {
  /** For each row, whether to emit it. */
  emit: boolean[];
  ids: string[];
  /** The least time on the page. */
  lowest: string | undefined;
  /** The greatest time to emit, except times after the start of the sync. */
  top: string | undefined;
  /** The last row that was not on the page before. */
  fresh: string | undefined;
  isWanted: boolean;
}

/** One pass down the list. `cursor` is the last row emitted, `before` the row above it. */
interface Pass {
  top?: string | undefined;
  cursor?: string | undefined;
  before?: string | undefined;
  floor?: string | undefined;
}

/** Request one second more than the bound: the API may exclude the bound itself, or compare whole seconds. */
const BOUND_SLACK_MS = 1_000;

/**
 * The cursor of a list that is paged newest first. The mark can only move when a pass has reached the old mark (`floor`),
 * so the state also holds the unfinished pass.
 *
 * An API that has forgotten the cursor's row may respond as if the list ended there. So the end is believed only where the
 * API shows a known row with nothing after it: the cursor's own row, or the row after `before`. This requires that a page can
 * hold two rows.
 */
export class NewestFirstCursor implements Cursor {
  readonly #options: CursorOptions;
  readonly #list: NewestFirstList;
  readonly #frame: StateFrame;
  #mark: string | undefined;
  #pass: Pass;
  #resumed = false;
  /** The ids of the last page, and the least time on it: older rows cannot be among them. */
  #known: string[] = [];
  #knownLowest: string | undefined;
  /** A fresh row of page 1, 2, 4, 8 …: if it becomes fresh again, the pages go round in a circle (Brent's algorithm). */
  #landmark: string | undefined;
  #pages = 0;
  #sawLongPage = false;
  #lookingBack = false;
  #begunAgain = false;
  #done = false;

  constructor(state: NewestFirstValues & SharedState, options: CursorOptions, list: NewestFirstList) {
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

  get mark(): string | undefined {
    return this.#mark;
  }

  get done(): boolean {
    return this.#done;
  }

  /** The next page to request. */
  get position(): Position {
    const bound = this.#bound;
    return { newerThan: bound === undefined ? undefined : msBefore(bound, BOUND_SLACK_MS), after: this.#after };
  }

  /** Whether the next page continues a pass, so that an empty list means something else than an empty account. */
  get isUnderWay(): boolean {
    return this.#pass.cursor !== undefined;
  }

  warnings(): string[] {
    return this.#frame.warnings(this.#mark);
  }

  /** Decides which rows of a page to emit. Throws `cursor_ignored` if the page repeats rows. */
  plan(rows: readonly Row[]): Page {
    const { key, time } = this.#list;
    const { startedAt } = this.#options;
    const { cursor } = this.#pass;
    const bound = this.#bound;
    const page: Page = { emit: [], ids: [], lowest: undefined, top: undefined, fresh: undefined, isWanted: false };
    for (const row of rows) {
      const id = row[key] as string;
      const at = (row[time] ?? undefined) as string | undefined;
      const known = this.#isKnown(id, at);
      const repeats = known ? id !== cursor && !this.#lookingBack : id === this.#landmark;
      if (repeats) throw this.#failure('cursor_ignored', `HTTP 200, repeats the row ${id}`);
      const wanted = !known && !(at !== undefined && bound !== undefined && at < bound);
      page.ids.push(id);
      page.emit.push(wanted);
      if (!known) page.fresh = id;
      page.isWanted ||= wanted;
      if (at === undefined) continue;
      if (page.lowest === undefined || at < page.lowest) page.lowest = at;
      // More rows may still arrive before one that is dated after the start of the sync.
      if (wanted && at <= startedAt && (page.top === undefined || at > page.top)) page.top = at;
    }
    return page;
  }

  /** Moves on after the page was emitted. Returns a warning, or throws `list_cut_off`. */
  commit(page: Page): string | undefined {
    const { length } = page.ids;
    if (page.fresh !== undefined) {
      this.#goOn(page);
      return page.isWanted ? undefined : this.#end();
    }
    // Only the cursor's own row, or only one known row after `before`: nothing follows it.
    if (length === 1) return this.#end();
    return this.#nothing('HTTP 200');
  }

  /** The API rejected the request at `position`. Returns a warning, or throws `list_cut_off`. */
  rejected(answer: string): string | undefined {
    return this.#nothing(answer);
  }

  state(): NewestFirstValues & SharedState {
    const { top, cursor, before, floor } = this.#pass;
    const values: NewestFirstValues = this.#mark === undefined ? {} : { mark: this.#mark };
    if (!this.#done && cursor !== undefined) {
      values.walk = { cursor };
      if (top !== undefined) values.walk.top = top;
      if (before !== undefined) values.walk.before = before;
      if (floor !== undefined) values.walk.floor = floor;
    }
    return this.#frame.state(values);
  }

  get #after(): string | undefined {
    return this.#lookingBack ? this.#pass.before : this.#pass.cursor;
  }

  /** Rows before this time are not emitted. */
  get #bound(): string | undefined {
    const { floor } = this.#pass;
    const { lookbackMs, startDate } = this.#options;
    return latestOf(floor === undefined ? undefined : msBefore(floor, leastLookback(lookbackMs)), startDate);
  }

  #isKnown(id: string, at: string | undefined): boolean {
    // Rarely true, so nearly every row is spared the search.
    const mayBe = at === undefined || this.#knownLowest === undefined || at >= this.#knownLowest;
    return mayBe && this.#known.includes(id);
  }

  #goOn({ ids, lowest, top, fresh }: Page): void {
    const pass = this.#pass;
    const after = this.#after;
    this.#pages += 1;
    if ((this.#pages & (this.#pages - 1)) === 0) this.#landmark = fresh;
    this.#sawLongPage ||= ids.length > 1;
    this.#lookingBack = false;
    this.#known = ids;
    this.#knownLowest = lowest;
    pass.top = latestOf(pass.top, top);
    pass.before = ids.at(-2) ?? after;
    pass.cursor = ids.at(-1);
  }

  /** There is no new row: looks back one step first, then begins again. */
  #nothing(answer: string): string | undefined {
    const { cursor } = this.#pass;
    if (cursor === undefined && !this.#begunAgain) return this.#end();
    if (cursor !== undefined && !this.#lookingBack) {
      this.#lookingBack = true;
      return undefined;
    }
    if (this.#begunAgain) throw this.#failure('list_cut_off', answer);
    this.#begin(this.#pass.floor);
    this.#begunAgain = true;
    return `the API returned nothing new after the row ${cursor} (${answer}), so the read starts over at the newest row and emits some records again`;
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

  #failure(problem: 'cursor_ignored' | 'list_cut_off', what: string): ConnectorError {
    const { path } = this.#list;
    const internalMessage = `GET ${path}?cursor=${this.#after ?? ''}: ${what}`;
    return new ConnectorError(problem, { path }, { internalMessage });
  }
}
