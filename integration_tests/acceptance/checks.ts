import type { Check, CheckContext } from './check.ts';
import { basicReadChecks } from './checks-basic-read.ts';
import { connectionChecks } from './checks-connection.ts';
import { discoveryChecks } from './checks-discovery.ts';
import { repeatedReadChecks } from './checks-repeated-reads.ts';
import { specChecks } from './checks-spec.ts';
import { violationsOf } from './referee.ts';
import type { Violation } from './violation.ts';

/** The last check: the referee judges everything that the others made the connector print. */
const refereeCheck: Check = {
  number: 100,
  name: 'protocol',
  sentence: 'Every command that these checks ran obeys the protocol.',
  run: (context) => Promise.resolve(context.runs().flatMap(violationsOf)),
};

/** All checks, in the order in which they run. */
export const checks: readonly Check[] = [
  ...specChecks,
  ...connectionChecks,
  ...discoveryChecks,
  ...basicReadChecks,
  ...repeatedReadChecks,
  refereeCheck,
];

const shownViolations = 20;

/** What one check found. One that only warns has passed anyway. */
export interface Outcome {
  readonly passed: boolean;
  readonly violations: readonly Violation[];
}

/** Runs one check. One that throws has failed, even if it only warns. */
export async function runCheck(check: Check, context: CheckContext): Promise<Outcome> {
  try {
    const violations = await check.run(context);
    return { passed: violations.length === 0 || check.warnsOnly === true, violations };
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    return { passed: false, violations: [{ rule: `check ${check.number} ${check.name}`, sentence }] };
  }
}

/** Runs all checks in turn and prints a line for each, with its findings below. Returns the number that failed. */
export async function reportChecks(
  checks: readonly Check[],
  context: CheckContext,
  print: (line: string) => void,
): Promise<number> {
  let failed = 0;
  for (const check of checks) {
    const { passed, violations } = await runCheck(check, context);
    if (!passed) failed += 1;
    print(`${passed ? '✓' : '✗'} ${check.number} ${check.sentence}`);
    for (const { rule, sentence } of violations.slice(0, shownViolations)) {
      print(`    ${passed ? 'warning: ' : ''}${rule}: ${sentence}`);
    }
    if (violations.length > shownViolations) print(`    … and ${violations.length - shownViolations} more`);
  }
  print(`${checks.length - failed} passed, ${failed} failed`);
  return failed;
}
