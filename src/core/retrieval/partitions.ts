import type { ConnectorError } from '../failure/errors.ts';
import type { Row } from '../record/row.ts';

/** A part of a stream that is requested separately, such as a deployment. */
export interface Partition {
  id: string;
  /** The partition's name in messages, such as `deployment 5a2b…`. */
  label: string;
  /** Fields to set in each row of the partition, such as the deployment's id. */
  fields?: Row;
  /** The account whose credentials are used to request the partition. Partitions of different accounts don't wait for each other. */
  account?: string | undefined;
  /** The origin to request the partition from. Partitions of different origins don't wait for each other. */
  origin?: string | undefined;
  /** The partition's rows, if the list of partitions contains them. */
  rows?: Row[];
}

/** A part of a stream that was skipped because the API rejected the request for it. `id` is set if the skipped part is a partition. */
export interface Skipped {
  id?: string;
  label: string;
  error: ConnectorError;
}

/** The warning about a skipped part of a list. `label` is in the plural. */
export function skippedSentence({ label, error }: Skipped): string {
  return `${label} are missing, because the API rejected the request (${error.answer})`;
}

export interface Partitions {
  chosen: readonly Partition[];
  /** The ids of all partitions, including those that are not chosen. Undefined if they are unknown. */
  all: ReadonlySet<string> | undefined;
  /** Whether all partitions are chosen, in which case a row that is missing from all of them no longer exists. */
  isWhole?: boolean;
  /** Whether this read covers the partition (id) or row (key). Entries that aren't covered stay in the state. Default: all are covered. */
  isCovered?: ((id: string) => boolean) | undefined;
  /** A phrase for each intentionally omitted deployment, such as `of generation 2`, for the stream's last log line. */
  leftOut?: readonly string[];
  /** Why some partitions are unknown. The stream fails after the chosen partitions have been read. */
  failure?: ConnectorError | undefined;
}
