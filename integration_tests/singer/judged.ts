import type { Expected } from './catalogs.ts';
import { type Line, type LogLine, type Row, countsIn, linesOf, logOf } from './transcript.ts';

/** A run of the tap that has ended. */
export interface TapRun {
  stdout: string;
  stderr: string;
  exitCode: number | null;
  /** The signal that the test sent, if any. */
  sent?: NodeJS.Signals | undefined;
  /** What the run had to bring, by stream. */
  expected: ReadonlyMap<string, Expected>;
  /** The state that it was given. */
  state?: Row | undefined;
  /** Whether it was asked for structured lines of the log. */
  structured?: boolean | undefined;
  secrets?: readonly string[];
}

/** A run, taken apart. */
export interface Judged extends TapRun {
  lines: readonly Line[];
  /** What stands behind the last whole line. */
  rest: string;
  log: ReadonlyArray<LogLine | undefined>;
  /** The records that the log says each ended stream had. */
  counts: ReadonlyMap<string, number>;
  /** Nobody can say a last word after SIGKILL. */
  wasKilled: boolean;
  /** It ended before it began to read. */
  neverBegan: boolean;
}

/** One demand on every run. */
export interface Rule {
  /** A number, which README.md explains, and a few words. */
  name: string;
  /** What it demands and why. */
  sentence: string;
  /** What breaks it. */
  broken: (run: Judged) => string[];
}

/** Takes a run apart. */
export function judgedOf(run: TapRun): Judged {
  const { lines, rest } = linesOf(run.stdout);
  const log = logOf(run.stderr);
  const neverBegan = lines.length === 0 && rest === '';
  return { ...run, lines, rest, log, counts: countsIn(log), wasKilled: run.sent === 'SIGKILL', neverBegan };
}
