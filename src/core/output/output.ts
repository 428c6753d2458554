import type { ConnectorError } from '../failure/errors.ts';
import type { Row } from '../record/row.ts';

export type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** The state of a stream, as an object and as its JSON, which is made once. */
export interface State {
  value: object;
  json: string;
}

export interface Log {
  /** Logs one sentence, redacted; `stack` only for a bug. */
  log(level: Level, text: string, stack?: string): void;
}

/** A protocol, as the core sees it. */
export interface Output extends Log {
  stream(name: string): StreamSink;
  /** Resolves once stdout accepts more. */
  ready(): Promise<void>;
}

/** The output of one stream. `started` is called first, `ended` last. */
export interface StreamSink {
  started(): void;
  /** Called with each row as the API returned it, before it is converted to a record in place. */
  received?(row: Row): void;
  /** Prints one record: `at` in Unix ms, `nulled` the fields that were set to null. Returns its length in characters. */
  record(row: Row, at: number, nulled?: readonly string[]): number;
  /** A checkpoint; `records` counts those since the last one. */
  state(state: State, records: number): void;
  /** The stream waits for the API's rate limit until this time (Unix ms). */
  held(until: number): void;
  /** The stream is about to wait: a protocol that has held back a checkpoint sends it. */
  waits?(): void;
  /**
   * `last` is a final checkpoint, if it differs from the one before; its state is undefined for a stream that cannot be
   * resumed.
   */
  ended(complete: boolean, last: { state: State | undefined; records: number } | undefined): void;
}

/** How a stream ended; it is stopped together with the whole sync. */
export type StreamEnd =
  { name: string; end: 'complete' | 'stopped' } | { name: string; end: 'failed'; error: ConnectorError };
