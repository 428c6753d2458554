import type { ConnectorError } from '../../failure/errors.ts';
import type { Row } from '../../record/row.ts';

/** A report by month, such as `2026-10`, oldest first. */
export interface ByMonth<S, F extends string> {
  way: 'month';
  cursorField: F;
  path: string;
  rules: MonthRules;
  /** What the user limits the rows to, as `option:id`. */
  limits?(shared: S): string[];
  /**
   * Loads the rows of a month, which are the stream's to change, and counts the requests that it took. `isWhole` is false if
   * a part was rejected, so that the month must be read again. Throws a ConnectorError.
   */
  load(month: string, shared: S): Promise<{ rows: Row[]; requests: number; isWhole: boolean }>;
}

/** What an API promises about its months. */
export interface MonthRules {
  /** How many months before the present one a first read begins with, if the user has set no start_date. */
  firstMonths: number;
  /** A month may change until this day of the next one, 00:00 UTC. */
  finalOnDay: number;
  /** How many months the API keeps at least, the present one included: without one of these, something is wrong. */
  keptMonths: number;
  /** Whether the response may mean that the API does not have the month. */
  saysThereIsNone(error: ConnectorError): boolean;
}
