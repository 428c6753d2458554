import { type Rule, type TapRun, judgedOf } from './judged.ts';
import { MESSAGE_RULES } from './rules-messages.ts';
import { PROCESS_RULES } from './rules-process.ts';
import { STATE_RULES } from './rules-states.ts';

// The rules of the Singer protocol, its targets and Meltano. README.md explains the rule numbers.

export const RULES: readonly Rule[] = [...MESSAGE_RULES, ...STATE_RULES, ...PROCESS_RULES];

/** A broken rule, and the details of the violation. */
export interface Violation {
  rule: string;
  sentence: string;
  details: readonly string[];
}

/** Checks a sync against all rules, and returns the violations. */
export function violationsOf(run: TapRun): Violation[] {
  const judged = judgedOf(run);
  return RULES.flatMap(({ name, sentence, broken }) => {
    const details = broken(judged);
    return details.length === 0 ? [] : [{ rule: name, sentence, details: details.slice(0, 5) }];
  });
}
