import type { ConnectorError } from '../../failure/errors.ts';
import type { List } from '../shared/declaration.ts';

/** A stream that is loaded month by month, oldest first. */
export interface ByMonth<S = unknown, F extends string = string> {
  way: 'month';
  cursorField: F;
  path: string;
  rules: MonthRules;
  /** The ids that the config selects, each as `option:id`. Empty if the config selects everything. */
  limits(shared: S): string[];
  /** The accounts, each of which has its own cursor value. Default: one account without an id. */
  accounts?(shared: S): ReadonlyArray<string | undefined>;
  /** Loads a month of one account, or of all accounts if `account` is undefined. Throws a ConnectorError. */
  load(month: string, shared: S, account?: string): Promise<List>;
}

/** Which months the API keeps, when they are final, and how many a first read requests. */
export interface MonthRules {
  /** The number of months that a first read without a start_date goes back. */
  firstMonths: number;
  /** A month becomes final on this day of the next month, at 00:00 UTC. */
  finalOnDay: number;
  /** The minimum number of months that the API keeps, including the current month. */
  keptMonths: number;
  /** Whether the error may mean that the API no longer has the month. */
  saysThereIsNone(error: ConnectorError): boolean;
}
