/** A broken rule: its section (or check number) with a short name, and one sentence about this very case. */
export interface Violation {
  readonly rule: string;
  readonly sentence: string;
}

/** Makes a violation of the named rule. */
export function violation(rule: string, sentence: string): Violation {
  return { rule, sentence };
}
