import { STDOUT_CLOSED, type Context } from '../program/context.ts';
import { VERSION } from '../program/version.ts';
import { nearestOf } from '../text/nearest.ts';

// An import would load what every export of node:util needs.
const { parseArgs } = process.getBuiltinModule('node:util');

/** For --help, and for a call without arguments. */
export const USAGE = `tap-compose: a Singer tap for IBM Cloud Databases and the Compose API

Usage:
  tap-compose --config FILE                                    read all streams
  tap-compose --config FILE --catalog FILE [--state FILE]      read the streams that the catalog selects
  tap-compose [--config FILE] --discover                       print the catalog
  tap-compose --config FILE --test                             test the config
  tap-compose --about [--format json|markdown]                 print what the tap is and its settings

Options:
  --config FILE    the config, as JSON; later files override earlier ones. ENV reads environment variables
                   such as TAP_COMPOSE_PLATFORM_API_KEY
  --catalog FILE   which streams and fields to read, and how (--properties is the same)
  --state FILE     the value of the last STATE message, to resume from
  --debug          log every request (LOG_LEVEL=debug does the same)
  -h, --help       print this help
  -v, --version    print the version

A config for IBM Cloud Databases:
  { "platform": { "name": "ibm_cloud", "api_key": "YOUR KEY" } }
A config for Compose:
  { "platform": { "name": "compose", "api_token": "YOUR TOKEN" } }

Exit codes: 0 everything was read, 1 a stream failed or the config is invalid, 2 the command line is wrong.
`;

/** What a sync, a discovery and a test are given. */
export interface TapFiles {
  /** Files and the word ENV, in their order. */
  configs: string[];
  catalog: string | undefined;
  state: string | undefined;
}

export type Format = 'text' | 'json' | 'markdown';

export type Invocation =
  | { mode: 'help' | 'version' | 'nothing' }
  | { mode: 'about'; format: Format }
  | { mode: 'discover' | 'test' | 'sync'; files: TapFiles; debug: boolean }
  | { mode: 'wrong'; complaint: string };

/**
 * Runs one command line and gives its exit code. The code of a mode is loaded only when it runs: Meltano asks for the
 * catalog before every run. Throws what the mode throws.
 */
export async function runCommandLine(argv: string[], context: Context): Promise<number> {
  const invocation = parseCommandLine(argv);
  switch (invocation.mode) {
    case 'nothing':
      context.stderr(USAGE);
      return 2;
    case 'wrong':
      context.stderr(`tap-compose: ${invocation.complaint}. See tap-compose --help.\n`);
      return 2;
    case 'help':
      context.writer.line(USAGE);
      return 0;
    case 'version':
      context.writer.line(`tap-compose ${VERSION}\n`);
      return 0;
    case 'about': {
      const { about } = await import('./modes/about.ts');
      context.writer.line(about(invocation.format));
      return 0;
    }
    case 'discover': {
      const { runDiscover } = await import('./modes/discover.ts');
      return runDiscover(context, invocation.files.configs, invocation.debug);
    }
    case 'test': {
      const { runTest } = await import('./modes/try-config.ts');
      return runTest(context, invocation.files.configs, invocation.debug);
    }
    case 'sync': {
      if (context.isStdoutClosed === true) {
        context.stderr(`tap-compose: ${STDOUT_CLOSED}\n`);
        return 1;
      }
      const { runSync } = await import('./modes/sync.ts');
      return runSync(context, invocation.files, invocation.debug);
    }
  }
}

const FILE_OPTIONS = ['config', 'catalog', 'properties', 'state'] as const;
const SWITCHES = ['discover', 'about', 'version', 'help', 'debug', 'dev'] as const;
const OPTIONS: readonly string[] = [...FILE_OPTIONS, ...SWITCHES, 'test', 'format'];
/** What other taps test as well, one record of each stream or the schemas alone, is the same here. */
const TESTS = ['', 'all', 'schema'];
const FORMATS: readonly string[] = ['text', 'json', 'markdown'] satisfies Format[];

type Switch = (typeof SWITCHES)[number] | 'test';

/**
 * Reads the command line. Meltano adds the user's words to what it always passes, so of several modes the first in the
 * order help, version, about, discover, test, sync counts, and the options of the others are left alone. What is wrong is
 * told in one line that quotes no value: one may be a secret.
 */
export function parseCommandLine(argv: string[]): Invocation {
  if (argv.length === 0) return { mode: 'nothing' };
  const files = { config: [] as string[], catalog: [] as string[], properties: [] as string[], state: [] as string[] };
  const on = new Set<Switch>();
  let format: string | undefined;
  const { tokens } = parseArgs({
    args: argv,
    strict: false,
    tokens: true,
    options: {
      config: { type: 'string', short: 'c' },
      catalog: { type: 'string' },
      properties: { type: 'string', short: 'p' },
      state: { type: 'string', short: 's' },
      format: { type: 'string' },
      discover: { type: 'boolean', short: 'd' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
    },
  });
  for (const token of tokens) {
    if (token.kind === 'positional') return wrong('unexpected argument; use --config FILE');
    if (token.kind !== 'option') continue;
    const { name, value } = token;
    if (isIn(FILE_OPTIONS, name)) {
      // `--config --discover` would take the next option for a file name.
      if (value === undefined || value === '' || (!token.inlineValue && value.startsWith('-'))) {
        return wrong(`--${name} needs the name of a file`);
      }
      files[name].push(value);
    } else if (isIn(SWITCHES, name)) {
      if (value !== undefined) return wrong(`--${name} takes no value`);
      on.add(name);
    } else if (name === 'test') {
      if (!TESTS.includes(value ?? '')) return wrong('--test takes no value but all and schema');
      on.add('test');
    } else if (name === 'format') {
      if (value === undefined || !FORMATS.includes(value)) return wrong('--format must be text, json or markdown');
      format = value;
    } else {
      const nearest = nearestOf(name, OPTIONS);
      return wrong(`unknown option ${token.rawName}${nearest === undefined ? '' : ` (did you mean --${nearest}?)`}`);
    }
  }
  if (on.has('help')) return { mode: 'help' };
  if (on.has('version')) return { mode: 'version' };
  if (on.has('about')) return { mode: 'about', format: (format ?? 'text') as Format };
  const given = {
    files: {
      configs: files.config,
      catalog: files.catalog.at(-1) ?? files.properties.at(-1),
      state: files.state.at(-1),
    },
    debug: on.has('debug'),
  };
  if (on.has('discover')) return { mode: 'discover', ...given };
  if (files.config.length === 0) return wrong('reading and --test need --config FILE, or --config ENV');
  return { mode: on.has('test') ? 'test' : 'sync', ...given };
}

function isIn<T extends string>(names: readonly T[], name: string): name is T {
  return (names as readonly string[]).includes(name);
}

function wrong(complaint: string): Invocation {
  return { mode: 'wrong', complaint };
}
