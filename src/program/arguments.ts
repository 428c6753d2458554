import type { ParseArgsConfig } from 'node:util';

// An import statement would load the dependencies of all exports of node:util.
const { parseArgs } = process.getBuiltinModule('node:util');

/** An invalid command line. The message is a clause and quotes no values, because a value could be a secret. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;
type Arguments<O extends Options> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>;

/** Parses a command line with `parseArgs` from node:util. Throws a UsageError. */
export function parseArguments<O extends Options>(args: string[], options: O): Arguments<O> {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // Only the first sentence names the problem.
    throw new UsageError((error as Error).message.split(/[.\n]/)[0]);
  }
}
