import { distance } from 'fastest-levenshtein';
import { z } from 'zod';

// Kinds of options that several platforms have. Their messages are the end of a sentence that begins with the option's name.

export function wholeNumber(least: number, most: number): z.ZodInt {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

export function boolean(): z.ZodBoolean {
  return z.boolean({ error: 'must be true or false' });
}

/** A longer name of an option is not shown: it may be anything. */
export const LONGEST_NAME = 60;

/** The option that was probably meant. */
export function nearestOf(key: string, options: readonly string[]): string | undefined {
  if (key.length > LONGEST_NAME) return undefined;
  const ranked = options.map((option) => ({ option, steps: distance(key.toLowerCase(), option) }));
  const [best] = ranked.toSorted((a, b) => a.steps - b.steps);
  return best !== undefined && best.steps <= Math.max(2, Math.floor(best.option.length / 4)) ? best.option : undefined;
}
