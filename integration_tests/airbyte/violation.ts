/** A violation: the number and short name of the broken rule, and a sentence that describes the violation. */
export interface Violation {
  readonly rule: string;
  readonly sentence: string;
}

export function violation(rule: string, sentence: string): Violation {
  return { rule, sentence };
}
