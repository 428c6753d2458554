import { distance } from 'fastest-levenshtein';

/** No suggestion is made for a longer word, which may be a secret. */
export const MAX_NAME = 60;

/** The known name that a misspelled or shortened word probably means. */
export function nearestOf(word: string, known: readonly string[]): string | undefined {
  if (word.length > MAX_NAME) return undefined;
  const typed = word.toLowerCase();
  const ranked = known.map((name) => ({ name, steps: distance(typed, name) }));
  const [best] = ranked.toSorted((a, b) => a.steps - b.steps);
  if (best === undefined) return undefined;
  // Less than half of a short word may be misspelled: "sync" doesn't mean "spec".
  if (best.steps <= Math.max(2, Math.floor(best.name.length / 4)) && best.steps * 2 < typed.length) return best.name;
  if (typed.length < MIN_START) return undefined;
  const [first, ...others] = known.filter((name) => name.startsWith(typed) || typed.startsWith(`${name}_`));
  return others.length === 0 ? first : undefined;
}

/** Shorter words would match too many names. */
const MIN_START = 4;
