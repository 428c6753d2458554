import { STDOUT_CLOSED, type Context } from '../program/context.ts';
import { UsageError, parseArguments } from '../program/arguments.ts';
import { VERSION } from '../program/version.ts';

export const USAGE = `tap-compose: a Singer tap for IBM Cloud Databases and the Compose API

Usage:
  tap-compose --config FILE                                    read all streams
  tap-compose --config FILE --catalog FILE [--state FILE]      read the streams that the catalog selects
  tap-compose --config FILE --discover                         print the catalog
  tap-compose --config FILE --test                             test the config, and report which streams can be read
  tap-compose --about [--format json|markdown]                 describe the tap and its settings

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

const FORMATS = ['text', 'json', 'markdown'] as const;
const OPTIONS = {
  config: { type: 'string', short: 'c', multiple: true },
  catalog: { type: 'string' },
  properties: { type: 'string', short: 'p' },
  state: { type: 'string', short: 's' },
  format: { type: 'string' },
  test: { type: 'boolean' },
  discover: { type: 'boolean', short: 'd' },
  about: { type: 'boolean' },
  debug: { type: 'boolean' },
  // These options are accepted and ignored, as in singer-python.
  dev: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** The input files of a sync, a discovery or a test. */
export interface TapFiles {
  /** File names and the word ENV, in the given order. */
  configs: string[];
  catalog: string | undefined;
  state: string | undefined;
}

export type Format = (typeof FORMATS)[number];

export type Invocation =
  | { mode: 'nothing' | 'help' | 'version' }
  | { mode: 'about'; format: Format }
  | { mode: 'discover' | 'test' | 'sync'; files: TapFiles; debug: boolean };

/**
 * Runs one command line and returns its exit code. The code of a mode is loaded only when it runs, because Meltano runs a discovery
 * before every sync. Throws a UsageError or an error from the mode.
 */
export async function runCommandLine(argv: string[], context: Context): Promise<number> {
  const invocation = parseCommandLine(argv);
  switch (invocation.mode) {
    case 'nothing':
      context.stderr(USAGE);
      return 2;
    case 'help':
      context.print(USAGE);
      return 0;
    case 'version':
      context.print(`tap-compose ${VERSION}\n`);
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

/**
 * Parses the command line. Throws a UsageError. Meltano adds the user's options to its own, so several modes may be given. Only the
 * first of help, version, about, discover, test and sync counts, and options of other modes are ignored.
 */
export function parseCommandLine(argv: string[]): Invocation {
  if (argv.length === 0) return { mode: 'nothing' };
  // In other taps, the value decides whether to test one record of each stream or only the schemas.
  const args = argv.map((arg) => (arg === '--test=all' || arg === '--test=schema' ? '--test' : arg));
  const { values, positionals } = parseArguments(args, OPTIONS);
  if (positionals.length > 0) throw new UsageError('unexpected argument; use --config FILE');
  const { config: configs = [], properties, catalog = properties, state, debug = false } = values;
  const format = FORMATS.find((each) => each === (values.format ?? 'text'));
  if (format === undefined) throw new UsageError('--format must be text, json or markdown');
  if (values.help === true) return { mode: 'help' };
  if (values.version === true) return { mode: 'version' };
  if (values.about === true) return { mode: 'about', format };
  const files = { configs, catalog, state };
  if (values.discover === true) return { mode: 'discover', files, debug };
  if (configs.length === 0) throw new UsageError('no config; use --config FILE, or --config ENV');
  return { mode: values.test === true ? 'test' : 'sync', files, debug };
}
