import { z } from 'zod';

// Kinds of options that several platforms have. Their messages are the end of a sentence that begins with the option's name.

export function wholeNumber(least: number, most: number): z.ZodInt {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

export function boolean(): z.ZodBoolean {
  return z.boolean({ error: 'must be true or false' });
}
