import type { Request } from '../../stream/request.ts';
import type { Partition, Partitions } from '../partitions.ts';

/** A list that is requested by time windows, each partition by itself. */
export interface ByWindow<S, F extends string> {
  way: 'window';
  cursorField: F;
  /** What states call a partition: `logs_instance`. */
  partitionName: string;
  partitions(shared: S): Promise<Partitions>;
  /** Times are UTC texts. */
  request(partition: Partition, window: { from: string; to: string }, shared: S): Request;
  /** Throws `unexpected_body`. */
  rows(body: unknown, request: Request): WindowPage;
  size: WindowSize;
  /** What texts call a partition, the rows, and those that are not the stream's: `Logs instance`, `events`, `of other services`. */
  terms: { partition: string; things: string; others: string };
}

/** How a time is divided into windows, all in ms. */
export interface WindowSize {
  /** The longest window that may be requested. */
  longestMs: number;
  /** A window as short is not halved any more. */
  shortestMs: number;
  /** How far a read goes back behind its cursor value at least, to catch late arrivals. */
  overlapMs: number;
  /** How far a first read goes back if the user has set no start_date. */
  firstMs: number;
}

/** The rows of a time window. */
export interface WindowPage {
  rows: unknown[];
  /** What tells each row from the others: two rows with the same identity are one row that came twice. */
  identities: string[];
  /** What a user should know, once per read. */
  warnings: string[];
  /** How the API says that the page is truncated, so that a shorter window must be requested; undefined: it is complete. */
  truncated: string | undefined;
  /** How many of the rows that came are not the stream's. */
  others: number;
  /** How many rows have only the text of what cannot be parsed, in the field `raw`. */
  unreadable: number;
}
