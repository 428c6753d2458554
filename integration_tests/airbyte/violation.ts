/** The number and short name of a broken rule, and a sentence that describes the violation. */
export interface Violation {
  readonly rule: string;
  readonly sentence: string;
}

export function violation(rule: string, sentence: string): Violation {
  return { rule, sentence };
}
