/** A broken rule: its number and short name, and a sentence about this case. */
export interface Violation {
  readonly rule: string;
  readonly sentence: string;
}

/** Makes a violation of the named rule. */
export function violation(rule: string, sentence: string): Violation {
  return { rule, sentence };
}
