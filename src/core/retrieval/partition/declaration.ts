import type { ParsedPage, Request } from '../../stream/request.ts';
import type { Row } from '../../record/row.ts';
import type { Partition, Partitions } from '../partitions.ts';

/** One request for each partition, such as a deployment. */
export interface ByPartition<S, F extends string> {
  way: 'partition';
  partitions(shared: S): Promise<Partitions>;
  request(partition: Partition, shared: S): Request;
  /** Throws `unexpected_body`. */
  rows(body: unknown, request: Request): ParsedPage;
  /** Default: the stream is only read in full. */
  cursorField?: F;
  /** Whether a row no longer changes; until then, every sync emits it again. */
  isFinal?(row: Row): boolean;
  /** If no partition has the stream, it has no records. Default: the stream fails. */
  absentEverywhere?: 'empty';
}
