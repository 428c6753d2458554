/** A violation: the number and short name of the broken rule, and a sentence about this case. */
export interface Violation {
  readonly rule: string;
  readonly sentence: string;
}

export function violation(rule: string, sentence: string): Violation {
  return { rule, sentence };
}
