import { msBefore } from '../record/timestamp.ts';
import { STATE_VERSION, type SharedState, UNNAMED_PLATFORM } from './state-format.ts';

/** The position of an incremental read. */
export interface Cursor {
  /** The state to save. */
  state(): object;
  /** Warnings about the saved state. */
  warnings(): string[];
}

export interface CursorOptions {
  mode: 'full_refresh' | 'incremental';
  /** The platform's name, which is in its states. */
  platform: string;
  /** Start of this sync, as UTC text. No cursor value is later than this, since earlier rows may still arrive. */
  startedAt: string;
  /** The user's lookback_window_seconds. */
  lookbackMs: number;
  /** The user's start_date as UTC text. */
  startDate: string | undefined;
  /** The orchestrator's job: its later attempts may build on the state of a full refresh. */
  jobId: string | undefined;
}

/** The part that all cursors share: whether the saved state counts, the start date, and the values in every state. */
export class StateFrame {
  readonly #options: CursorOptions;
  /** Whether this read continues from the saved state. A full refresh only continues from a state of its own job. */
  readonly counts: boolean;
  /** Syncs skipped records before this date; undefined: none. */
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

  /** Warnings about a state with this greatest cursor value, now that start_date is `now`. */
  warnings(value: string | undefined, now = this.#options.startDate): string[] {
    const { startDate: before } = this;
    if (value === undefined) return [];
    const warnings: string[] = [];
    if (value > this.#options.startedAt) {
      warnings.push(
        `the state says that everything up to ${value} was read, which is in the future; older records are not read. Reset the stream to read them`,
      );
    }
    if (before !== undefined && (now === undefined || now < before)) {
      warnings.push(
        `earlier syncs skipped records before ${before}, and start_date ${now === undefined ? 'is no longer set' : `is now ${now}`}; these records are not read. Reset the stream to read them`,
      );
    }
    return warnings;
  }

  /** Rows before this time are known; undefined: none are. The API spells some times in whole seconds. */
  boundOf(mark: string | undefined): string | undefined {
    return mark === undefined ? undefined : msBefore(mark, Math.max(1_000, this.#options.lookbackMs));
  }

  /** The state with these values. Without a cursor value, nothing has been skipped yet. */
  state<T extends object>(values: T, hasValues = true): T & SharedState {
    const { platform, mode, jobId } = this.#options;
    return {
      version: STATE_VERSION,
      platform: platform === UNNAMED_PLATFORM ? undefined : platform,
      ...values,
      start_date: hasValues ? this.startDate : undefined,
      job: mode === 'full_refresh' ? jobId : undefined,
    };
  }
}

export function latestOf(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}
