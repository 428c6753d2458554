import type { ConnectorError } from '../failure/errors.ts';
import type { Row } from '../record/row.ts';

/** A part of a stream with its own request, such as a deployment. */
export interface Partition {
  id: string;
  /** Its name in messages: `deployment 5a2b…`. */
  label: string;
  /** Fields added to its rows where the API omits them. */
  fields?: Row;
  /** The origin to request it from. Partitions of different origins do not wait for each other. */
  origin?: string | undefined;
  /** Its rows, if the list of partitions includes them. */
  rows?: Row[];
}

/** A part of a stream that the API rejects, and a read skips; with an `id` if it is a partition. */
export interface Skipped {
  id?: string;
  label: string;
  error: ConnectorError;
}

export interface Partitions {
  chosen: readonly Partition[];
  /** The ids of all partitions, chosen or not; undefined: unknown. */
  all: ReadonlySet<string> | undefined;
  /** Whether all partitions are chosen, so that a row missing from all of them is gone. */
  isWhole?: boolean;
  /** Intentional omissions, for the stream's last log line: `3 deployments of generation 2`. */
  leftOut?: readonly string[];
}
