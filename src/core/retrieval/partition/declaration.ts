import type { ParsedPage, Request } from '../../stream/request.ts';
import type { Row } from '../../record/row.ts';
import type { Partition, Partitions } from '../partitions.ts';

/** One request for each partition, such as a deployment. */
export interface ByPartition<S, F extends string> {
  way: 'partition';
  partitions(shared: S): Promise<Partitions>;
  request(partition: Partition, shared: S): Request;
  /** The rows in the body of a 200. Throws `unexpected_body`. */
  rows(body: unknown, request: Request): ParsedPage;
  /** Without it the stream is only read in full. */
  incremental?: {
    cursorField: F;
    /** Whether a row stays as it is. One that does not is read again until it does. */
    isFinal?(row: Row): boolean;
  };
  /** What it means if the API does not have the stream for any partition: that it has no records. Without it, a failure. */
  absentEverywhere?: 'empty';
}
