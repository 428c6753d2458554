import type { MessageWriter } from './line-writer.ts';

/** What the process gives a command. */
export interface Context {
  writer: MessageWriter;
  /** Texts for people never show what was added here. */
  addSecret: (secret: string) => void;
  /** Aborted when the process is to stop. */
  signal: AbortSignal;
  env: Record<string, string | undefined>;
  /** Writes to the terminal on which somebody watches, if there is one and the messages do not go there. */
  watcher?: ((text: string) => void) | undefined;
}
