import { parseArgs } from 'node:util';
import {
  type Given,
  PLATFORM_NAMES,
  type PlatformName,
  optionsOf,
  withDefaults,
  withIbmCloudDefaults,
} from './options.ts';

export interface CommandLine {
  readonly options: Given;
  /** The file to write the config to, if any. */
  readonly configFile: string | undefined;
  /** Whether to print one JSON line for programs instead of text for people. */
  readonly json: boolean;
  /** Whether to exit when stdin ends, which happens when the parent process exits. */
  readonly exitWithStdin: boolean;
  readonly help: boolean;
}

const CONFIG_FLAG = `  --config <file>
      write the connector's config to this file, such as secrets/sandbox.json; only you can read the file`;

const SWITCHES = {
  json: 'print one line of JSON for programs: address, credentials, deploymentIds, pid',
  'exit-with-stdin': 'stop when stdin ends, which happens when the parent process exits',
  help: 'print this help',
} as const;

/** Maps the flags of all APIs, or of one API, to the options of `startSandbox`. */
export function flagsOf(platform: PlatformName | 'every'): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(optionsOf(platform)).map((name) => [flagOf(name), name]));
}

/** The maximum number of typos in a flag for which the error suggests a similar flag. */
const MOST_TYPOS = 3;

export function usage(): string {
  const switches = Object.entries(SWITCHES).map(
    ([flag, meaning]) => `  ${flag === 'help' ? '--help, -h' : `--${flag}`}\n      ${meaning}`,
  );
  return [
    'Usage: npm run sandbox -- [--flag value] …',
    '',
    'Starts a sandbox for an API and prints its address, its credentials and commands to paste. Ctrl-C stops it.',
    '',
    'Flags:',
    ...flagTexts('every'),
    CONFIG_FLAG,
    ...switches,
    ...PLATFORM_NAMES.flatMap((platform) => ['', `With --platform ${platform}:`, ...flagTexts(platform)]),
    '',
    'Examples:',
    '  npm run sandbox -- --platform ibm_cloud --config secrets/sandbox.json',
    '  npm run sandbox -- --port 8080 --audit-events 1000000',
    '  npm run sandbox -- --platform ibm_cloud --deployments 20 --token-life 60',
    `  npm run sandbox -- --fault '{"path":"/deployments/*/recipes","kind":"status","status":503,"times":2}'`,
    '',
    'More: sandbox/README.md',
  ].join('\n');
}

function flagTexts(platform: PlatformName | 'every'): string[] {
  return Object.entries(optionsOf(platform)).map(([name, { placeholder, meaning, shownDefault }]) => {
    const text = shownDefault === undefined ? meaning : `${meaning} (default: ${shownDefault})`;
    return `  --${flagOf(name)} <${placeholder}>\n      ${text}`;
  });
}

/** Parses the arguments. If they are invalid, returns a one-line error. */
export function readCommandLine(args: readonly string[]): CommandLine | string {
  const every = flagsOf('every');
  const all = Object.assign({}, every, ...PLATFORM_NAMES.map(flagsOf)) as Readonly<Record<string, string>>;
  const flags = Object.keys(all).map((flag) => [flag, { type: 'string' as const, multiple: flag === 'fault' }]);
  const switches = Object.keys(SWITCHES).map((flag) => [
    flag,
    { type: 'boolean' as const, ...(flag === 'help' && { short: 'h' }) },
  ]);
  const known = Object.fromEntries([...flags, ['config', { type: 'string' as const }], ...switches]);
  try {
    const { tokens } = parseArgs({ args: [...args], options: known, strict: false, tokens: true });
    for (const token of tokens) {
      if (token.kind === 'option' && !Object.hasOwn(known, token.name)) {
        return `Unknown option '${token.rawName}'${suggestion(token.name, Object.keys(known))}`;
      }
    }
    const values: Readonly<Record<string, unknown>> = parseArgs({ args: [...args], options: known }).values;
    const named = collect(values, 'every');
    if (typeof named === 'string') return named;
    const platform = (named['platform'] ?? 'compose') as PlatformName;
    const foreign = Object.keys(values).find((flag) => flag in all && !(flag in every) && !(flag in flagsOf(platform)));
    if (foreign !== undefined) return `--${foreign} is not a flag for the platform ${platform}; see --help`;
    const own = collect(values, platform);
    if (typeof own === 'string') return own;
    const options = { ...named, ...own } as Given;
    if (options.platform === 'ibm_cloud') withIbmCloudDefaults(options);
    else withDefaults(options);
    const on = (name: keyof typeof SWITCHES): boolean => values[name] === true;
    const configFile = values['config'] as string | undefined;
    if (configFile === '') return '--config must be the path of a file';
    return { options, configFile, json: on('json'), exitWithStdin: on('exit-with-stdin'), help: on('help') };
  } catch (error) {
    // Keep only the first sentence of Node.js's message. The rest is about positional arguments, which the sandbox doesn't accept.
    return error instanceof Error ? (error.message.split(/\.\s|\n/)[0] ?? error.message) : String(error);
  }
}

/** The flag `--audit-events` sets `auditEvents`, and each `--fault` adds a fault to `faults`. */
function flagOf(option: string): string {
  return option === 'faults' ? 'fault' : option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function collect(
  values: Readonly<Record<string, unknown>>,
  platform: PlatformName | 'every',
): Record<string, unknown> | string {
  const options: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(optionsOf(platform))) {
    const flag = flagOf(name);
    const texts = [values[flag] ?? []].flat() as string[];
    const all = texts.map((text) => option.read(text));
    if (all.includes(undefined)) return `--${flag} must be ${option.kind}`;
    if (all.length > 0) options[name] = Array.isArray(all[0]) ? all.flat() : all.at(-1);
  }
  return options;
}

function suggestion(flag: string, known: readonly string[]): string {
  const ranked = known.map((name) => ({ name, typos: distance(flag, name) })).toSorted((a, b) => a.typos - b.typos);
  const [nearest] = ranked;
  if (nearest === undefined || nearest.typos > Math.min(MOST_TYPOS, flag.length / 2)) return '; --help lists them all';
  return `; did you mean --${nearest.name}?`;
}

/** The edit distance: the minimum number of characters to insert, remove or replace. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of from.split('').entries()) {
    const next = [index + 1];
    for (let at = 0; at < to.length; at += 1) {
      const replaced = (row[at] ?? 0) + (letter === to[at] ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
