import { chmodSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { catalogOf } from '../test-support/catalogs.ts';
import { runConnector } from '../test-support/connector.ts';
import { contentsOf, firstOf, messagesOf } from '../test-support/transcript.ts';
import { Workspace } from '../test-support/workspace.ts';

const workspace = new Workspace();
afterAll(() => workspace.remove());

const CONFIG = { api_token: 'token-0123456789', base_url: 'http://127.0.0.1:9/2016-07' };
const good = workspace.file('config.json', CONFIG);
const catalog = workspace.file('catalog.json', catalogOf('full_refresh', ['teams']));
const file = (content: string | object): string => workspace.file('input.json', content);

const configs: Array<[string, string | object, RegExp]> = [
  ['is empty', '', /config file \S+ is empty/],
  ['is no JSON', '{"api_token": ', /config file \S+ is not valid JSON/],
  ['is an array', [], /must hold a JSON object; it holds an array/],
  ['has no token', {}, /api_token is missing/],
  ['has an empty token', { ...CONFIG, api_token: '  ' }, /api_token must not be empty/],
  [
    'has a token with a line break in it',
    { ...CONFIG, api_token: 'abc\ndef' },
    /api_token holds characters that no HTTP header/,
  ],
  ['has a token that is a number', { ...CONFIG, api_token: 5 }, /api_token must be a string/],
  [
    'has deployment_ids that is a text',
    { ...CONFIG, deployment_ids: 'a'.repeat(24) },
    /deployment_ids must be an array/,
  ],
  [
    'has a deployment id that is none',
    { ...CONFIG, deployment_ids: ['a'.repeat(24), 'orders'] },
    /deployment_ids\[1\] must be a deployment id/,
  ],
  [
    'has a start_date that is a date alone',
    { ...CONFIG, start_date: '2018-08-22' },
    /start_date must be a date and time/,
  ],
  ['has a start_date that does not exist', { ...CONFIG, start_date: '2018-02-30T00:00:00Z' }, /start_date names a day/],
  [
    'has a text for a switch',
    { ...CONFIG, include_connection_strings: 'yes' },
    /include_connection_strings must be true or false/,
  ],
  ['has too many workers', { ...CONFIG, num_workers: 33 }, /num_workers must be a whole number from 1 to 32/],
  ['has half a page', { ...CONFIG, page_size: 10.5 }, /page_size must be a whole number from 10 to 100/],
  [
    'has a negative look-back',
    { ...CONFIG, lookback_window_seconds: -1 },
    /lookback_window_seconds must be a whole number/,
  ],
  [
    'has no time-out',
    { ...CONFIG, request_timeout_seconds: 0 },
    /request_timeout_seconds must be a whole number from 1 to 600/,
  ],
  ['has a base_url that is none', { ...CONFIG, base_url: 'api.compose.io' }, /base_url must be a URL/],
  [
    'has plain http to a public host',
    { ...CONFIG, base_url: 'http://api.compose.io/2016-07' },
    /base_url must begin with https/,
  ],
  [
    'has a password in base_url',
    { ...CONFIG, base_url: 'https://a:b@host/2016-07' },
    /base_url must hold no user name or password/,
  ],
  [
    'has a base_url with a query',
    { ...CONFIG, base_url: 'https://host/2016-07?a=b' },
    /base_url must end with the path/,
  ],
];

describe('a config that', () => {
  it.each(configs)('%s', async (_, content, sentence) => {
    const path = file(content);
    const check = await runConnector(['check', '--config', path]);
    expect(check).toMatchObject({ exitCode: 0, stderr: '' });
    const { connectionStatus } = firstOf(messagesOf(check.stdout).slice(-1), 'CONNECTION_STATUS');
    expect(connectionStatus.status).toBe('FAILED');
    expect(connectionStatus.message).toMatch(sentence);
    for (const args of [
      ['discover', '--config', path],
      ['read', '--config', path, '--catalog', catalog],
    ]) {
      const run = await runConnector(args);
      expect(run).toMatchObject({ exitCode: 1, stderr: '' });
      expect(messagesOf(run.stdout).at(-1)).toMatchObject({
        trace: { error: { message: connectionStatus.message, failure_type: 'config_error' } },
      });
    }
  });

  it('holds keys that nobody knows, and nulls for what is not given, is fine', async () => {
    const path = file({
      ...CONFIG,
      start_date: null,
      deployment_ids: null,
      num_workers: null,
      comment: 'x',
      _limit: 5,
    });
    expect(await runConnector(['discover', '--config', path])).toMatchObject({ exitCode: 0 });
  });
});

const catalogs: Array<[string, string | object, RegExp]> = [
  ['is empty', '', /catalog file \S+ is empty/],
  ['is no JSON', 'streams', /catalog file \S+ is not valid JSON/],
  ['is an array', [], /it holds an array/],
  ['has no streams', {}, /streams must be an array/],
  ['is what discover printed', { type: 'CATALOG', catalog: { streams: [] } }, /holds what discover printed/],
  [
    'lists streams as discover does',
    { streams: [{ name: 'teams' }] },
    /streams\[0\]\.stream is missing: read takes a configured catalog/,
  ],
  [
    'has a stream without a name',
    { streams: [{ stream: {}, sync_mode: 'full_refresh' }] },
    /streams\[0\]\.stream\.name must be a string/,
  ],
];

describe('a catalog that', () => {
  it.each(catalogs)('%s', async (_, content, sentence) => {
    await expectConfigError(['read', '--config', good, '--catalog', file(content)], sentence);
  });
});

const state = (stream_state: unknown, name = 'audit_events'): object => ({
  type: 'STREAM',
  stream: { stream_descriptor: { name }, stream_state },
});

const states: Array<[string, string | object, RegExp]> = [
  ['is no JSON', 'x', /state file \S+ is neither JSON nor lines of JSON: line 1/],
  ['is cut off', '{"type":"STATE","sta', /line 1 cannot be read/],
  ['is a text', '"abc"', /it holds a string/],
  ['is GLOBAL', [{ type: 'GLOBAL', global: { stream_states: [] } }], /GLOBAL state/],
  ['is LEGACY', { data: { audit_events: {} } }, /LEGACY state/],
  ['is something else', { audit_events: { created_at: '2018' } }, /not a state message/],
  ['names no stream', [{ type: 'STREAM', stream: { stream_state: {} } }], /stream_descriptor\.name/],
  ['holds a list for a state', [state([])], /must be an object; it is an array/],
  [
    'has no version',
    [state({ mark: '2018-08-22T09:56:23.363Z' })],
    /audit_events in the state file \S+ cannot be used: version must be 1/,
  ],
  ['is of a later release', [state({ version: 2 })], /version is 2: a later release/],
  ['has a mark that is no time', [state({ version: 1, mark: 'yesterday' })], /mark must be a timestamp/],
  [
    'has a walk without a cursor',
    [state({ version: 1, walk: { top: '2018-08-22T09:56:23.363Z' } })],
    /walk\.cursor must be an id/,
  ],
  [
    'has marks that are a list',
    [state({ version: 1, marks: [] }, 'deployments_recipes')],
    /marks must be an object of timestamps/,
  ],
];

describe('a state that', () => {
  const incremental = workspace.file('catalog.json', catalogOf('incremental', ['audit_events', 'deployments_recipes']));

  it.each(states)('%s', async (_, content, sentence) => {
    await expectConfigError(['read', '--config', good, '--catalog', incremental, '--state', file(content)], sentence);
  });
});

describe('a file that', () => {
  it('does not exist, is a directory, or may not be read, is named with the reason', async () => {
    await expectConfigError(['discover', '--config', `${workspace.folder}/none.json`], /none\.json does not exist/);
    await expectConfigError(['read', '--config', good, '--catalog', workspace.folder], /is a directory/);
    await expectConfigError(
      ['read', '--config', good, '--catalog', catalog, '--state', `${workspace.folder}/none`],
      /state file \S+none does not exist/,
    );
    const secret = file(CONFIG);
    chmodSync(secret, 0o000);
    // Root may read everything, so the refusal can be seen only by another user.
    if (process.getuid?.() !== 0) {
      await expectConfigError(['discover', '--config', secret], /permission denied for uid \d+/);
    }
  });
});

const commandLines: Array<[string, string[], number, RegExp]> = [
  ['nothing', [], 1, /^source-compose: an Airbyte source[\s\S]*Usage:/],
  ['an unknown command', ['sync'], 2, /^source-compose: unknown command; there are spec, check, discover and read\./],
  [
    'an unknown option',
    ['check', '--konfig', 'x'],
    2,
    /^source-compose: unknown option --konfig \(did you mean --config\?\)\./,
  ],
  ['a misspelt command', ['chekc'], 2, /^source-compose: unknown command \(did you mean check\?\); there are/],
  ['no --config', ['check'], 2, /^source-compose: check needs --config FILE\./],
  ['no --catalog', ['read', '--config', 'x'], 2, /^source-compose: read needs --catalog FILE\./],
  ['--config without a name', ['check', '--config'], 2, /^source-compose: --config needs the name of a file\./],
  [
    '--config with an option for a name',
    ['read', '--config', '--catalog', 'x'],
    2,
    /^source-compose: --config needs the name of a file\./,
  ],
  [
    'a file that the command does not take',
    ['check', '--config', 'x', '--state', 'y'],
    2,
    /^source-compose: check takes no --state\./,
  ],
  ['too many words', ['spec', 'now'], 2, /^source-compose: spec takes no further words/],
];

describe('a command line with', () => {
  it.each(commandLines)('%s', async (_, args, exitCode, sentence) => {
    const run = await runConnector(args);
    expect(run).toMatchObject({ exitCode, stdout: '' });
    expect(run.stderr).toMatch(sentence);
    if (exitCode === 2) expect(run.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('--config=FILE, --debug anywhere, --help or --version is understood', async () => {
    expect(await runConnector(['--debug', 'discover', `--config=${good}`])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await runConnector(['read', '--help'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await runConnector(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

async function expectConfigError(args: string[], sentence: RegExp): Promise<void> {
  const run = await runConnector(args);
  expect(run).toMatchObject({ exitCode: 1, stderr: '' });
  const { errors } = contentsOf(messagesOf(run.stdout).slice(-1));
  expect(errors).toMatchObject([{ failure_type: 'config_error' }]);
  expect(errors[0]?.message).toMatch(sentence);
  expect(errors[0]?.message).not.toMatch(/undefined|\n/);
}
