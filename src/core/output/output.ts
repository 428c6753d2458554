import type { ConnectorError } from '../failure/errors.ts';
import type { Row } from '../record/row.ts';

export type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** Where an incremental read stands: as an object and as its JSON, which is made once. */
export interface State {
  value: object;
  json: string;
}

export interface Log {
  /** One sentence for people; `stack` only of a bug. It is redacted. */
  log(level: Level, text: string, stack?: string): void;
}

/** What a protocol is to the core: the place where streams, texts and failures go. */
export interface Output extends Log {
  /** A sink for the records of one stream. */
  stream(name: string): StreamSink;
  /** Resolves once stdout takes more. */
  ready(): Promise<void>;
}

/** One stream on its way out. The core calls it in this order: started, any of the middle ones, ended. */
export interface StreamSink {
  started(): void;
  /** Prints one record: `at` in Unix ms, `nulled` the fields that had to be set to null. Gives its length in characters. */
  record(row: Row, at: number, nulled?: readonly string[]): number;
  /** A checkpoint, behind the records that it covers; `records` counts those since the one before. */
  state(state: State, records: number): void;
  /** The API's rate limit holds the stream up until then (Unix ms). */
  held(until: number): void;
  /** The stream waits for a while: a protocol that has kept a checkpoint back sends it. */
  waits?(): void;
  /**
   * `last` is a last checkpoint: of a stream that cannot be resumed without a state, and only if it is complete; of any
   * other what was not yet told.
   */
  ended(complete: boolean, last: { state: State | undefined; records: number } | undefined): void;
}

/** How a stream ended: read to its end, failed, or stopped along with the whole run. */
export type StreamEnd =
  { name: string; end: 'complete' | 'stopped' } | { name: string; end: 'failed'; error: ConnectorError };
