import spec from '../../spec.json' with { type: 'json' };
import { type Context, enableCompileCache, printed } from '../program/context.ts';
import { UsageError, parseArguments, suggestion } from '../program/arguments.ts';
import { VERSION } from '../program/version.ts';

export const USAGE = `source-compose: an Airbyte source for IBM Cloud Databases and the Compose API

Usage:
  source-compose spec
  source-compose check    --config FILE
  source-compose discover --config FILE [--configured]
  source-compose read     --config FILE --streams NAMES [--state FILE]
  source-compose read     --config FILE --catalog FILE  [--state FILE]
  source-compose verify   --config FILE

Commands:
  spec       print the config options
  check      test the config: the credentials, the deployment IDs, and access to each stream
  discover   print the available streams
  read       read streams: one JSON message per line on stdout
  verify     read all streams once, and print a report to attach to an issue; the report describes the API, not your data

Options:
  --config FILE    the config, as JSON
  --streams NAMES  the streams to read, separated by commas, or "all"; read incrementally where possible
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

Exit codes: 0 the command succeeded (even if a check reports FAILED), 1 the command failed or is
missing, 2 the command line is invalid, 130 stopped by Ctrl-C, 143 stopped by SIGTERM.

Docs: ${spec.documentationUrl}
`;

const OPTIONS = {
  config: { type: 'string' },
  catalog: { type: 'string' },
  state: { type: 'string' },
  streams: { type: 'string', multiple: true },
  configured: { type: 'boolean' },
  debug: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** The options of each command, in addition to --debug. */
const COMMANDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['spec', []],
  ['check', ['config']],
  ['discover', ['config', 'configured']],
  ['read', ['config', 'catalog', 'streams', 'state']],
  ['verify', ['config']],
]);

/** The options of `read`. Exactly one of `catalog` and `streams` is set. */
export interface ReadFiles {
  config: string;
  catalog?: string | undefined;
  /** Comma-separated stream names, or `all`. */
  streams?: string | undefined;
  state?: string | undefined;
}

/**
 * Runs a command and returns its exit code. A command's code is loaded only when the command runs, so that `spec` starts quickly. Throws a
 * UsageError or an error from the command.
 */
export async function runCommandLine(argv: string[], context: Context): Promise<number> {
  const { values, positionals } = parseArguments(argv, OPTIONS);
  const [name = '', ...rest] = positionals;
  const { help = false, version = false, debug = false, ...given } = values;
  if (help || name === 'help') return printed(context, USAGE);
  if (version) return printed(context, `${VERSION}\n`);
  if (name === '' && Object.keys(given).length === 0) {
    context.stderr(USAGE);
    return 1;
  }
  const accepted = COMMANDS.get(name);
  if (accepted === undefined) {
    const names = [...COMMANDS.keys()];
    const problem = name === '' ? 'no command' : `unknown command${suggestion(name, names)}`;
    throw new UsageError(`${problem}; choose from ${names.join(', ')}`);
  }
  if (rest.length > 0) {
    throw new UsageError(
      'unexpected argument; use --config FILE, and separate the names for --streams with commas, without spaces',
    );
  }
  const foreign = Object.keys(given).find((option) => !accepted.includes(option));
  if (foreign !== undefined) throw new UsageError(`${name} does not accept --${foreign}`);
  if (name === 'spec') return printed(context, `${JSON.stringify({ type: 'SPEC', spec })}\n`);
  const { config, catalog, streams, configured } = given;
  if (config === undefined) throw new UsageError(`${name} needs --config FILE`);
  if (debug) context.env = { ...context.env, LOG_LEVEL: 'debug' };
  enableCompileCache();
  if (name === 'check') return (await import('./commands/check.ts')).runCheck(context, config);
  if (name === 'verify') return (await import('../verify/verify.ts')).runVerify(context, config);
  if (name === 'discover') return (await import('./commands/discover.ts')).runDiscover(context, config, configured);
  if ((catalog === undefined) === (streams === undefined)) {
    throw new UsageError(
      catalog === undefined
        ? 'read needs --streams NAMES or --catalog FILE'
        : 'read accepts --streams or --catalog, but not both',
    );
  }
  return (await import('./commands/read.ts')).runRead(context, { ...given, config, streams: streams?.join(',') });
}
