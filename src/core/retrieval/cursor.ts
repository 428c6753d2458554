import type { Session } from '../reading/session.ts';
import { msBefore } from '../record/timestamp.ts';
import { STATE_VERSION, type SharedState, UNNAMED_PLATFORM } from './state-format.ts';

/** The position of an incremental read. */
export interface Cursor {
  state(): object;
  /** Warnings about the saved state. */
  warnings(): string[];
}

export type SyncMode = 'full_refresh' | 'incremental';

/** The options of a read that affect its cursor. */
export type CursorOptions = Pick<Session, 'platform' | 'startedAt' | 'lookbackMs' | 'startDate' | 'jobId'> & {
  mode: SyncMode;
};

/** The logic that all cursors share: whether the saved state is used, the start date, and the values that every state contains. */
export class StateFrame {
  readonly options: CursorOptions;
  /** Whether this read resumes from the saved state. A full refresh resumes only from a state of its own job. */
  readonly counts: boolean;
  /** The date before which syncs have skipped records, or undefined if no records were skipped. */
  startDate: string | undefined;

  constructor({ start_date, job }: SharedState, options: CursorOptions) {
    this.options = options;
    this.counts = options.mode === 'incremental' || (options.jobId !== undefined && options.jobId === job);
    this.startDate = this.counts ? start_date : undefined;
  }

  /** Must be called when a read skips records before `date`, because later reads won't emit them. */
  skipBefore(date: string | undefined): void {
    this.startDate = latestOf(this.startDate, date);
  }

  /** Returns warnings about the saved state. `values` are the state's cursor values, and `now` is the current start_date. */
  warnings(values: Iterable<string | undefined>, now = this.options.startDate): string[] {
    const { startDate: before } = this;
    const value = [...values].reduce(latestOf, undefined);
    if (value === undefined) return [];
    const warnings: string[] = [];
    if (value > this.options.startedAt) {
      warnings.push(
        `the state says that everything up to ${value} was read. That time is in the future, so records dated before it are not read, not even new ones. To read them, reset the stream`,
      );
    }
    if (before !== undefined && (now === undefined || now < before)) {
      warnings.push(
        `earlier syncs skipped records before ${before}. They are still not read, although start_date ${now === undefined ? 'is no longer set' : `is now ${now}`}. To read them, reset the stream`,
      );
    }
    return warnings;
  }

  /** The time before which rows count as read, if any: at least 1 s before `mark`, because the API returns some times in whole seconds. */
  boundOf(mark: string | undefined): string | undefined {
    return mark === undefined ? undefined : msBefore(mark, Math.max(1_000, this.options.lookbackMs));
  }

  /** Returns a state that contains `values`. If `hasValues` is false, no records have been skipped, so `start_date` is omitted. */
  state<T extends object>(values: T, hasValues = true): T & SharedState {
    const { platform, mode, jobId } = this.options;
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
