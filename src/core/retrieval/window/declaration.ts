import type { Request } from '../../stream/request.ts';
import type { Partition, Partitions } from '../partitions.ts';

/** Requests by partition and time window. */
export interface ByWindow<S, F extends string> {
  way: 'window';
  cursorField: F;
  /** The name of a partition in states: `logs_instance`. */
  partitionName: string;
  partitions(shared: S): Promise<Partitions>;
  /** Times are UTC strings. */
  request(partition: Partition, window: { from: string; to: string }, shared: S): Request;
  /** Throws `unexpected_body`. */
  rows(body: unknown, request: Request): WindowPage;
  size: WindowSize;
  /**
   * The names in messages of a partition, of the rows, and of rows that are not the stream's: `Logs instance`,
   * `events`, `of other services`.
   */
  terms: { partition: string; things: string; others: string };
}

/** How time is divided into windows, in ms. */
export interface WindowSize {
  longestMs: number;
  /** A window of this length is not halved. */
  shortestMs: number;
  /** The minimum lookback, to catch late arrivals. */
  overlapMs: number;
  /** How far a first read goes back without a start_date. */
  firstMs: number;
}

export interface WindowPage {
  rows: unknown[];
  /** One identity per row: rows with the same identity are duplicates. */
  identities: string[];
  /** Logged once per read. */
  warnings: string[];
  /** How the API says that the page is truncated; undefined: it is complete. */
  truncated: string | undefined;
  /** The number of further rows that are not the stream's. */
  others: number;
  /** The number of rows that cannot be parsed, whose text is in the field `raw`. */
  unreadable: number;
}
