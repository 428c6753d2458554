import type { LineWriter } from '../stdout/line-writer.ts';
import type { Terminal } from './terminal.ts';

/** What the process gives a command. */
export interface Context {
  /** stdout. */
  writer: LineWriter;
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
