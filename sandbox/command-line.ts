import { parseArgs } from 'node:util';
import { FLAGS } from './flags.ts';
import { type SandboxOptions, withDefaults } from './options.ts';

/** What the command line asks for. */
export interface CommandLine {
  readonly options: Partial<SandboxOptions>;
  /** Print one line for programs instead of lines for people. */
  readonly json: boolean;
  /** End when stdin ends, which it does with the parent process. */
  readonly exitWithStdin: boolean;
  readonly help: boolean;
}

const SWITCHES = ['json', 'exit-with-stdin', 'help'] as const;

/** How to call it. */
export const USAGE = [
  'Usage: npm run sandbox -- [--flag value …]',
  ...Object.entries(FLAGS).map(([name, { kind }]) => `  --${name}  ${kind}`),
  ...SWITCHES.map((name) => `  --${name}`),
  'sandbox/README.md says what each does.',
].join('\n');

const collect = (values: Readonly<Record<string, unknown>>): Record<string, unknown> | string => {
  const options: Record<string, unknown> = {};
  for (const [name, { option, read, kind }] of Object.entries(FLAGS)) {
    // A fault may be given several times.
    const texts = [values[name] ?? []].flat() as string[];
    const all = texts.map((text) => read(text));
    if (all.includes(undefined)) return `--${name} must be ${kind}`;
    if (all.length > 0) options[option] = Array.isArray(all[0]) ? all.flat() : all.at(-1);
  }
  return options;
};

/** Reads the arguments; a text says, in one line, what is wrong with them. */
export const readCommandLine = (args: readonly string[]): CommandLine | string => {
  const flags = Object.keys(FLAGS).map((name) => [name, { type: 'string' as const, multiple: name === 'fault' }]);
  const switches = SWITCHES.map((name) => [name, { type: 'boolean' as const }]);
  try {
    const parsed = parseArgs({ args: [...args], options: Object.fromEntries([...flags, ...switches]) });
    const values: Readonly<Record<string, unknown>> = parsed.values;
    const options = collect(values);
    if (typeof options === 'string') return options;
    withDefaults(options);
    const on = (name: (typeof SWITCHES)[number]): boolean => values[name] === true;
    return { options, json: on('json'), exitWithStdin: on('exit-with-stdin'), help: on('help') };
  } catch (error) {
    // Only the first sentence: the rest is advice on positional arguments, which there are none of.
    return error instanceof Error ? (error.message.split(/\.\s|\n/)[0] ?? error.message) : String(error);
  }
};
