import type { ParsedPage, Request } from '../../stream/request.ts';
import type { Row } from '../../record/row.ts';
import type { Partition, Partitions } from '../partitions.ts';

/** A stream whose partitions, such as deployments, are requested separately. */
export interface ByPartition<S = unknown, F extends string = string> {
  way: 'partition';
  partitions(shared: S): Promise<Partitions>;
  /** The request must name the partition's account and origin, if any. */
  request(partition: Partition): Request;
  /** Extracts the rows from a response body, or throws `unexpected_body`, which names `path`. */
  rows(body: unknown, path: string): ParsedPage;
  /** The time field of an incremental stream. If omitted, the stream supports only full refresh. */
  cursorField?: F;
  /** Whether a row is final, which means that it can no longer change. Every sync emits rows again until they are final. */
  isFinal?(row: Row): boolean;
  /** Set if the list may exist for none of the partitions, in which case the stream has no records. Default: the stream fails. */
  mayBeAbsent?: true;
}
