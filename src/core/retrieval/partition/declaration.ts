import type { ParsedPage, Request } from '../../stream/request.ts';
import type { Row } from '../../record/row.ts';
import type { Partition, Partitions } from '../partitions.ts';

/** Each partition, such as a deployment, is read with its own request. */
export interface ByPartition<S, F extends string> {
  way: 'partition';
  partitions(shared: S): Promise<Partitions>;
  request(partition: Partition, shared: S): Request;
  /** Extracts the rows from a response body, or throws `unexpected_body`. */
  rows(body: unknown, request: Request): ParsedPage;
  /** The time field of an incremental stream. Default: the stream is full-refresh only. */
  cursorField?: F;
  /** Whether a row can no longer change. Every sync emits a row again until it is final. */
  isFinal?(row: Row): boolean;
  /** What happens if the API lacks the stream's list for all partitions. With `empty`, there are no records. Default: the stream fails. */
  absentEverywhere?: 'empty';
}
