import type { Row } from '../record/row.ts';

/** A part of a stream with a request of its own, such as a deployment. */
export interface Partition {
  id: string;
  /** How texts name it: `deployment 5a2b…`. */
  label: string;
  /** Fields added to its rows where the API omits them. */
  fields?: Row;
  /** The origin to request it from. Partitions of different origins do not wait for each other. */
  origin?: string | undefined;
  /** Its rows, if the list of partitions had them. */
  rows?: Row[];
}

export interface Partitions {
  chosen: readonly Partition[];
  /** The ids of all partitions, chosen or not; undefined: unknown. */
  all: ReadonlySet<string> | undefined;
  /** Whether all partitions are chosen, so that a row missing from all of them is gone. */
  isWhole?: boolean;
  /** What is omitted on purpose, for the line at the stream's end: `3 deployments of generation 2`. */
  leftOut?: readonly string[];
}
