import { ConnectorError } from './errors.ts';
import { type Cursor, type CursorOptions, futureWarning, latestOf, leastLookback, startDateWarning } from './cursor.ts';
import { type WalkState, stateHead } from './stream-states.ts';
import { msBefore } from './timestamp.ts';
import type { Row, WalkPlace } from './stream.ts';

/** The list that is walked, and where its rows, as record data, have their id and their time. */
export interface WalkedList {
  path: string;
  key: string;
  time: string;
}

export interface PagePlan {
  /** For each row of the page, whether it is to be emitted. */
  emit: boolean[];
  /** To be called once they are: from then on the state covers them. Gives a warning for the user, if there is one. */
  commit: () => string | undefined;
}

/** What a page says about the place of the walk. */
interface Page {
  ids: string[];
  rows: readonly Row[];
  lowest: string | undefined;
  /** The greatest time of the rows emitted, but for those of the future. */
  top: string | undefined;
  emitted: boolean;
  /** Whether a row with a time is among them. */
  emittedDated: boolean;
}

interface Walk {
  /** What the mark becomes when the walk is through. */
  top: string | undefined;
  /** The id of the last row that was emitted. */
  cursor: string | undefined;
  /** Where the walk ends; undefined: at the oldest row. */
  floor: string | undefined;
  /** Whether an earlier run began it. */
  resumed: boolean;
  /** The top of a resumed walk is settled: what has arrived above it since it began was not seen. */
  topSettled: boolean;
}

/** How far the walk has come down. */
interface Place {
  /** The ids of the page before: a row that stands there was emitted. */
  previous: string[];
  /** The least time on it. What is older cannot stand there, which spares nearly every row the search. */
  previousLowest: string | undefined;
  /** The least time of the whole walk, the ids of the rows that have it, and of those without a time beside them. */
  lowest: string | undefined;
  atLowest: string[];
  firstId: string | undefined;
  /** The most rows that a page had. */
  longest: number;
}

/** Below the bound the API is asked for a second more: it may leave out the bound itself, or compare whole seconds. */
const BOUND_SLACK_MS = 1_000;

/**
 * Where the rows around the last one are looked for, as distances of `older_than` from its time. The first shows its own
 * second, whatever the API makes of fractions and bounds; the others come past pages of one row that hold it alone.
 */
const DOUBT_STEPS_MS = [1_000, 0, -1, -1_000];

/**
 * The cursor of a list that comes newest first. The mark may move only when the walk down to the old mark is through,
 * so the walk itself is in the state: `top`, what the mark will become; `cursor`, the last row emitted; `floor`, the
 * mark at which the walk ends. A read can stop anywhere and go on from there.
 *
 * A page behind a cursor that has no new row is the end of the list, or an API that has forgotten the cursor, or one
 * whose pages are clamped to the row of the cursor itself. So the end is believed only when there is nothing older than
 * the last row by time either.
 */
export class NewestFirstCursor implements Cursor {
  readonly #options: CursorOptions;
  readonly #list: WalkedList;
  #mark: string | undefined;
  /** What was before it when earlier reads were made was not read; undefined: everything was. */
  #startDate: string | undefined;
  #walk: Walk;
  #place = nowhere();
  /** Whether the list is at its end is being found out: the step of that. */
  #doubt: number | undefined;
  /** Why it cannot be found out by time: `older_than` is not known, or one moment may have more rows than a page holds. */
  #timeless: 'unknown' | 'crowded' | undefined;
  /** Another row, by which to tell an API that has lost one event from one that shows no single events. */
  #otherId: string | undefined;
  /** As many rows have the last time as a page holds, so that there may be more of it. */
  #crowded = false;
  /** Whether the page behind the last row held that row itself. */
  #heldCursor = false;
  /** The walk goes once more over the second in which its last row stands: the id of that, until it is seen again. */
  #goesOver: { until: string | undefined } | undefined;
  /** Whether it has come down to the last row again: of rows without a time only those below that can be new. */
  #downAgain = false;
  #begunAgain = false;
  readonly #warned = new Set<boolean>();
  /** The least time of the walk when it last went on past an end that was none. */
  #wentOnAt: string | undefined;
  #done = false;

