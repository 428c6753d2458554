import type { Request } from '../../stream/request.ts';
import type { Partition, Partitions } from '../partitions.ts';

/** A stream whose partitions are requested in time windows. */
export interface ByWindow<S = unknown, F extends string = string> {
  way: 'window';
  cursorField: F;
  /** The key of a partition's id in bookmarks, such as `logs_instance`. */
  partitionName: string;
  partitions(shared: S): Promise<Partitions>;
  /** The request must name the partition's account and origin, if any. `from` and `to` are UTC strings. */
  request(partition: Partition, window: { from: string; to: string }): Request;
  /** Extracts the rows from a response body, or throws `unexpected_body`, which names `path`. */
  rows(body: unknown, path: string): WindowPage;
  size: WindowSize;
  /** How messages refer to a partition, a row, and the rows to omit: `Logs instance`, `event`, `of other services`. */
  terms: { partition: string; thing: string; others: string };
}

/** The lengths of windows and periods, in ms. */
export interface WindowSize {
  longestMs: number;
  /** The length at which windows are no longer halved. */
  shortestMs: number;
  /** The minimum lookback window, to catch late arrivals. */
  overlapMs: number;
  /** How far a first read without a start_date goes back. */
  firstMs: number;
}

export interface WindowPage {
  rows: unknown[];
  /** The identity of each row. Rows with the same identity are duplicates. */
  identities: string[];
  warnings: string[];
  /** The number of additional rows that don't belong to the stream. */
  others: number;
  /** The number of rows that can't be parsed. */
  unreadable: number;
  /** The API's reason for truncating the page, or undefined if the page is complete. */
  truncated: string | undefined;
}
