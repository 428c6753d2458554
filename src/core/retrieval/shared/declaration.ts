import type { ConnectorError } from '../../failure/errors.ts';
import type { Request } from '../../stream/request.ts';
import type { Row } from '../../record/row.ts';
import type { Skipped } from '../partitions.ts';

/** A stream that shares its list with other streams. The list is requested once per sync. */
export interface Shared<S = unknown, F extends string = string> {
  way: 'shared';
  path: string;
  /** Loads the list. Throws a ConnectorError. */
  load(shared: S): Promise<List>;
  detail?: Detail<S, F>;
}

export interface List {
  rows: Row[];
  /** The missing parts, with labels in the plural, such as `the records of resource group X`. */
  skipped?: readonly Skipped[];
  /** Why some rows are unknown. The stream fails after the known rows have been emitted. */
  failure?: ConnectorError | undefined;
}

/** An additional request per row for fields that the list omits. */
export interface Detail<S = unknown, F extends string = string> {
  isWanted(shared: S): boolean;
  /** The request for the details of a row, or undefined if the row is already complete. */
  request(row: Row, shared: S): Request | undefined;
  /** The fields that the details add. They are removed from rows if the user doesn't want the details. */
  fields: readonly F[];
  /** Extracts the details from a response body, or throws `unexpected_body`, which names `path`. */
  values(body: unknown, path: string): Row;
  /** What the details are called in messages, such as `connection strings`. */
  what: string;
  /** What a row is called in messages, such as `deployment`. */
  noun: string;
}
