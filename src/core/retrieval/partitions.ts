import type { ConnectorError } from '../failure/errors.ts';
import type { Row } from '../record/row.ts';

/** A part of a stream that is requested by itself, such as a deployment. */
export interface Partition {
  id: string;
  /** How texts name it: `deployment 5a2b…`. */
  label: string;
  /** What its rows get where the API leaves it out. */
  fields?: Row;
  /** Where it is requested. Partitions of different origins do not wait for each other. */
  origin?: string;
  /** Its rows, if the list of partitions had them already. */
  rows?: Row[];
  /** Why its entry in the list could not be completed. */
  failed?: ConnectorError;
  /** Its cursor value stays at or before this time, since later rows may turn out to belong to it. */
  ceiling?: string | undefined;
}

export interface Partitions {
  /** The partitions to read. */
  chosen: readonly Partition[];
  /** The ids of all partitions, chosen or not; undefined if they are not known. */
  all: ReadonlySet<string> | undefined;
  /** Whether everything is chosen, so that a row which no partition has any more is gone. */
  isWhole?: boolean;
  /** What is left out on purpose, for the line at the stream's end: `3 deployments of generation 2`. */
  leftOut?: readonly string[];
}
