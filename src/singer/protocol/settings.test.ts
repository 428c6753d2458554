import { describe, expect, test } from 'vitest';
import { inputFile } from '../../../test-support/unit/singer.ts';
import { readSettings } from './settings.ts';

const TOKEN = 'token-0123456789';
const read = async (content: object, env = {}): Promise<object> =>
  (await readSettings([inputFile(content), 'ENV'], env)).settings;

describe('the settings from Meltano', () => {
  test.each<[string, object, object]>([
    ['null and "" at the top level', { start_date: '', num_workers: null, page_size: 10 }, { page_size: 10 }],
    [
      '"" inside platform',
      { platform: { name: 'compose', base_url: '', api_token: TOKEN } },
      { platform: { name: 'compose', api_token: TOKEN } },
    ],
    ['an empty platform', { platform: { api_token: '', base_url: null }, api_token: TOKEN }, { api_token: TOKEN }],
    ['strings that represent numbers', { num_workers: '4', page_size: ' 50 ' }, { num_workers: 4, page_size: 50 }],
    [
      'strings that represent booleans',
      { include_connection_strings: 'true', fail_on_refused_deployments: 'False' },
      { include_connection_strings: true, fail_on_refused_deployments: false },
    ],
    [
      'other spellings of booleans',
      { include_connection_strings: 'yes', fail_on_refused_deployments: '0' },
      { include_connection_strings: true, fail_on_refused_deployments: false },
    ],
    ['a list as JSON', { deployment_ids: '["a","b"]' }, { deployment_ids: ['a', 'b'] }],
    [
      'strings inside platform',
      { platform: { name: 'compose', page_size: '20', deployment_ids: '[]' } },
      { platform: { name: 'compose', page_size: 20, deployment_ids: [] } },
    ],
    ['a date without a time', { start_date: '2018-01-01' }, { start_date: '2018-01-01T00:00:00.000Z' }],
    ['a time without a time zone', { start_date: '2018-01-01T10:20:30' }, { start_date: '2018-01-01T10:20:30.000Z' }],
    [
      'a time with a space and microseconds',
      { start_date: '2018-01-01 10:20:30.123456' },
      { start_date: '2018-01-01T10:20:30.123Z' },
    ],
    [
      'dotted keys',
      { 'platform.name': 'compose', 'platform.page_size': '20', start_date: '2018-01-01' },
      { platform: { name: 'compose', page_size: 20 }, start_date: '2018-01-01T00:00:00.000Z' },
    ],
    [
      'dotted keys in addition to a platform',
      { platform: { name: 'compose', page_size: 30 }, 'platform.api_token': TOKEN },
      { platform: { name: 'compose', page_size: 30, api_token: TOKEN } },
    ],
    [
      'a platform as JSON',
      { platform: `{"name":"compose","api_token":"${TOKEN}"}` },
      { platform: { name: 'compose', api_token: TOKEN } },
    ],
  ])('may contain %s', async (_, given, expected) => {
    expect(await read(given)).toEqual(expected);
  });

  test('stay unchanged if they are invalid, and are rejected later', async () => {
    const wrong = {
      num_workers: 'four',
      include_connection_strings: 'perhaps',
      deployment_ids: 'a,b',
      start_date: '3 days ago',
      unknown: '5',
    };
    expect(await read(wrong)).toEqual(wrong);
    expect(await read({ platform: 'compose' })).toEqual({ platform: 'compose' });
  });
});

describe('the settings from several sources', () => {
  test('are merged: later files override earlier ones, and the environment overrides all files', async () => {
    const one = inputFile({ api_token: TOKEN, num_workers: 2, page_size: 10 });
    const other = inputFile({ num_workers: 3, page_size: '' });
    const env = { TAP_COMPOSE_NUM_WORKERS: '7', TAP_COMPOSE_DEPLOYMENT_IDS: '["x"]', TAP_COMPOSE_START_DATE: '' };
    expect((await readSettings([one, other], env)).settings).toEqual({
      api_token: TOKEN,
      num_workers: 3,
      page_size: 10,
    });
    const { settings, source } = await readSettings(['ENV', one, other], env);
    expect(settings).toEqual({ api_token: TOKEN, num_workers: 7, page_size: 10, deployment_ids: ['x'] });
    expect(source).toBe(`The config (ENV, ${one}, ${other})`);
  });

  test('include only declared variables', async () => {
    const env = {
      TAP_COMPOSE_PLATFORM: `{"name":"compose","api_token":"${TOKEN}"}`,
      TAP_COMPOSE_NAME: 'x',
      TAP_COMPOSE_OTHER: 'y',
      API_TOKEN: 'z',
    };
    expect(await read({}, env)).toEqual({ platform: { name: 'compose', api_token: TOKEN } });
  });

  test('take a platform setting from its variable rather than from a file or from the platform as JSON', async () => {
    const env = {
      TAP_COMPOSE_PLATFORM_NAME: 'ibm_cloud',
      TAP_COMPOSE_PLATFORM_API_KEY: 'the-key',
      TAP_COMPOSE_PLATFORM_LOGS_INSTANCES: '["crn"]',
    };
    const fromVariables = { name: 'ibm_cloud', api_key: 'the-key', logs_instances: ['crn'] };
    expect((await readSettings(['ENV'], env)).settings).toEqual({ platform: fromVariables });
    const file = { platform: { name: 'ibm_cloud', api_key: 'old', billing: 'account' }, num_workers: 2 };
    expect(await read(file, env)).toEqual({ platform: { ...fromVariables, billing: 'account' }, num_workers: 2 });
    const json = {
      TAP_COMPOSE_PLATFORM: '{"name":"compose","api_token":"old"}',
      TAP_COMPOSE_PLATFORM_API_TOKEN: TOKEN,
    };
    expect(await read({}, json)).toEqual({ platform: { name: 'compose', api_token: TOKEN } });
  });
});

test.each([
  ['[1]', /^The config file .* must contain a JSON object, not an array\.$/],
  [`{"api_token":"${TOKEN}`, /^The config file .* is not valid JSON/],
  ['', /is empty/],
])('an error about a config file does not quote its content: %s', async (content, message) => {
  const failure = await readSettings([inputFile(content)], {}).catch((error: unknown) => error);
  expect((failure as Error).message).toMatch(message);
  expect((failure as Error).message).not.toContain(TOKEN);
});
