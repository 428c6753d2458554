/** What a read of an incremental stream goes by, and keeps in its state. */
export interface Cursor {
  /** Where the read stands: consistent at any moment at which no row is half way through. */
  state(): object;
}

export interface CursorOptions {
  mode: 'full_refresh' | 'incremental';
  /** Start of this run, as UTC text: no mark passes it, for what is dated later may still get company before it. */
  startedAt: string;
  lookbackMs: number;
  /** The user's start_date as UTC text. */
  startDate: string | undefined;
  /** The platform's job: its later attempts may build on the state of a full refresh. */
  jobId: string | undefined;
}

export function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}
