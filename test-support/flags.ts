import { parseArgs } from 'node:util';

/** A script's flag: its meaning and, if it takes a value, the placeholder that the help shows for the value. */
export interface Flag {
  meaning: string;
  /** Absent if the flag is a switch. */
  value?: string;
  /** The default value, as written on the command line. */
  default?: string;
}

const HELP: Flag = { meaning: 'print this' };

/** The value of each flag, and whether each switch is on. */
export type FlagValues<F extends Readonly<Record<string, Flag>>> = {
  [N in keyof F]: F[N] extends { default: string }
    ? string
    : F[N] extends { value: string }
      ? string | undefined
      : boolean;
};

/**
 * Parses the flags of a script. With `--help`, prints the help and exits with 0. If the flags are invalid, prints one line to stderr and
 * exits with 2.
 */
export function readFlags<const F extends Readonly<Record<string, Flag>>>(
  script: string,
  purpose: string,
  flags: F,
  args: string[] = process.argv.slice(2),
): FlagValues<F> {
  const values = parseFlags(flags, args);
  if (typeof values === 'string')
    return exit(2, `${values}. npm run ${script} -- --help lists the flags.`, process.stderr);
  if (values['help'] === true) return exit(0, helpText(script, purpose, flags), process.stdout);
  return values as FlagValues<F>;
}

/** Returns the values of the flags, including `help`, or a sentence that describes the error. */
function parseFlags(
  flags: Readonly<Record<string, Flag>>,
  args: string[],
): Record<string, string | boolean | undefined> | string {
  const switches = Object.entries(flags).filter(([, { value }]) => value === undefined);
  const options = Object.entries({ ...flags, help: HELP }).map(([name, flag]) => {
    const type: 'string' | 'boolean' = flag.value === undefined ? 'boolean' : 'string';
    const short = flag === HELP ? { short: 'h' } : {};
    return [name, { type, ...short, ...(flag.default === undefined ? {} : { default: flag.default }) }] as const;
  });
  try {
    const { values } = parseArgs({ args, options: Object.fromEntries(options) });
    const off = Object.fromEntries(switches.map(([name]) => [name, false]));
    return { ...off, ...(values as Record<string, string | boolean | undefined>) };
  } catch (error) {
    // Keep only the first sentence of Node.js's message. The rest is about positional arguments, which the scripts don't have.
    return (error as Error).message.split(/\.\s|\n/)[0] ?? '';
  }
}

/** The help text, with the script's purpose and each flag's meaning and default. */
function helpText(script: string, purpose: string, flags: Readonly<Record<string, Flag>>): string {
  const shown = Object.entries({ ...flags, help: HELP }).map(([name, flag]) => ({
    flag: `${flag === HELP ? '-h, ' : ''}--${name}${flag.value === undefined ? '' : ` ${flag.value}`}`,
    meaning: flag.default === undefined ? flag.meaning : `${flag.meaning} (default: ${flag.default})`,
  }));
  const width = Math.max(...shown.map(({ flag }) => flag.length));
  const lines = shown.map(({ flag, meaning }) => `  ${flag.padEnd(width)}  ${meaning}`);
  return [purpose, '', `Usage: npm run ${script} [-- FLAGS]`, '', ...lines].join('\n');
}

function exit(code: number, text: string, to: NodeJS.WriteStream): never {
  to.write(`${text}\n`);
  process.exit(code);
}
