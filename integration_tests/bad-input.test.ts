import { afterAll, expect, test } from 'vitest';
import { catalogOf } from '../test-support/catalogs.ts';
import { runConnector, startConnector } from '../test-support/connector.ts';
import { contentsOf, firstOf, messagesOf } from '../test-support/transcript.ts';
import { Workspace } from '../test-support/workspace.ts';

// Tests an example of each kind of bad input. Unit tests next to the code cover the other error messages.

const workspace = new Workspace();
afterAll(() => workspace.remove());

const CONFIG = { api_token: 'token-0123456789', base_url: 'http://127.0.0.1:9/2016-07' };
const config = workspace.file('config.json', CONFIG);
const catalog = workspace.file('catalog.json', catalogOf('incremental', ['audit_events']));
const file = (content: string | object): string => workspace.file('input.json', content);

test('with an invalid config, check prints FAILED, and discover and read fail with the same message', async () => {
  const path = file({ ...CONFIG, num_workers: 33 });
  const check = await runConnector(['check', '--config', path]);
  expect(check).toMatchObject({ exitCode: 0, stderr: '' });
  const { connectionStatus } = firstOf(messagesOf(check.stdout).slice(-1), 'CONNECTION_STATUS');
  expect(connectionStatus.status).toBe('FAILED');
  expect(connectionStatus.message).toMatch(/num_workers must be a whole number from 1 to 32/);
  await expectConfigError(['discover', '--config', path], connectionStatus.message);
  await expectConfigError(['read', '--config', path, '--catalog', catalog], connectionStatus.message);
});

test('a config may contain unknown keys, and null for unset options', async () => {
  const path = file({ ...CONFIG, start_date: null, deployment_ids: null, num_workers: null, comment: 'x', _limit: 5 });
  expect(await runConnector(['discover', '--config', path])).toMatchObject({ exitCode: 0 });
});

test.each<[string, string[], RegExp]>([
  ['a catalog that is not JSON', ['--catalog', file('streams')], /catalog file \S+ is not valid JSON/],
  ['a catalog that is a directory', ['--catalog', workspace.folder], /is a directory/],
  [
    'a state that is not JSON',
    ['--catalog', catalog, '--state', file('x')],
    /state file \S+ is neither JSON nor JSON Lines/,
  ],
  [
    'a missing state',
    ['--catalog', catalog, '--state', `${workspace.folder}/none`],
    /state file \S+none does not exist/,
  ],
  [
    'a state that the stream cannot use',
    [
      '--catalog',
      catalog,
      '--state',
      workspace.file('state.json', [
        { type: 'STREAM', stream: { stream_descriptor: { name: 'audit_events' }, stream_state: { version: 2 } } },
      ]),
    ],
    /audit_events in the state file \S+ cannot be used: version is 2/,
  ],
])('%s causes a config_error', async (_, args, sentence) => {
  await expectConfigError(['read', '--config', config, ...args], sentence);
});

test.each<[string, string[], number, RegExp]>([
  ['a missing command', [], 1, /^source-compose: an Airbyte source[\s\S]*Usage:/],
  ['an invalid command line', ['check'], 2, /^source-compose: check needs --config FILE\.[^\n]*\n$/],
])('%s is reported only on stderr', async (_, args, exitCode, text) => {
  const run = await startConnector(args).finished;
  expect(run).toMatchObject({ exitCode, stdout: '' });
  expect(run.stderr).toMatch(text);
});

async function expectConfigError(args: string[], sentence: RegExp | string | undefined): Promise<void> {
  const run = await runConnector(args);
  expect(run).toMatchObject({ exitCode: 1, stderr: '' });
  const { errors } = contentsOf(messagesOf(run.stdout).slice(-1));
  expect(errors).toMatchObject([{ failure_type: 'config_error' }]);
  if (typeof sentence === 'string') expect(errors[0]?.message).toBe(sentence);
  else expect(errors[0]?.message).toMatch(sentence ?? /./);
}
