import spec from '../../spec.json' with { type: 'json' };
import { STDOUT_CLOSED, type Context } from '../program/context.ts';
import { VERSION } from '../program/version.ts';
import { nearestOf } from '../text/nearest.ts';

// An import would load what every export of node:util needs.
const { parseArgs } = process.getBuiltinModule('node:util');

/** For --help, and for a call without a command. */
export const USAGE = `source-compose: an Airbyte source for IBM Cloud Databases and the Compose API

Usage:
  source-compose spec
  source-compose check    --config FILE
  source-compose discover --config FILE [--configured]
  source-compose read     --config FILE --streams NAMES [--state FILE]
  source-compose read     --config FILE --catalog FILE  [--state FILE]

Commands:
  spec       print the config options
  check      test the config: whether the credentials work and the deployment IDs exist
  discover   print the available streams
  read       read streams: one JSON message per line on stdout

Options:
  --config FILE    the config, as JSON
  --streams NAMES  the streams to read, separated by commas, or "all"; incrementally where possible
  --catalog FILE   the configured catalog: which streams to read, and how
  --configured     print a configured catalog of all streams, for --catalog
  --state FILE     the STATE messages of the last read, to resume from
  --debug          log every request (LOG_LEVEL=debug does the same)
  -h, --help       print this help
  -v, --version    print the version

Examples:
  source-compose check --config secrets/config.json
  source-compose read --config secrets/config.json --streams deployments,deployments_backups
  source-compose read --config secrets/config.json --streams all > secrets/records.jsonl

A config for IBM Cloud Databases:
  { "platform": { "name": "ibm_cloud", "api_key": "YOUR KEY" } }
A config for Compose:
  { "platform": { "name": "compose", "api_token": "YOUR TOKEN" } }

Exit codes: 0 the command succeeded (also a check that reports FAILED), 1 it failed or no command was
given, 2 the command line is wrong, 130 stopped by Ctrl-C, 143 stopped by SIGTERM.

Docs: ${spec.documentationUrl}
`;

export type Command =
  | { name: 'help' | 'version' | 'nothing' }
  | { name: 'spec'; debug: boolean }
  | { name: 'check'; config: string; debug: boolean }
  | { name: 'discover'; config: string; configured: boolean; debug: boolean }
  | ({ name: 'read'; debug: boolean } & ReadFiles)
  | { name: 'wrong'; complaint: string };

/** What a read is given. Either `catalog` or `streams` is there. */
export interface ReadFiles {
  config: string;
  catalog?: string | undefined;
  /** Names with commas in between, or `all`. */
  streams?: string | undefined;
  state: string | undefined;
}

const ACCEPTED = {
  spec: [],
  check: ['config'],
  discover: ['config', 'configured'],
  read: ['config', 'catalog', 'streams', 'state'],
} as const;
const COMMANDS = Object.keys(ACCEPTED);
const OPTIONS = ['config', 'catalog', 'streams', 'state', 'configured', 'debug', 'help', 'version'];

type ValueOption = 'config' | 'catalog' | 'streams' | 'state';
type Given = Partial<Record<ValueOption, string>> & { configured?: true };

/**
 * Runs one command line and gives its exit code. The code of a command is loaded only when it runs, but for that of
 * `spec`, which is small and is to start at once. Throws what a command throws.
 */
export async function runCommandLine(argv: string[], context: Context): Promise<number> {
  const command = parseCommandLine(argv);
  switch (command.name) {
    case 'nothing':
      context.stderr(USAGE);
      return 1;
    case 'wrong':
      context.stderr(`source-compose: ${command.complaint}. See source-compose --help.\n`);
      return 2;
    case 'help':
      context.writer.line(USAGE);
      return 0;
    case 'version':
      context.writer.line(`${VERSION}\n`);
      return 0;
    case 'spec':
      context.writer.line(`${JSON.stringify({ type: 'SPEC', spec })}\n`);
      return 0;
    case 'check': {
      const { runCheck } = await import('./commands/check.ts');
      return runCheck(context, command.config, command.debug);
    }
    case 'discover': {
      const { runDiscover } = await import('./commands/discover.ts');
      return runDiscover(context, command.config, command.debug, command.configured);
    }
    case 'read': {
      if (context.isStdoutClosed === true) {
        context.stderr(`source-compose: ${STDOUT_CLOSED}\n`);
        return 1;
      }
      const { runRead } = await import('./commands/read.ts');
      return runRead(context, command, command.debug);
    }
  }
}