  constructor(state: WalkState, options: CursorOptions, list: WalkedList) {
    this.#options = options;
    this.#list = list;
    const counts = options.mode === 'incremental' || belongsTo(options.jobId, state);
    // A walk that has a floor saw only what is newer: no part of a full refresh, unless that one began it.
    const walk = counts || state.walk?.floor === undefined ? state.walk : undefined;
    this.#mark = counts ? state.mark : undefined;
    this.#startDate = counts ? state.start_date : undefined;
    this.#walk = newWalk(this.#mark);
    if (walk !== undefined) {
      const { top, cursor, floor } = walk;
      this.#walk = { top, cursor, floor, resumed: true, topSettled: top !== undefined };
      this.#place.previous = [cursor];
      this.#place.atLowest = [cursor];
    }
  }

  /** The row at which an unfinished walk of an earlier run stopped, if there is one to be gone on with. */
  get resumesAt(): string | undefined {
    return this.#walk.resumed ? this.#walk.cursor : undefined;
  }

  get mark(): string | undefined {
    return this.#mark;
  }

  get done(): boolean {
    return this.#done;
  }

  /** What to ask the API for next. */
  get place(): WalkPlace {
    const bound = this.#bound;
    const newerThan = bound === undefined ? undefined : msBefore(bound, BOUND_SLACK_MS);
    if (this.#doubt === undefined) return { newerThan, olderThan: undefined, cursor: this.#walk.cursor };
    const { lowest = '' } = this.#place;
    return { newerThan, olderThan: msBefore(lowest, -(DOUBT_STEPS_MS[this.#doubt] ?? 0)), cursor: undefined };
  }

  /** The last row, if it alone can tell whether the list is at its end: looking by time cannot. */
  get endsUnlessGone(): string | undefined {
    const byRow = this.#doubt !== undefined && (!this.sawTimes || this.#timeless !== undefined);
    return byRow ? this.#walk.cursor : undefined;
  }

  /** Whether pages may be clamped to the row of the cursor itself: all had one row, and no time leads past it. */
  get mayBeClamped(): boolean {
    return this.#heldCursor && this.#place.longest === 1 && (!this.sawTimes || this.#timeless === 'unknown');
  }

  get sawTimes(): boolean {
    return this.#place.lowest !== undefined;
  }

  /** A row that the API has just sent, if there is one beside the last. */
  get otherId(): string | undefined {
    return this.#otherId;
  }

  /** The API does not take `older_than`: whether this is the end is settled by the last row. */
  withoutTimes(): void {
    this.#otherId = this.#place.previous.find((id) => id !== this.#walk.cursor);
    this.#timeless = 'unknown';
  }

  warnings(): string[] {
    const { startedAt, startDate } = this.#options;
    if (this.#mark === undefined) return [];
    return [...futureWarning(this.#mark, startedAt), ...startDateWarning(this.#startDate, startDate)];
  }

  /** Tells the time of the row at which an earlier run stopped. */
  resumedAt(time: string | undefined): void {
    this.#place.lowest = time;
  }

  /** Ends the walk: the API still knows its last row, and has nothing behind it. */
  end(): void {
    this.#doubt = undefined;
    this.#timeless = undefined;
    this.#crowded = false;
    this.#through();
  }

  /**
   * Begins again at the newest row, down to the same floor: the API does not know the cursor any more. Throws
   * `list_cut_off` the second time, for that would go on for ever.
   */
  restart(): void {
    if (this.#begunAgain) throw this.#cutOff();
    this.#begunAgain = true;
    this.#begin(this.#walk.floor);
  }

  /** Decides what of a page is new. Throws `cursor_ignored` if the API sends what it sent before. */
  plan(rows: Row[]): PagePlan {
    const { key, time } = this.#list;
    const { startedAt } = this.#options;
    const { cursor } = this.#walk;
    const { firstId } = this.#place;
    const bound = this.#bound;
    const page: Page = { ids: [], rows, lowest: undefined, top: undefined, emitted: false, emittedDated: false };
    const emit: boolean[] = [];
    let anyFresh = false;
    let allBelow = true;
    let onlyCursorRow = true;
    let startedOver = false;
    if (this.#doubt !== undefined) this.#downAgain = this.#doubt > 0 && this.#allDown(rows);
    for (const row of rows) {
      const id = row[key] as string;
      const at = (row[time] ?? undefined) as string | undefined;
      const fresh = !this.#isKnown(id, at);
      const below = at !== undefined && bound !== undefined && at < bound;
      const emitted = fresh && !below;
      page.ids.push(id);
      emit.push(emitted);
      if (at !== undefined) {
        if (page.lowest === undefined || at < page.lowest) page.lowest = at;
        // A row dated after the start of this run does not raise it: more may still arrive before that.
        if (emitted && at <= startedAt && (page.top === undefined || at > page.top)) page.top = at;
      }
      page.emitted ||= emitted;
      page.emittedDated ||= emitted && at !== undefined;
      anyFresh ||= fresh;
      allBelow &&= below;
      onlyCursorRow &&= id === cursor;
      startedOver ||= id === firstId && id !== cursor;
    }
    if (this.#doubt !== undefined) {
      const step = this.#doubt;
      return { emit, commit: () => this.#settle(step, page, anyFresh) };
    }
    const repeats = this.#goesOver !== undefined ? this.#repeats(page.ids) : !anyFresh || startedOver;
    if (!onlyCursorRow && repeats) throw this.#ignored();
    return { emit, commit: () => this.#commit(page, { nothingNew: onlyCursorRow, allBelow }) };
  }

  state(): WalkState {
    const { top, cursor, floor } = this.#walk;
    const state: WalkState = stateHead(this.#options.platform);
    if (this.#mark !== undefined) state.mark = this.#mark;
    if (this.#startDate !== undefined) state.start_date = this.#startDate;
    if (!this.#done && cursor !== undefined) {
      state.walk = { cursor, ...(top === undefined ? {} : { top }), ...(floor === undefined ? {} : { floor }) };
    }
    if (this.#options.mode === 'full_refresh' && this.#options.jobId !== undefined) state.job = this.#options.jobId;
    return state;
  }

  get #bound(): string | undefined {
    return latestOf(this.#floorBound, this.#options.startDate);
  }

  get #floorBound(): string | undefined {
    const { floor } = this.#walk;
    return floor === undefined ? undefined : msBefore(floor, leastLookback(this.#options.lookbackMs));
  }

  #isKnown(id: string, at: string | undefined): boolean {
    const { previous, previousLowest, lowest, atLowest } = this.#place;
    if (this.#doubt === undefined && this.#goesOver === undefined) {
      return !(at !== undefined && previousLowest !== undefined && at < previousLowest) && previous.includes(id);
    }
    if (at !== undefined && lowest !== undefined) {
      this.#downAgain ||= at <= lowest;
      if (at !== lowest) return at > lowest;
    }
    return !this.#downAgain || atLowest.includes(id) || previous.includes(id);
  }

  #timeOf(row: Row): string | undefined {
    return (row[this.#list.time] ?? undefined) as string | undefined;
  }

  /** Whether no row of the page is newer than the last one of the walk. */
  #allDown(rows: Row[]): boolean {
    const { lowest = '' } = this.#place;
    return rows.every((row) => (this.#timeOf(row) ?? '') <= lowest);
  }

  #repeats(ids: string[]): boolean {
    return ids.every((id) => this.#place.previous.includes(id));
  }

  #commit(page: Page, { nothingNew, allBelow }: { nothingNew: boolean; allBelow: boolean }): undefined {
    const { cursor } = this.#walk;
    const { lowest } = this.#place;
    const bound = this.#bound;
    if (nothingNew && cursor !== undefined && !(lowest !== undefined && bound !== undefined && lowest < bound)) {
      if (this.#goesOver?.until !== undefined) throw this.#cutOff();
      this.#doubt = this.#goesOver === undefined ? 0 : 1;
      this.#heldCursor = page.ids.length > 0;
      this.#goesOver = undefined;
      return;
    }
    this.#goOn(page);
    if (nothingNew || allBelow) this.#through();
  }

  /** Whether the list goes on below its last row. Gives a warning if it does. */
  #settle(step: number, page: Page, anyFresh: boolean): string | undefined {
    const { cursor } = this.#walk;
    const { lowest = '' } = this.#place;
    const { length } = page.ids;
    this.#otherId = page.ids.find((id) => id !== cursor) ?? this.#otherId;
    // Rows without a time prove nothing twice at the same place: an API may send its newest page whatever is asked for.
    if (page.emittedDated || (page.emitted && this.#wentOnAt !== lowest)) {
      this.#wentOnAt = lowest;
      // It may have gone back a little, above the first row of the walk even.
      this.#place.firstId = undefined;
      this.#goOn(page);
      this.#doubt = undefined;
      this.#crowded = false;
      return this.#goneOnWarning(cursor, step > 0);
    }
    // An API that does not know older_than sends its newest page.
    const newest = msBefore(lowest, -2 * BOUND_SLACK_MS);
    const ignored = page.rows.some((row) => (this.#timeOf(row) ?? '') > newest);
    const last = page.rows.map((row) => this.#timeOf(row)).findLast((at) => at !== undefined);
    const full = length >= this.#place.longest || (last !== undefined && last > lowest);
    if (step === 0) this.#crowded ||= full;
    if (length === 0 || anyFresh || ignored || step === DOUBT_STEPS_MS.length - 1) {
      // What is shown below the last time, and yet not older, was not chosen by time.
      const unsorted = length > 0 && !anyFresh && step === DOUBT_STEPS_MS.length - 1;
      if (ignored || unsorted) this.#timeless = 'unknown';
      else if (this.#crowded && !anyFresh) this.#timeless = 'crowded';
      else this.end();
    } else if (step === 0 && length > 1 && full) {
      // There may be more rows in that second than a page holds: page on, until those are reached that may be new.
      this.#doubt = undefined;
      this.#goesOver = { until: page.ids.includes(cursor ?? '') ? undefined : cursor };
      this.#place.previous = page.ids;
      this.#place.firstId = undefined;
      this.#walk.cursor = page.ids.at(-1);
    } else {
      this.#doubt = step + 1;
    }
    return undefined;
  }

  /** Once for each kind: an API of such a kind may need it at every page. */
  #goneOnWarning(cursor: string | undefined, mayLose: boolean): string | undefined {
    if (this.#warned.has(mayLose)) return undefined;
    this.#warned.add(mayLose);
    const loss = mayLose ? ', so events of the same moment may be missing' : '';
    return `the API sent nothing behind the event ${cursor}, but has older ones; the read goes on by their time${loss}`;
  }

  #goOn({ ids, rows, lowest, top, emitted }: Page): void {
    const walk = this.#walk;
    const place = this.#place;
    if (!walk.topSettled) walk.top = latestOf(walk.top, top);
    place.firstId ??= ids[0];
    place.longest = Math.max(place.longest, ids.length);
    place.previous = ids;
    place.previousLowest = lowest;
    this.#sink(ids, rows);
    walk.cursor = ids.at(-1) ?? walk.cursor;
    if (emitted) this.#goesOver = undefined;
    else if (this.#goesOver !== undefined && ids.includes(this.#goesOver.until ?? '')) this.#goesOver.until = undefined;
  }

  /** Keeps in mind the rows of the least time. */
  #sink(ids: string[], rows: readonly Row[]): void {
    const place = this.#place;
    const { previousLowest: lowest } = place;
    if (lowest !== undefined && (place.lowest === undefined || lowest < place.lowest)) {
      place.lowest = lowest;
      place.atLowest = [];
    }
    if (place.lowest === undefined) return;
    for (let i = ids.length - 1; i >= 0; i -= 1) {
      const at = this.#timeOf(rows[i] as Row);
      if (at === undefined || at === place.lowest) place.atLowest.push(ids[i] as string);
      // Newest first: what stands above is newer still.
      else if (at > place.lowest && this.#doubt === undefined) break;
    }
  }

  #through(): void {
    const walk = this.#walk;
    const { startDate } = this.#options;
    // What lies below start_date was not read; with a floor, only where start_date is above it.
    if (walk.floor === undefined) this.#startDate = startDate;
    else if (this.#bound === startDate) this.#startDate = latestOf(this.#startDate, startDate);
    this.#mark = latestOf(this.#mark, walk.top);
    if (walk.resumed) this.#begin(this.#mark);
    else this.#done = true;
  }

  #begin(floor: string | undefined): void {
    this.#walk = newWalk(floor);
    this.#place = nowhere();
    this.#doubt = undefined;
    this.#timeless = undefined;
    this.#crowded = false;
    this.#goesOver = undefined;
  }

  #ignored(): ConnectorError {
    const { path } = this.#list;
    const internalMessage = `GET ${path}?cursor=${this.#walk.cursor ?? ''}: HTTP 200, but no row that was not there before`;
    return new ConnectorError('cursor_ignored', { path }, { internalMessage });
  }

  #cutOff(): ConnectorError {
    const { path } = this.#list;
    const internalMessage = `GET ${path}?cursor=${this.#walk.cursor ?? ''}: HTTP 200 without a row, though there are more`;
    return new ConnectorError('list_cut_off', { path }, { internalMessage });
  }
}

function newWalk(floor: string | undefined): Walk {
  return { top: undefined, cursor: undefined, floor, resumed: false, topSettled: false };
}

function nowhere(): Place {
  return {
    previous: [],
    previousLowest: undefined,
    lowest: undefined,
    atLowest: [],
    firstId: undefined,
    longest: 0,
  };
}

/** Whether a full refresh in this job may build on the state. */
export function belongsTo(jobId: string | undefined, state: { job?: string | undefined }): boolean {
  return jobId !== undefined && jobId === state.job;
}
