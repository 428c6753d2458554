import type { ParseArgsConfig } from 'node:util';
import { nearestOf } from '../text/nearest.ts';

// An import statement would load the dependencies of all exports of node:util.
const { parseArgs } = process.getBuiltinModule('node:util');

/** An invalid command line. The message is a clause and quotes no values, because a value could be a secret. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;
type Arguments<O extends Options> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>;

/** Throws a UsageError if the command line is invalid. */
export function parseArguments<O extends Options>(args: string[], options: O): Arguments<O> {
  let parsed: Arguments<O>;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // Only the first sentence of the message describes the problem.
    const [problem = ''] = (error as Error).message.split(/[.\n]/);
    const valueless = /^Option '(?:-\w, )?(--\S+?)(?: <value>)?' argument/.exec(problem)?.[1];
    if (valueless !== undefined) throw new UsageError(`${valueless} needs a value`);
    const unknown = /^Unknown option '--(.*)'$/.exec(problem)?.[1];
    throw new UsageError(problem + (unknown === undefined ? '' : suggestion(unknown, Object.keys(options), '--')));
  }
  // A shell expands an unset variable to an empty value.
  for (const [name, value] of Object.entries(parsed.values)) {
    if ([value].flat().includes('')) throw new UsageError(`--${name} needs a value`);
  }
  return parsed;
}

/** Returns the end of an error message, such as ` (did you mean read?)`, or an empty string if no known word is similar enough. */
export function suggestion(word: string, known: readonly string[], prefix = ''): string {
  const nearest = nearestOf(word, known);
  return nearest === undefined ? '' : ` (did you mean ${prefix}${nearest}?)`;
}
