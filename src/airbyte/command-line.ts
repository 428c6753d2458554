import { parseArgs } from 'node:util';
import { distance } from 'fastest-levenshtein';
import spec from '../../spec.json' with { type: 'json' };
import type { Context } from '../core/context.ts';
import { VERSION } from '../core/version.ts';

/** For --help, and for a call without a command. */
export const USAGE = `source-compose: an Airbyte source for the Compose API

Usage:
  source-compose spec
  source-compose check    --config FILE
  source-compose discover --config FILE
  source-compose read     --config FILE --catalog FILE [--state FILE]

Commands:
  spec       print the config options
  check      test the config: whether the token works and the deployment ids exist
  discover   print the streams that can be read
  read       read the streams of a configured catalog, one JSON message per line on stdout

Options:
  --config FILE   the config, as JSON
  --catalog FILE  the configured catalog: which streams to read, and how
  --state FILE    where the last read stopped: its STATE messages
  --debug         log every request (LOG_LEVEL=debug does the same)
  -h, --help      print this help
  -v, --version   print the version

Examples:
  source-compose check --config secrets/config.json
  source-compose read --config secrets/config.json --catalog secrets/catalog.json > secrets/records.jsonl

Exit codes: 0 the command did its work (check does so even when it reports FAILED), 1 it did not,
or no command was given, 2 anything else is wrong with the command line. Ctrl-C ends it with 130,
SIGTERM with 143.

Docs: ${spec.documentationUrl}
`;

export type Command =
  | { name: 'help' | 'version' | 'nothing' }
  | { name: 'spec'; debug: boolean }
  | { name: 'check' | 'discover'; config: string; debug: boolean }
  | { name: 'read'; config: string; catalog: string; state: string | undefined; debug: boolean }
  | { name: 'wrong'; complaint: string };

const FILES = { spec: [], check: ['config'], discover: ['config'], read: ['config', 'catalog', 'state'] } as const;
const COMMANDS = Object.keys(FILES);
const OPTIONS = ['config', 'catalog', 'state', 'debug', 'help', 'version'];

type FileOption = 'config' | 'catalog' | 'state';

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
      const { runCheck } = await import('./check.ts');
      return runCheck(context, command.config, command.debug);
    }
    case 'discover': {
      const { runDiscover } = await import('./discover.ts');
      return runDiscover(context, command.config, command.debug);
    }
    case 'read': {
      const { runRead } = await import('./read.ts');
      return runRead(context, command, command.debug);
    }
  }
}

/** Reads the command line. What is wrong with it is told in one line that quotes no value: one may be a secret. */
export function parseCommandLine(argv: string[]): Command {
  const files: Partial<Record<FileOption, string>> = {};
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
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
    },
  });
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, value } = token;
    if (name === 'config' || name === 'catalog' || name === 'state') {
      // `--config --catalog x` would take the next option for a file name.
      if (value === undefined || value === '' || (!token.inlineValue && value.startsWith('-'))) {
        return wrong(`--${name} needs the name of a file`);
      }
      files[name] = value;
    } else if (name === 'debug' || name === 'help' || name === 'version') {
      if (value !== undefined) return wrong(`--${name} takes no value`);
      if (name === 'debug') debug = true;
      else wish ??= name;
    } else {
      return wrong(`unknown option ${token.rawName}${guess(name, OPTIONS, '--')}`);
    }
  }
  if (wish !== undefined) return { name: wish };
  const [name, ...rest] = words;
  if (name === undefined) {
    return Object.keys(files).length === 0
      ? { name: 'nothing' }
      : wrong('no command; there are spec, check, discover and read');
  }
  if (name === 'help') return { name: 'help' };
  if (!Object.hasOwn(FILES, name)) {
    return wrong(`unknown command${guess(name, COMMANDS, '')}; there are spec, check, discover and read`);
  }
  if (rest.length > 0)
    return wrong(`${name} takes no further words; files are given with --config, --catalog, --state`);
  return complete(name as keyof typeof FILES, files, debug);
}

function complete(name: keyof typeof FILES, files: Partial<Record<FileOption, string>>, debug: boolean): Command {
  const accepted: readonly string[] = FILES[name];
  for (const option of Object.keys(files)) if (!accepted.includes(option)) return wrong(`${name} takes no --${option}`);
  if (name === 'spec') return { name, debug };
  const { config, catalog, state } = files;
  if (config === undefined) return wrong(`${name} needs --config FILE`);
  if (name !== 'read') return { name, config, debug };
  if (catalog === undefined) return wrong('read needs --catalog FILE');
  return { name, config, catalog, state, debug };
}

/** Names what was probably meant by a misspelt word, which is not quoted itself. */
function guess(word: string, known: readonly string[], prefix: string): string {
  if (word.length > 20) return '';
  const [nearest] = known.map((one) => ({ one, steps: distance(word, one) })).toSorted((a, b) => a.steps - b.steps);
  // Of a short word half would be wrong: "sync" is not meant to be "spec".
  const isNear = nearest !== undefined && nearest.steps <= 2 && nearest.steps * 2 < word.length;
  return isNear ? ` (did you mean ${prefix}${nearest.one}?)` : '';
}

function wrong(complaint: string): Command {
  return { name: 'wrong', complaint };
}
