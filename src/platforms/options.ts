import { z } from 'zod';

// Option types that several platforms use. Each error message completes a sentence that begins with the option's name.

export function wholeNumber(least: number, most: number): z.ZodInt {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

export function requiredText(): z.ZodString {
  return z
    .string({ error: (issue) => (issue.input === undefined ? 'is missing; add it' : 'must be a string') })
    .trim()
    .min(1, { error: 'must not be empty' });
}

export function boolean(): z.ZodBoolean {
  return z.boolean({ error: 'must be true or false' });
}

/** A list of strings, from which duplicates are removed. Default: an empty list. */
export function listOf<T extends z.ZodType<string>>(item: T) {
  return z
    .array(item, { error: 'must be an array of strings, even for a single value: ["…"]' })
    .default([])
    .transform((values) => [...new Set(values)]);
}
