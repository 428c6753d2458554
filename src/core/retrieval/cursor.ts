import { STATE_VERSION, type SharedState, UNNAMED_PLATFORM } from './state-format.ts';

/** Where an incremental read stands. */
export interface Cursor {
  /** The state to save: consistent whenever no row is half emitted. */
  state(): object;
  /** What a user should know about the saved state. */
  warnings(): string[];
}

export interface CursorOptions {
  mode: 'full_refresh' | 'incremental';
  /** The name of the platform, which its states carry. */
  platform: string;
  /** Start of this sync, as UTC text. No cursor value passes it, since more rows may still arrive before later ones. */
  startedAt: string;
  /** How far the user wants a read to go back behind its cursor value. */
  lookbackMs: number;
  /** The user's start_date as UTC text. */
  startDate: string | undefined;
  /** The orchestrator's job: its later attempts may build on the state of a full refresh. */
  jobId: string | undefined;
}

/** What all cursors share: whether the saved state counts, the start date, and what every state carries. */
export class StateFrame {
  readonly #options: CursorOptions;
  /** Whether this read may build on the saved state: a full refresh only on that of an earlier attempt of its job. */
  readonly counts: boolean;
  /** Earlier syncs skipped records before this date; undefined: they skipped none. */
  startDate: string | undefined;

  constructor({ start_date, job }: SharedState, options: CursorOptions) {
    this.#options = options;
    this.counts = options.mode === 'incremental' || (options.jobId !== undefined && options.jobId === job);
    this.startDate = this.counts ? start_date : undefined;
  }

  /** Records before this date are skipped now, and later they will be below the cursor value. */
  skipBefore(date: string | undefined): void {
    this.startDate = latestOf(this.startDate, date);
  }

  /** The warnings about the greatest cursor value. */
  warnings(value: string | undefined): string[] {
    const { startedAt, startDate } = this.#options;
    if (value === undefined) return [];
    return [...futureWarning(value, startedAt), ...startDateWarning(this.startDate, startDate)];
  }

  /** The state with these values. Without any cursor value nothing was skipped yet. */
  state<T extends object>(values: T, hasValues = true): T & SharedState {
    const { platform, mode, jobId } = this.#options;
    const state: T & SharedState = {
      version: STATE_VERSION,
      ...(platform === UNNAMED_PLATFORM ? {} : { platform }),
      ...values,
    };
    if (this.startDate !== undefined && hasValues) state.start_date = this.startDate;
    if (mode === 'full_refresh' && jobId !== undefined) state.job = jobId;
    return state;
  }
}

export function latestOf(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

/** The API spells some times in whole seconds, so a read goes back a second whatever the user has set. */
export function leastLookback(lookbackMs: number): number {
  return Math.max(1_000, lookbackMs);
}

/** The warning about a cursor value that is still to come. */
export function futureWarning(value: string, startedAt: string): string[] {
  if (value <= startedAt) return [];
  return [
    `the state says that everything up to ${value} has been read, which is in the future; nothing older is read, and the state is kept. Reset the stream to read it again`,
  ];
}

/**
 * The warning about a start_date that was moved back or removed. `before` is that of earlier syncs, `now` is the user's;
 * undefined: none. What lies between them is below the cursor value, so it is not read by itself.
 */
export function startDateWarning(before: string | undefined, now: string | undefined): string[] {
  if (before === undefined || (now !== undefined && now >= before)) return [];
  const change = now === undefined ? 'is gone' : `is ${now}`;
  return [
    `earlier syncs read this stream with start_date ${before}, and now it ${change}; records from before ${before} do not come. Reset the stream to read them`,
  ];
}
