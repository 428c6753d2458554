import { type ConnectorError, inputError } from '../failure/errors.ts';
import type { Row } from '../record/row.ts';

export type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** The state of a stream, as an object and as JSON, so that it is serialized only once. */
export interface State {
  value: object;
  json: string;
}

export interface Log {
  /** Logs one sentence, with secrets masked. `stack` is only for bugs. */
  log(level: Level, text: string, stack?: string): void;
}

/** The interface through which the core uses a protocol. */
export interface Output extends Log {
  stream(name: string): StreamSink;
}

/** The output of one stream. `started` is called first, and `ended` last. */
export interface StreamSink {
  started(): void;
  /** Called with the rows of a page as the API returned them, before they are converted in place to records. */
  received?(rows: readonly unknown[]): void;
  /** Prints a record, and returns its length in characters. `at` is in Unix ms; `nulled` lists the fields that were set to null. */
  record(row: Row, at: number, nulled?: readonly string[]): number;
  /** Saves a checkpoint. `records` is the number of records since the last checkpoint. */
  state(state: State, records: number): void;
  /** Called when the API's rate limit makes the stream wait. `until` is the end of the wait, in Unix ms. */
  held(until: number): void;
  /**
   * `last` is the final checkpoint, if there is anything new to save. Its state is undefined if the stream can't be resumed. `total` is the
   * number of records in the whole read.
   */
  ended(complete: boolean, last: { state: State | undefined; records: number } | undefined, total: number): void;
}

export interface StreamFailure {
  name: string;
  end: 'failed';
  error: ConnectorError;
}

/** How a stream ended. Streams are stopped only when the whole sync is stopped. */
export type StreamEnd = { name: string; end: 'complete' | 'stopped' } | StreamFailure;

/** The failure of a stream that can't be read as the catalog requests. `detail` is the whole message. */
export function unreadable(name: string, detail: string): StreamFailure {
  return { name, end: 'failed', error: inputError(detail) };
}
