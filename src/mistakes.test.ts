import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openContext } from '../test-support/unit/output.ts';
import { runCommandLine as runSource } from './airbyte/command-line.ts';
import { asConnectorError } from './core/failure/errors.ts';
import { UsageError } from './program/arguments.ts';
import { runCommandLine as runTap } from './singer/command-line.ts';

// Users' mistakes on the command line and in files, each with the complete output, which says what happened and what to do.

const folder = mkdtempSync(join(tmpdir(), 'mistakes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const IBM = { name: 'ibm_cloud', api_key: 'the-key' };
const COMPOSE = { name: 'compose', api_token: 'the-token' };
const GOOD = { platform: IBM };

/** The content of the files CONFIG, CATALOG and STATE on a command line: strings are written unchanged, other values as JSON. */
type Files = Readonly<Record<string, unknown>>;

/**
 * Returns everything that a command prints for a person: usage errors, warnings and failures. File paths are replaced with the names
 * used on the command line.
 */
async function answerTo(line: string, files: Files): Promise<string> {
  const [program = '', ...words] = line.split(' ');
  const paths = new Map(['CONFIG', 'CATALOG', 'STATE'].map((name) => [name, join(folder, name)]));
  paths.set('FOLDER', folder);
  for (const [name, held] of Object.entries({ CONFIG: GOOD, ...files })) {
    writeFileSync(join(folder, name), typeof held === 'string' ? held : JSON.stringify(held));
  }
  const argv = words.map((word) => paths.get(word) ?? word);
  const { context, messages, stderr } = openContext();
  const said: string[] = [];
  const run = program === 'tap-compose' ? runTap : runSource;
  await run(argv, context).catch((error: unknown) =>
    said.push(error instanceof UsageError ? `${error.message}. See --help.` : asConnectorError(error).message),
  );
  if (program !== 'tap-compose') {
    for (const message of messages()) {
      if (message.type === 'CONNECTION_STATUS') said.push(message.connectionStatus.message ?? '');
      if (message.type === 'LOG' && message.log.level === 'WARN') said.push(message.log.message);
      if (message.type === 'TRACE' && message.trace.type === 'ERROR') said.push(message.trace.error.message);
    }
  }
  const log = stderr().replace(/^INFO .*\n/m, '');
  const text = [log.trim(), ...said].filter((each) => each !== '').join(' ');
  return [...paths].reduce((all, [name, path]) => all.replaceAll(path, name), text);
}

type Mistake = [line: string, files: Files, answer: string];

const config = (platform: object, more: object = {}): Files => ({ CONFIG: { platform, ...more } });
const CHECK = 'source-compose check --config CONFIG';
const DISCOVER = 'source-compose discover --config CONFIG';
const READ = 'source-compose read --config CONFIG';

const unusable = (text: string): string => `The config file CONFIG cannot be used: ${text}.`;
const ignored = (option: string, hint: string): string =>
  `the config has an unknown option ${option}, which is ignored: ${hint}`;
const CHOOSE =
  'it does not specify a platform. For IBM Cloud Databases, write {"platform":{"name":"ibm_cloud","api_key":"YOUR KEY"}}; for Compose, write {"platform":{"name":"compose","api_token":"YOUR TOKEN"}}';

const UNEXPECTED =
  'unexpected argument; use --config FILE, and separate the names for --streams with commas, without spaces';
const USAGE: [line: string, why: string][] = [
  [
    'source-compose chek --config CONFIG',
    'unknown command (did you mean check?); choose from spec, check, discover, read, verify',
  ],
  ['source-compose --config CONFIG', 'no command; choose from spec, check, discover, read, verify'],
  ['source-compose check', 'check needs --config FILE'],
  ['source-compose check CONFIG', UNEXPECTED],
  ['source-compose check --config', '--config needs a value'],
  ['source-compose check --confg CONFIG', "Unknown option '--confg' (did you mean --config?)"],
  [`${CHECK} --debug=yes`, "Option '--debug' does not take an argument"],
  ['source-compose spec --config CONFIG', 'spec does not accept --config'],
  ['source-compose discover --config CONFIG --state STATE', 'discover does not accept --state'],
  [READ, 'read needs --streams NAMES or --catalog FILE'],
  [`${READ} --streams all --catalog CATALOG`, 'read accepts --streams or --catalog, but not both'],
  [`${READ} --streams accounts teams`, UNEXPECTED],
  ['tap-compose CONFIG', 'unexpected argument; use --config FILE'],
  ['tap-compose --conf CONFIG', "Unknown option '--conf' (did you mean --config?)"],
  ['tap-compose --catalog CATALOG', 'no config; use --config FILE, or --config ENV'],
  ['tap-compose --about --format xml', '--format must be text, json or markdown'],
];

const AT_THE_COMMAND_LINE: Mistake[] = [
  ...USAGE.map(([line, why]): Mistake => [line, {}, `${why}. See --help.`]),
  [
    'source-compose check --config FOLDER',
    {},
    'The config file FOLDER is a directory. Specify a file in this directory.',
  ],
  [
    'source-compose check --config /nowhere/config.json',
    {},
    'The config file /nowhere/config.json does not exist. Check the path.',
  ],
  [
    'source-compose check --config {"platform":{}}',
    {},
    '--config expects a file name, not JSON. Save the JSON in a file, and pass the file name.',
  ],
  [`${READ} --streams acounts`, {}, 'The stream acounts does not exist. Did you mean accounts?'],
  [
    `${READ} --streams clusters`,
    {},
    'The stream clusters belongs to the platform compose, but the config specifies ibm_cloud. Deselect the stream, or create a new catalog with discover.',
  ],
  [
    `${READ} --streams deployments_alerts`,
    {},
    'The stream deployments_alerts belongs to the platform compose, but the config specifies ibm_cloud. Deselect the stream, or create a new catalog with discover.',
  ],
  [`${READ} --streams accounts --streams temas`, {}, 'The stream temas does not exist. Did you mean teams?'],
  [
    `${READ} --streams audit_events`,
    {},
    'The stream audit_events requires the option platform.logs_instances, which is not set. Set it, or deselect the stream.',
  ],
];

const UNUSABLE: [config: object, why: string][] = [
  [{}, CHOOSE],
  [{ apikey: 'x' }, CHOOSE],
  [{ api_key: 'x' }, CHOOSE],
  [{ platform: { name: 'ibm', api_key: 'x' } }, 'platform.name must be "ibm_cloud" or "compose"'],
  [{ platform: { name: 'ibm_cloud' } }, 'platform.api_key is missing; add it'],
  [{ platform: { name: 'ibm_cloud', api_key: '' } }, 'platform.api_key must not be empty'],
  [
    { platform: { name: 'ibm_cloud', api_key: 'the-\nkey' } },
    'platform.api_key contains a line break; copy the key again, as a single line',
  ],
  [
    { platform: { ...COMPOSE, api_token: 'the-\ntoken' } },
    'platform.api_token contains a line break or another character that is not allowed in an HTTP header; copy the token again, as a single line',
  ],
  [
    { platform: IBM, start_date: '2026-02-30T00:00:00Z' },
    'start_date is not a valid date and time; correct the day, the time or the offset',
  ],
  [{ platform: IBM, start_date: '2026-01-01' }, 'start_date must be a date and time such as 2018-08-22T00:00:00Z'],
  [{ platform: IBM, num_workers: 99 }, 'num_workers must be a whole number from 1 to 32'],
  [{ platform: IBM, fail_on_refused_deployments: 'yes' }, 'fail_on_refused_deployments must be true or false'],
  [{ platform: { ...IBM, billing: 'groups' } }, 'platform.billing must be resource_groups or account'],
  [
    { platform: { ...IBM, deployment_ids: 'a' } },
    'platform.deployment_ids must be an array of strings, even for a single value: ["…"]',
  ],
  [
    { platform: { ...IBM, deployment_ids: ['orders'] } },
    'platform.deployment_ids[0] must be the CRN or the GUID of a deployment',
  ],
  [
    { platform: { ...IBM, logs_instances: ['my-logs'] } },
    'platform.logs_instances[0] must be the CRN of an IBM Cloud Logs instance, such as crn:v1:bluemix:public:logs:…',
  ],
  [
    { platform: { ...IBM, endpoints: { iam_url: 'x' } } },
    'platform.endpoints contains an unknown endpoint; the known endpoints are iam, resource_controller, databases, billing, accounts, users, logs, search, cbr, atracker',
  ],
  [
    { platform: { ...IBM, endpoints: { iam: 'localhost:8321/iam' } } },
    'platform.endpoints.iam must begin with http:// or https://; for this private host, try http://',
  ],
  [
    { platform: { ...COMPOSE, base_url: 'localhost:8321/2016-07' } },
    'platform.base_url must begin with http:// or https://; for this private host, try http://',
  ],
  [
    { platform: { ...COMPOSE, base_url: 'http://compose.example.com/2016-07' } },
    'platform.base_url must begin with https:// (plain HTTP is accepted only for loopback, private and link-local addresses, names without a dot, and names that end with .localhost, .local or .internal)',
  ],
  [
    { platform: { ...COMPOSE, base_url: 'https://me:pass@compose.example.com' } },
    'platform.base_url must not contain a username or password; set the credentials in their own option',
  ],
];

const IN_THE_CONFIG: Mistake[] = [
  ...UNUSABLE.map(([held, why]): Mistake => [CHECK, { CONFIG: held }, unusable(why)]),
  [CHECK, { CONFIG: '' }, 'The config file CONFIG is empty. It must contain JSON.'],
  [
    CHECK,
    { CONFIG: '{"platform":\n  {"name":"ibm_cloud",}}' },
    'The config file CONFIG is not valid JSON. Correct it at line 2, column 23.',
  ],
  [CHECK, { CONFIG: [] }, 'The config file CONFIG must contain a JSON object, not an array.'],
  [
    CHECK,
    { CONFIG: { platform: 'ibm_cloud', api_key: 'x' } },
    unusable('platform must be an object, as in {"platform":{"name":"ibm_cloud","api_key":"YOUR KEY"}}'),
  ],
  [
    CHECK,
    config({ name: 'ibm_cloud', apikey: 'x' }),
    `${ignored('platform.apikey', 'did you mean platform.api_key?')} ${unusable('platform.api_key is missing; add it')}`,
  ],
  [
    CHECK,
    config({ name: 'ibm_cloud' }, { api_key: 'x' }),
    `${ignored('api_key', 'move it into platform')} ${unusable('platform.api_key is missing; add it')}`,
  ],
  [DISCOVER, config(IBM, { start_dat: 'x' }), ignored('start_dat', 'did you mean start_date?')],
  [DISCOVER, config(IBM, { lookback_window: 9 }), ignored('lookback_window', 'did you mean lookback_window_seconds?')],
  [DISCOVER, config({ ...IBM, num_workers: 1 }), ignored('platform.num_workers', 'move it to the top level')],
  [DISCOVER, config({ ...IBM, colour: 1 }), ignored('platform.colour', 'correct or remove it')],
  ['tap-compose --config CONFIG', { CONFIG: {} }, unusable(CHOOSE)],
  [
    'tap-compose --config ENV',
    {},
    'The environment does not specify a platform. For IBM Cloud Databases, set TAP_COMPOSE_PLATFORM_NAME=ibm_cloud and TAP_COMPOSE_PLATFORM_API_KEY; for Compose, set TAP_COMPOSE_PLATFORM_NAME=compose and TAP_COMPOSE_PLATFORM_API_TOKEN.',
  ],
];

const entry = (name: string, sync_mode?: string): object => ({ stream: { name }, sync_mode });
const streamState = (stream_state: object): object => ({
  type: 'STREAM',
  stream: { stream_descriptor: { name: 'billables' }, stream_state },
});
const BOTH = `${READ} --catalog CATALOG`;
const RESUME = `${READ} --streams billables --state STATE`;

const IN_CATALOG_AND_STATE: Mistake[] = [
  [
    BOTH,
    { CATALOG: { type: 'CATALOG', catalog: { streams: [] } } },
    'The catalog file CATALOG contains messages, such as the output of discover, instead of a configured catalog. Create a configured catalog with discover --configured, or use --streams all.',
  ],
  [
    BOTH,
    { CATALOG: '{"type":"LOG"}\n{"type":"CATALOG"}' },
    'The catalog file CATALOG contains messages, such as the output of discover, instead of a configured catalog. Create a configured catalog with discover --configured, or use --streams all.',
  ],
  [
    BOTH,
    { CATALOG: { streams: [{ name: 'accounts' }] } },
    'The catalog file CATALOG cannot be used: streams[0] must be an object with a "sync_mode" and a "stream" that has a "name"; to create a configured catalog, use discover --configured.',
  ],
  [
    BOTH,
    { CATALOG: { streams: [entry('accounts')] } },
    'The stream accounts is missing sync_mode. Set sync_mode to full_refresh or incremental.',
  ],
  [
    BOTH,
    { CATALOG: { streams: [entry('clusters', 'full_refresh')] } },
    'The stream clusters belongs to the platform compose, but the config specifies ibm_cloud. Deselect the stream, or create a new catalog with discover.',
  ],
  [
    BOTH,
    { CATALOG: { streams: [] } },
    'no streams are selected, so there is nothing to read; add streams to the catalog, or use --streams all',
  ],
  [
    RESUME,
    { STATE: 'records\nno JSON' },
    'The state file STATE is neither JSON nor JSON Lines: line 1 is invalid. Pass only complete STATE lines from a read.',
  ],
  ...[{ bookmarks: { billables: {} } }, { type: 'GLOBAL', global: {} }].map((wrong): Mistake => [
    RESUME,
    { STATE: wrong },
    'The state file STATE cannot be used: entry 1 is not a STREAM state whose stream_state is an object. Pass the STATE lines that a read printed.',
  ]),
  [
    RESUME,
    { STATE: streamState({ version: 1, mark: '2026-01-01T00:00:00Z' }) },
    'The state of billables in the state file STATE belongs to the platform compose, but the config specifies ibm_cloud. Reset the stream; on the command line, rerun without this state to read from the beginning.',
  ],
  [
    RESUME,
    { STATE: streamState({ version: 1, platform: 'ibm_cloud', month: 'May' }) },
    'The state of billables in the state file STATE cannot be used: month must have the form YYYY-MM, such as 2026-10. Pass a state that this connector wrote, or omit the state to read from the beginning.',
  ],
];

describe.each([
  ['on the command line', AT_THE_COMMAND_LINE],
  ['in the config', IN_THE_CONFIG],
  ['in the catalog or the state', IN_CATALOG_AND_STATE],
])('a mistake %s', (_where, mistakes) => {
  test.each(mistakes)('is explained if a user runs %s with the files %j', async (line, files, answer) => {
    expect(await answerTo(line, files)).toBe(answer);
  });
});
