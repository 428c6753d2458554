import { type Context, enableCompileCache, printed } from '../program/context.ts';
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
  --config FILE    the config, as JSON; if repeated, later files override earlier ones. --config ENV reads environment variables
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

Exit codes: 0 the command succeeded, 1 a stream failed or the config is invalid, 2 the command line is invalid.
`;

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
  // Accepted because singer-python defines it, but ignored.
  dev: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

export interface TapFiles {
  /** File names, or the word ENV, in the given order. */
  configs: string[];
  catalog?: string | undefined;
  state?: string | undefined;
}

/**
 * Runs a mode and returns its exit code. A mode's code is loaded only when the mode runs, because Meltano runs a discovery before every
 * sync. Meltano adds the user's options to its own, so several modes may be given. Only one of them runs, in this order of precedence:
 * help, version, about, discover, test, sync. Options of other modes are ignored. Throws a UsageError or an error from the mode.
 */
export async function runCommandLine(argv: string[], context: Context): Promise<number> {
  if (argv.length === 0) {
    context.stderr(USAGE);
    return 2;
  }
  // Taps built with Meltano's SDK accept these values of --test, which select what to test. This tap ignores them.
  const args = argv.map((arg) => (arg === '--test=all' || arg === '--test=schema' ? '--test' : arg));
  const { values, positionals } = parseArguments(args, OPTIONS);
  if (positionals.length > 0) throw new UsageError('unexpected argument; use --config FILE');
  const { config: configs = [], properties, catalog = properties, state, debug = false, format = 'text' } = values;
  if (!['text', 'json', 'markdown'].includes(format)) throw new UsageError('--format must be text, json or markdown');
  if (values.help === true) return printed(context, USAGE);
  if (values.version === true) return printed(context, `tap-compose ${VERSION}\n`);
  // This variable overrides all other settings of the log level.
  if (debug) context.env = { ...context.env, TAP_COMPOSE_LOGLEVEL: 'debug' };
  enableCompileCache();
  if (values.about === true) return printed(context, (await import('./modes/about.ts')).about(format === 'json'));
  if (values.discover === true) return (await import('./modes/discover.ts')).runDiscover(context, configs);
  if (configs.length === 0) throw new UsageError('no config; use --config FILE, or --config ENV');
  if (values.test === true) return (await import('./modes/sync.ts')).runTest(context, configs);
  return (await import('./modes/sync.ts')).runSync(context, { configs, catalog, state });
}
