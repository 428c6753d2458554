import type { Expected } from './catalogs.ts';
import { type Line, type LogLine, type Row, countsIn, linesOf, logOf } from './transcript.ts';

export interface TapRun {
  stdout: string;
  stderr: string;
  exitCode: number | null;
  /** The signal that the test sent, if any. */
  sent?: NodeJS.Signals | undefined;
  /** The output that the sync must produce for each stream. */
  expected: ReadonlyMap<string, Expected>;
  state?: Row | undefined;
  /** Whether a structured log was requested. */
  structured?: boolean | undefined;
  secrets?: readonly string[];
}

export interface Judged extends TapRun {
  lines: readonly Line[];
  /** The text after the last complete line. */
  rest: string;
  log: ReadonlyArray<LogLine | undefined>;
  /** The record counts of streams that have ended, from the log. */
  counts: ReadonlyMap<string, number>;
  /** Whether the tap was killed, in which case its output may end anywhere. */
  wasKilled: boolean;
  /** Whether the tap ended before it started to read. */
  neverBegan: boolean;
}

/** A requirement for every sync. */
export interface Rule {
  /** A number, which README.md explains, and a short name. */
  name: string;
  /** The requirement and its reason. */
  sentence: string;
  broken: (run: Judged) => string[];
}

export function judgedOf(run: TapRun): Judged {
  const { lines, rest } = linesOf(run.stdout);
  const log = logOf(run.stderr);
  const neverBegan = lines.length === 0 && rest === '';
  return { ...run, lines, rest, log, counts: countsIn(log), wasKilled: run.sent === 'SIGKILL', neverBegan };
}
