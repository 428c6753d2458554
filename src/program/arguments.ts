import type { ParseArgsConfig } from 'node:util';
import { nearestOf } from '../text/nearest.ts';

// An import statement would load the dependencies of all exports of node:util.
const { parseArgs } = process.getBuiltinModule('node:util');

/** An invalid command line. The message is a clause and quotes no values, because a value could be a secret. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;
type Arguments<O extends Options> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>;

/** Parses a command line with `parseArgs` from node:util. Throws a UsageError. */
export function parseArguments<O extends Options>(args: string[], options: O): Arguments<O> {
  for (const token of parseArgs({ args, options, strict: false, tokens: true }).tokens) {
    if (token.kind !== 'option') continue;
    const { name, value, rawName, inlineValue } = token;
    if (!Object.hasOwn(options, name)) {
      throw new UsageError(`unknown option ${rawName}${suggestion(name, Object.keys(options), '--')}`);
    }
    // In `--config --catalog x`, the value of --config is missing.
    const isMissing = value === undefined || value === '' || (!inlineValue && value.startsWith('-'));
    const isFlag = options[name]?.type === 'boolean';
    if (isFlag && value !== undefined) throw new UsageError(`--${name} takes no value`);
    if (!isFlag && isMissing) throw new UsageError(`--${name} needs a value`);
  }
  return parseArgs({ args, options, allowPositionals: true });
}

/** ` (did you mean --config?)`, or an empty string if no known name is similar. */
export function suggestion(word: string, known: readonly string[], prefix = ''): string {
  const nearest = word.length === 1 ? known.find((name) => name.startsWith(word)) : nearestOf(word, known);
  return nearest === undefined ? '' : ` (did you mean ${prefix}${nearest}?)`;
}
