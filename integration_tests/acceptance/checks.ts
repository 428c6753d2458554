import type { Check } from './check.ts';
import { basicReadChecks } from './checks-basic-read.ts';
import { connectionChecks } from './checks-connection.ts';
import { discoveryChecks } from './checks-discovery.ts';
import { fullRefreshChecks } from './checks-full-refresh.ts';
import { incrementalChecks } from './checks-incremental.ts';
import { specChecks } from './checks-spec.ts';
import { violationsOf } from './referee.ts';

/** The last check: everything that the others made the connector print is judged by the referee. */
const refereeCheck: Check = {
  number: 100,
  name: 'protocol',
  sentence: 'Every command of the checks above obeys the rules of the protocol.',
  run: (context) => Promise.resolve(context.runs().flatMap(violationsOf)),
};

/** All checks, in the order in which they run. */
export const checks: readonly Check[] = [
  ...specChecks,
  ...connectionChecks,
  ...discoveryChecks,
  ...basicReadChecks,
  ...fullRefreshChecks,
  ...incrementalChecks,
  refereeCheck,
];
