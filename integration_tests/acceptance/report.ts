import type { Check, CheckContext } from './check.ts';
import type { Violation } from './violation.ts';

const shownViolations = 20;

/** What became of the checks. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** Runs one check; one that cannot even be made has failed. */
export async function runCheck(check: Check, context: CheckContext): Promise<Violation[]> {
  try {
    return await check.run(context);
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    return [{ rule: `check ${check.number} ${check.name}`, sentence }];
  }
}

/** Runs all checks in turn; a line for each, with what it found below it. */
export async function reportChecks(
  checks: readonly Check[],
  context: CheckContext,
  print: (line: string) => void,
): Promise<Tally> {
  let passed = 0;
  for (const check of checks) {
    const violations = await runCheck(check, context);
    const isGood = violations.length === 0 || check.warnsOnly === true;
    if (isGood) passed += 1;
    print(`${isGood ? '✓' : '✗'} ${check.number} ${check.sentence}`);
    for (const { rule, sentence } of violations.slice(0, shownViolations)) {
      print(`    ${check.warnsOnly ? 'warning: ' : ''}${rule}: ${sentence}`);
    }
    if (violations.length > shownViolations) print(`    … and ${violations.length - shownViolations} more`);
  }
  const failed = checks.length - passed;
  print(`${passed} passed, ${failed} failed`);
  return { passed, failed };
}
