import type { ConnectorError } from '../../failure/errors.ts';
import type { Row } from '../../record/row.ts';
import type { Skipped } from '../partitions.ts';

/** One load for each month, such as `2026-10`, oldest first. */
export interface ByMonth<S, F extends string> {
  way: 'month';
  cursorField: F;
  path: string;
  rules: MonthRules;
  /** The limits that the user set, as `option:id`. */
  limits?(shared: S): string[];
  /** Throws a ConnectorError. */
  load(month: string, shared: S): Promise<Month>;
}

export interface Month {
  rows: Row[];
  requests: number;
  /** Whether no part was rejected. If any part was, the month must be read again. */
  isWhole: boolean;
  skipped?: Skipped | undefined;
}

/** The API's guarantees about its months. */
export interface MonthRules {
  /** How many months a first read goes back without a start_date. */
  firstMonths: number;
  /** A month is final on this day of the next month, 00:00 UTC. */
  finalOnDay: number;
  /** The minimum number of months that the API keeps, including the current one. */
  keptMonths: number;
  /** Whether the error may mean that the API no longer has the month. */
  saysThereIsNone(error: ConnectorError): boolean;
}
