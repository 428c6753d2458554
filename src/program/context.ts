import type { LineWriter } from '../stdout/line-writer.ts';
import type { Terminal } from './terminal.ts';

/** For a read whose records nobody would get. */
export const STDOUT_CLOSED =
  "stdout is closed, or open for reading like Python's DEVNULL, so the records would be lost. Redirect it to a file or a pipe; to discard the records, use > /dev/null.";

/** What the process gives a command. */
export interface Context {
  /** stdout. */
  writer: LineWriter;
  /** stdout was closed when the process started, so nobody would get the records. */
  isStdoutClosed?: boolean;
  /** Aborted when the process is to stop. */
  signal: AbortSignal;
  env: Record<string, string | undefined>;
  /** Writes a text for people to stderr. */
  stderr: (text: string) => void;
  /** Where a person watches, if there is a terminal and stdout does not go there. What is written there is redacted. */
  terminal?: Terminal | undefined;
  /** The time and chance by which retries and rate limits wait, if not the real ones. All times are in ms. */
  timing?: {
    now: () => number;
    monotonic: () => number;
    sleep: (ms: number, signal: AbortSignal) => Promise<void>;
    random: () => number;
  };
}
