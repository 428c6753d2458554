/** What a read of an incremental stream goes by, and keeps in its state. */
export interface Cursor {
  /** Where the read stands: consistent at any moment at which no row is half way through. */
  state(): object;
  /** What a user should know about the state that the read goes by. */
  warnings(): string[];
}

export interface CursorOptions {
  mode: 'full_refresh' | 'incremental';
  /** The name of the platform, which its states carry. */
  platform: string;
  /** Start of this run, as UTC text: no mark passes it, for what is dated later may still get company before it. */
  startedAt: string;
  /** How far the user wants a read to go back behind its mark. */
  lookbackMs: number;
  /** The user's start_date as UTC text. */
  startDate: string | undefined;
  /** The platform's job: its later attempts may build on the state of a full refresh. */
  jobId: string | undefined;
}

export function latestOf(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

/** Whether a full refresh in this job may build on the state. */
export function belongsTo(jobId: string | undefined, state: { job?: string | undefined }): boolean {
  return jobId !== undefined && jobId === state.job;
}

/** The API spells some times in whole seconds, so a second is gone back whatever the user has set. */
export function leastLookback(lookbackMs: number): number {
  return Math.max(1_000, lookbackMs);
}

/** The warning about a mark that is still to come. */
export function futureWarning(mark: string, startedAt: string): string[] {
  if (mark <= startedAt) return [];
  return [
    `the state says that everything up to ${mark} has been read, which is in the future; nothing older is read, and the state is kept. Reset the stream to read it again`,
  ];
}

/**
 * The warning about a start_date that was moved back or taken away. `before` is the one that earlier reads went by, `now`
 * is the user's; undefined: none. What lies between them is below the mark, so it does not come by itself.
 */
export function startDateWarning(before: string | undefined, now: string | undefined): string[] {
  if (before === undefined || (now !== undefined && now >= before)) return [];
  const change = now === undefined ? 'is gone' : `is ${now}`;
  return [
    `earlier syncs read this stream with start_date ${before}, and now it ${change}; records from before ${before} do not come. Reset the stream to read them`,
  ];
}
