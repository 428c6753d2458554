import type { Expected } from './catalogs.ts';
import { type Line, type LogLine, type Row, countsIn, linesOf, logOf } from './transcript.ts';

/** A finished run of the tap. */
export interface TapRun {
  stdout: string;
  stderr: string;
  exitCode: number | null;
  /** The signal that the test sent, if any. */
  sent?: NodeJS.Signals | undefined;
  /** What the run must emit, by stream. */
  expected: ReadonlyMap<string, Expected>;
  /** Its input state. */
  state?: Row | undefined;
  /** Whether a structured log was requested. */
  structured?: boolean | undefined;
  secrets?: readonly string[];
}

/** A parsed run. */
export interface Judged extends TapRun {
  lines: readonly Line[];
  /** What follows the last complete line. */
  rest: string;
  log: ReadonlyArray<LogLine | undefined>;
  /** The number of records of each stream that ended, from the log. */
  counts: ReadonlyMap<string, number>;
  /** Whether it was killed, so that it could not write a last line. */
  wasKilled: boolean;
  /** Whether it ended before it started to read. */
  neverBegan: boolean;
}

/** A requirement of every run. */
export interface Rule {
  /** A number, which README.md explains, and a short name. */
  name: string;
  /** What it requires, and why. */
  sentence: string;
  /** The violations. */
  broken: (run: Judged) => string[];
}

/** Parses a run. */
export function judgedOf(run: TapRun): Judged {
  const { lines, rest } = linesOf(run.stdout);
  const log = logOf(run.stderr);
  const neverBegan = lines.length === 0 && rest === '';
  return { ...run, lines, rest, log, counts: countsIn(log), wasKilled: run.sent === 'SIGKILL', neverBegan };
}
