import type { Request } from '../../stream/request.ts';
import type { Row } from '../../record/row.ts';

/** A list that several streams share and that is requested once per sync. */
export interface Shared<S, F extends string> {
  way: 'shared';
  path: string;
  /**
   * Loads the rows, which are the stream's to change, and counts the requests that it took. `failed` is why some rows are
   * incomplete: they are emitted, and then the stream fails. Throws a ConnectorError.
   */
  load(shared: S): Promise<{ rows: Row[]; requests: number; failed?: Error | undefined }>;
  detail?: Detail<S, F>;
}

/** One more request for each row, whose response completes it. */
export interface Detail<S, F extends string> {
  /** Whether the user wants it. */
  isWanted(shared: S): boolean;
  /** Undefined for a row that is complete. */
  request(row: Row, shared: S): Request | undefined;
  /** The fields that it adds. They are removed from rows that have them when they are not wanted. */
  fields: readonly F[];
  /** The response as an object. Throws `unexpected_body`. */
  values(body: unknown, request: Request): Row;
  /** What texts call the details: `connection strings`. */
  what: string;
}