/** Reads the command line. What is wrong with it is told in one line that quotes no value: one may be a secret. */
export function parseCommandLine(argv: string[]): Command {
  const given: Given = {};
  const words: string[] = [];
  let debug = false;
  let wish: 'help' | 'version' | undefined;
  const { tokens } = parseArgs({
    args: argv,
    strict: false,
    tokens: true,
    options: {
      config: { type: 'string' },
      catalog: { type: 'string' },
      state: { type: 'string' },
      streams: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
    },
  });
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, value } = token;
    if (name === 'config' || name === 'catalog' || name === 'streams' || name === 'state') {
      // `--config --catalog x` would take the next option for a file name.
      if (value === undefined || value === '' || (!token.inlineValue && value.startsWith('-'))) {
        return wrong(
          name === 'streams'
            ? '--streams needs the names of streams, separated by commas, or "all"'
            : `--${name} needs the name of a file`,
        );
      }
      given[name] = value;
    } else if (name === 'debug' || name === 'configured' || name === 'help' || name === 'version') {
      if (value !== undefined) return wrong(`--${name} takes no value`);
      if (name === 'debug') debug = true;
      else if (name === 'configured') given.configured = true;
      else wish ??= name;
    } else {
      return wrong(`unknown option ${token.rawName}${suggestion(name, OPTIONS, '--')}`);
    }
  }
  if (wish !== undefined) return { name: wish };
  const [name, ...rest] = words;
  if (name === undefined) {
    return Object.keys(given).length === 0
      ? { name: 'nothing' }
      : wrong('no command; there are spec, check, discover and read');
  }
  if (name === 'help') return { name: 'help' };
  if (!Object.hasOwn(ACCEPTED, name)) {
    return wrong(`unknown command${suggestion(name, COMMANDS, '')}; there are spec, check, discover and read`);
  }
  if (rest.length > 0) return wrong(unexpectedArgument(name, given));
  return complete(name as keyof typeof ACCEPTED, given, debug);
}

/** Most who write a word after the command mean the config. */
function unexpectedArgument(name: string, { config, streams }: Given): string {
  if (name === 'spec') return 'unexpected argument; spec takes none';
  if (config === undefined) return 'unexpected argument; use --config FILE';
  if (streams !== undefined) return 'unexpected argument; separate the names for --streams by commas, without spaces';
  return `unexpected argument; ${name} takes only options`;
}

function complete(name: keyof typeof ACCEPTED, given: Given, debug: boolean): Command {
  const accepted: readonly string[] = ACCEPTED[name];
  for (const option of Object.keys(given)) if (!accepted.includes(option)) return wrong(`${name} takes no --${option}`);
  if (name === 'spec') return { name, debug };
  const { config, catalog, streams, state, configured = false } = given;
  if (config === undefined) return wrong(`${name} needs --config FILE`);
  if (name === 'check') return { name, config, debug };
  if (name === 'discover') return { name, config, configured, debug };
  if (catalog === undefined && streams === undefined) return wrong('read needs --streams NAMES or --catalog FILE');
  if (catalog !== undefined && streams !== undefined) return wrong('read takes --streams or --catalog, not both');
  return { name, config, catalog, streams, state, debug };
}

/** Names what was probably meant by a misspelled word, which is not quoted itself. */
function suggestion(word: string, known: readonly string[], prefix: string): string {
  const nearest = word.length === 1 ? known.find((name) => name.startsWith(word)) : nearestOf(word, known);
  return nearest === undefined ? '' : ` (did you mean ${prefix}${nearest}?)`;
}

function wrong(complaint: string): Command {
  return { name: 'wrong', complaint };
}
