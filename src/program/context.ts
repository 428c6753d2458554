import type { Timing } from '../http/traffic/retry.ts';
import type { LineWriter } from '../stdout/line-writer.ts';
import type { Terminal } from './terminal.ts';

/** The parts of the process that a command uses. */
export interface Context {
  /** The writer for stdout. */
  readonly writer: LineWriter;
  /** Prints a text, such as the output of --help, to stdout immediately, if possible without setting up the writer. */
  print(text: string): void;
  /** Aborted when the process should stop. */
  signal: AbortSignal;
  env: Record<string, string | undefined>;
  /** Writes human-readable text to stderr. */
  stderr: (text: string) => void;
  /** The user's terminal, if stderr is a terminal and stdout is not. Text written to it is redacted. */
  readonly terminal?: Terminal | undefined;
  /** The clock and timers. Default: `realTiming`. */
  timing?: Timing;
}

/** Prints a text and returns the exit code 0. */
export function printed(context: Context, text: string): number {
  context.print(text);
  return 0;
}

/** Caches compiled code for the next start. Call this just before loading a command: `spec` and `--help` start faster without the cache. */
export function enableCompileCache(): void {
  process.getBuiltinModule('node:module').enableCompileCache();
}
