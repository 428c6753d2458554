import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { type Config, configFrom, configSchema, loadConfig, platformOf } from './config.ts';
import { ConnectorError } from './core/failure/errors.ts';
import { type Row, isRow } from './core/record/row.ts';
import { compose } from './platforms/compose/compose.ts';
import type { ComposeConfig } from './platforms/compose/config.ts';
import { MASK, maskCredentials } from './text/credentials.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-file-'));
const path = join(folder, 'config.json');
afterAll(() => rmSync(folder, { recursive: true }));

const ID = '5a2b4c6d8e0f12001300b001';
const TOKEN = '0123456789abcdef';
const OF_COMPOSE = ['api_token', 'deployment_ids', 'include_connection_strings', 'page_size', 'base_url'];

/** Moves the Compose options of a flat config under `platform`. */
function nested(flat: Row): Row {
  const options = Object.entries(flat);
  return {
    platform: { name: 'compose', ...Object.fromEntries(options.filter(([name]) => OF_COMPOSE.includes(name))) },
    ...Object.fromEntries(options.filter(([name]) => !OF_COMPOSE.includes(name))),
  };
}

const FORMS: [form: string, inForm: (flat: Row) => Row][] = [
  ['in the flat form', (flat) => flat],
  ['under platform', nested],
];

/** The name of an option in error messages. */
const nameOf = (option: string): string => (OF_COMPOSE.includes(option) ? `platform.${option}` : option);

async function load(config: unknown, warn: (sentence: string) => void = () => undefined): Promise<Config> {
  writeFileSync(path, JSON.stringify(config));
  return loadConfig(path, warn);
}

/** The warnings about a config and, if the config is invalid, the error message. */
async function judged(config: unknown): Promise<{ warnings: string[]; usageError: string | undefined }> {
  const warnings: string[] = [];
  let usageError: string | undefined;
  try {
    await load(config, (sentence) => warnings.push(sentence.replace('the config has an unknown option ', '')));
  } catch (error) {
    expect(error).toMatchObject({ problem: 'input_unusable', failureType: 'config_error' });
    usageError = (error as Error).message.replace(`The config file ${path} cannot be used: `, '');
  }
  return { warnings, usageError };
}

describe.each(FORMS)('a config %s', (_form, inForm) => {
  test('causes a warning if start_date is in the future', async () => {
    const warned = (start_date: string) => judged(inForm({ api_token: TOKEN, start_date }));
    await expect(warned('2018-09-01T00:00:00Z')).resolves.toEqual({ warnings: [], usageError: undefined });
    await expect(warned('2999-01-01T00:00:00Z')).resolves.toEqual({
      warnings: [
        'start_date 2999-01-01T00:00:00.000Z is in the future, so streams that use start_date emit only undated records',
      ],
      usageError: undefined,
    });
  });

  test('has default values for all options except the token', async () => {
    await expect(judged(inForm({ api_token: TOKEN }))).resolves.toEqual({ warnings: [], usageError: undefined });
    expect(await load(inForm({ api_token: TOKEN }))).toEqual({
      platform: {
        name: 'compose',
        api_token: TOKEN,
        deployment_ids: [],
        include_connection_strings: false,
        page_size: 50,
        base_url: 'https://api.compose.io/2016-07',
      },
      fail_on_refused_deployments: false,
      num_workers: 4,
      lookback_window_seconds: 60,
      request_timeout_seconds: 60,
    });
  });

  test('can set all options', async () => {
    const own = { api_token: TOKEN, deployment_ids: [ID], include_connection_strings: true, page_size: 10 };
    const common = {
      fail_on_refused_deployments: true,
      num_workers: 2,
      lookback_window_seconds: 0,
      request_timeout_seconds: 5,
    };
    const config = await load(inForm({ ...common, ...own, base_url: 'https://compose.example.com/v/' }));
    expect(config).toEqual({
      platform: { name: 'compose', ...own, base_url: 'https://compose.example.com/v' },
      ...common,
    });
  });

  test('may contain nulls, which mean "not given", and duplicate ids, which are omitted', async () => {
    const config = await load(
      inForm({ api_token: TOKEN, start_date: null, page_size: null, deployment_ids: [ID, ` ${ID}`] }),
    );
    expect(config.platform).toMatchObject({ api_token: TOKEN, page_size: 50, deployment_ids: [ID] });
    expect(config.start_date).toBeUndefined();
  });

  test.each([
    ['even if white space surrounds the token', ' tok-en1\n', 'tok-en1'],
    ['even if the token is invalid', 'two\nlines', 'two\nlines'],
  ])('has its token masked before the first warning, %s', async (_, token, shown) => {
    const seen: string[] = [];
    const loading = load(inForm({ api_token: token, page_size: 0, colour: 1 }), () =>
      seen.push(maskCredentials(shown)),
    );
    await expect(loading).rejects.toThrow(ConnectorError);
    expect(seen).toEqual([MASK]);
  });

  test.each([
    [{ api_token: '' }, [['api_token', 'must not be empty']]],
    [
      { api_token: TOKEN, deployment_ids: [ID, 'x'] },
      [['deployment_ids', '[1] must be a deployment ID: 24 hexadecimal digits']],
    ],
    [
      { api_token: 7, page_size: 1, num_workers: 0.5 },
      [
        ['api_token', 'must be a string'],
        ['page_size', 'must be a whole number from 10 to 100'],
        ['num_workers', 'must be a whole number from 1 to 32'],
      ],
    ],
  ] as [config: Row, usageErrors: [option: string, usageError: string][]][])(
    'causes an error that names each invalid option: %j',
    async (config, usageErrors) => {
      const told = usageErrors.map(([option, usageError]) => `${nameOf(option)} ${usageError}`.replace(' [', '['));
      await expect(load(inForm(config))).rejects.toMatchObject({
        message: `The config file ${path} cannot be used: ${told.join('; ')}.`,
        failureType: 'config_error',
      });
    },
  );

  test.each([
    ['start_dat', 'start_date'],
    ['startdate', 'start_date'],
    ['START_DATE', 'start_date'],
    ['lookback_window', 'lookback_window_seconds'],
    ['request_timeout', 'request_timeout_seconds'],
    ['num_worker', 'num_workers'],
    ['lookback_seconds', undefined],
    ['colour', undefined],
  ])('with the misspelled option %s causes a warning (suggestion: %s)', async (name, meant) => {
    const hint = meant === undefined ? 'correct or remove it' : `did you mean ${meant}?`;
    await expect(judged({ ...inForm({ api_token: TOKEN }), [name]: 'anything' })).resolves.toEqual({
      warnings: [`${name}, which is ignored: ${hint}`],
      usageError: undefined,
    });
  });

  test('with a long unknown option causes a warning that omits the name, which could be a secret', async () => {
    const name = TOKEN.repeat(4);
    expect(await judged({ ...inForm({ api_token: TOKEN }), [name]: 1 })).toEqual({
      warnings: ['with a name of 64 characters, which is ignored: correct or remove it'],
      usageError: undefined,
    });
  });

  test('may contain options that begin with two underscores, which Airbyte adds', async () => {
    const config = { ...inForm({ api_token: TOKEN }), __injected_declarative_manifest: {}, __x: null };
    expect(await judged(config)).toEqual({ warnings: [], usageError: undefined });
    expect(await load(config)).not.toHaveProperty('__x');
  });

  test('does not inherit options from its prototype', async () => {
    const config = { ...inForm({ api_token: TOKEN }), constructor: 1, toString: 2 };
    expect(await judged(config)).toEqual({
      warnings: [
        'constructor, which is ignored: correct or remove it',
        'toString, which is ignored: correct or remove it',
      ],
      usageError: undefined,
    });
    const smuggled = JSON.parse(`{"__proto__":{"api_token":"${TOKEN}","num_workers":1}}`) as Row;
    writeFileSync(path, JSON.stringify({ ...inForm({}), ...smuggled }));
    await expect(loadConfig(path, () => undefined)).rejects.toThrow(
      /(?:: platform\.api_token is missing; add it|it does not specify a platform)\./,
    );
  });
});

describe('a misspelled Compose option', () => {
  test.each([
    ['api_tokn', 'api_token'],
    ['apitoken', 'api_token'],
    ['deployment_id', 'deployment_ids'],
    ['base-url', 'base_url'],
    ['page_sizes', 'page_size'],
  ])('such as %s causes a warning in both forms of the config', async (name, meant) => {
    // The value could be a secret, so the warning must not quote it.
    const own = { api_token: TOKEN, [name]: TOKEN };
    for (const [config, below] of [
      [own, ''],
      [{ platform: { name: 'compose', ...own } }, 'platform.'],
    ] as const) {
      const warnings = [`${below}${name}, which is ignored: did you mean platform.${meant}?`];
      expect(await judged(config)).toEqual({ warnings, usageError: undefined });
    }
  });
});

/** The error for a config that doesn't specify a platform. */
const CHOOSE =
  'it does not specify a platform. For IBM Cloud Databases, write {"platform":{"name":"ibm_cloud","api_key":"YOUR KEY"}}; for Compose, write {"platform":{"name":"compose","api_token":"YOUR TOKEN"}}.';

describe('the platform', () => {
  test.each([
    {},
    { apikey: 'x' },
    { platfrom: { name: 'compose' } },
    { api_token: null },
    { name: 'compose' },
    { start_date: '2026-01-01T00:00:00Z' },
  ])('must be named, so %j causes an error', async (config) => {
    expect((await judged(config)).usageError).toBe(CHOOSE);
  });

  test.each([undefined, 'kompose', 'Compose', 'toString', '', 7, ['compose']])(
    'must not have the name %j',
    async (name) => {
      const { usageError } = await judged({ platform: { name, api_token: TOKEN, num_workers: 1 } });
      expect(usageError).toBe('platform.name must be "ibm_cloud" or "compose".');
    },
  );

  test.each(['compose', '', 7, true, [], [{ name: 'compose' }]])('must be an object, not %j', async (platform) => {
    const example = platform === 'compose' ? 'compose","api_token":"YOUR TOKEN' : 'ibm_cloud","api_key":"YOUR KEY';
    const { usageError } = await judged({ platform, api_token: TOKEN });
    expect(usageError).toBe(`platform must be an object, as in {"platform":{"name":"${example}"}}.`);
  });

  test('causes a warning if its name is at the top level', async () => {
    expect(await judged({ name: 'compose', api_token: TOKEN })).toEqual({
      warnings: ['name, which is ignored: move it into platform'],
      usageError: undefined,
    });
  });

  test('counts as "not given" if it is null, so the config is read in the flat form', async () => {
    expect(await judged({ platform: null, api_token: TOKEN })).toEqual({ warnings: [], usageError: undefined });
    expect((await judged({ platform: null })).usageError).toBe(CHOOSE);
  });

  test('is Compose for a flat config', async () => {
    expect(platformOf(await load({ api_token: TOKEN }))).toBe(compose);
  });
});

test.each([
  [[], 'an array'],
  ['text', 'a string'],
  [null, 'null'],
])('a config must be an object, not %j', async (config, held) => {
  await expect(load(config)).rejects.toMatchObject({
    message: `The config file ${path} must contain a JSON object, not ${held}.`,
    failureType: 'config_error',
  });
});

test('an error about a parsed config begins with the given source, and the config is not modified', () => {
  for (const raw of [{ start_date: null }, { platform: { name: 'compose', page_size: null } }]) {
    const before = structuredClone(raw);
    expect(() => configFrom(raw, 'The config of the demo', () => undefined)).toThrow(
      /^The config of the demo cannot be used: (?:it does not specify a platform|platform\.api_token is missing; add it)\./,
    );
    expect(raw).toEqual(before);
  }
});

const PLATFORM = { name: 'compose', api_token: TOKEN };

/** The error messages for a value of a top-level option. */
function problemsOf(option: string, value: unknown): string[] {
  const { error } = configSchema.safeParse({ platform: PLATFORM, [option]: value });
  expect(error?.issues.every((issue) => issue.path[0] === option) ?? true).toBe(true);
  return error?.issues.map(({ message }) => message) ?? [];
}

describe('the top-level options', () => {
  test.each([
    ['2018-08-22T00:00:00Z', '2018-08-22T00:00:00.000Z'],
    ['2018-08-22T02:30:00.1239+02:30', '2018-08-22T00:00:00.123Z'],
  ])('include start_date, whose value %s becomes %s', (given, kept) => {
    expect(configSchema.parse({ platform: PLATFORM, start_date: given }).start_date).toBe(kept);
  });

  test.each([
    ['num_workers', 1, 32],
    ['lookback_window_seconds', 0, 86_400],
    ['request_timeout_seconds', 1, 600],
  ])('include %s, which must be from %d to %d', (option, least, most) => {
    const problem = `must be a whole number from ${least} to ${most}`;
    for (const value of [least, most]) expect(problemsOf(option, value)).toEqual([]);
    for (const value of [least - 1, most + 1, least + 0.5, String(least), true]) {
      expect(new Set(problemsOf(option, value))).toEqual(new Set([problem]));
    }
  });

  const day = 'must be a date and time such as 2018-08-22T00:00:00Z';
  const missing = 'is not a valid date and time; correct the day, the time or the offset';
  test.each([
    ['start_date', 0, 'must be a string'],
    ['start_date', '2018-08-22', day],
    ['start_date', '22.08.2018', day],
    ['start_date', '2018-08-22T00:00:00', day],
    ['start_date', '2018-02-30T00:00:00Z', missing],
    ['start_date', '2018-08-22T24:00:00Z', missing],
    ['start_date', '2018-08-22T00:00:00+99:00', missing],
    ['fail_on_refused_deployments', 'true', 'must be true or false'],
  ])('include %s, which must not be %j', (option, value, problem) => {
    expect(problemsOf(option, value)[0]).toBe(problem);
  });
});

/** For each top-level option, whether a value is valid. */
const ACCEPTED: { [option in keyof Omit<Config, 'platform'>]-?: (value: Config[option]) => boolean } = {
  start_date: (date) => date === undefined || new Date(date).toISOString() === date,
  fail_on_refused_deployments: (value) => typeof value === 'boolean',
  num_workers: (value) => Number.isInteger(value) && value >= 1 && value <= 32,
  lookback_window_seconds: (value) => Number.isInteger(value) && value >= 0 && value <= 86_400,
  request_timeout_seconds: (value) => Number.isInteger(value) && value >= 1 && value <= 600,
};
const ACCEPTED_BELOW: { [option in keyof ComposeConfig]-?: (value: ComposeConfig[option]) => boolean } = {
  name: (name) => name === 'compose',
  api_token: (token) => token.trim() === token && token !== '',
  deployment_ids: (ids) => ids.every((id) => /^[0-9a-f]{24}$/.test(id)) && new Set(ids).size === ids.length,
  include_connection_strings: (value) => typeof value === 'boolean',
  page_size: (value) => Number.isInteger(value) && value >= 10 && value <= 100,
  base_url: (url) => /^https?:$/.test(new URL(url).protocol) && !url.endsWith('/'),
};

function expectToFit(options: object, accepted: object): void {
  for (const [name, fits] of Object.entries(accepted)) {
    expect((fits as (value: unknown) => boolean)((options as Row)[name]), name).toBe(true);
  }
}

const option = fc.constantFrom(...Object.keys(ACCEPTED), ...OF_COMPOSE);
/** Includes nearly valid values, and values that contain the token where it doesn't belong. */
const value = fc.oneof(
  fc.jsonValue(),
  fc.integer({ min: -1, max: 100_000 }),
  fc.webUrl({ validSchemes: ['http', 'https', 'ftp'] }),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(TOKEN, [TOKEN], `https://${TOKEN}/`, `http://a:${TOKEN}@b/?${TOKEN}`, [ID, ID.toUpperCase()]),
);

test('every value of every option results in a valid config or in an error that names the file and the problem', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...FORMS), option, value, async ([, inForm], name, given) => {
      const raw = inForm({ api_token: TOKEN, [name]: given });
      try {
        const config = await load(raw);
        expectToFit(config, ACCEPTED);
        expectToFit(config.platform, ACCEPTED_BELOW);
      } catch (error) {
        expect(error).toMatchObject({ name: 'ConnectorError', problem: 'input_unusable' });
        const { message } = error as ConnectorError;
        expect(message).toMatch(
          new RegExp(
            `^The config file ${path} cannot be used: (?:${nameOf(name).replace('.', '\\.')}[ [].*|it does not specify a platform.*)\\.$`,
          ),
        );
        expect(message).not.toContain(TOKEN);
      }
    }),
    { numRuns: 500 },
  );
});

test('every JSON document results in a config or a ConnectorError, and every token in it is masked', async () => {
  const platform = fc.oneof(fc.jsonValue(), fc.record({ name: fc.constantFrom('compose', 'x'), api_token: value }));
  const config = fc.oneof(fc.jsonValue(), fc.record({ platform, api_token: value }, { requiredKeys: [] }));
  await fc.assert(
    fc.asyncProperty(config, async (raw) => {
      await load(raw).catch((error: unknown) => {
        expect(error).toBeInstanceOf(ConnectorError);
        expect(error).toMatchObject({ problem: 'input_unusable' });
      });
      for (const part of [raw, isRow(raw) ? raw['platform'] : undefined]) {
        const token = isRow(part) ? part['api_token'] : undefined;
        if (typeof token === 'string' && token.length >= 4) expect(maskCredentials(token)).toMatch(/^[* ]*$/);
      }
    }),
  );
});

test.each([
  ['compose', 'api_token', ' compose-token\n'],
  ['ibm_cloud', 'api_key', ' ibm-key\n'],
])(
  'the credentials of %s are masked, both as written and trimmed, even if the config is invalid',
  async (name, key, secret) => {
    const { usageError } = await judged({ platform: { name, [key]: secret }, num_workers: 0 });
    expect(usageError).toContain('num_workers');
    expect([secret, secret.trim()].map(maskCredentials)).toEqual([MASK, MASK]);
  },
);

describe('an IBM Cloud config', () => {
  const KEY = 'k'.repeat(44);
  const ibm = (platform: Row, more: Row = {}): Row => ({
    platform: { name: 'ibm_cloud', api_key: KEY, ...platform },
    ...more,
  });

  test.each([{ iam_url: 'https://iam.example.com' }, { [KEY.repeat(2)]: 'x' }])(
    'is rejected if it contains an unknown endpoint, because a default endpoint might receive a test key: %j',
    async (endpoints) => {
      const { usageError } = await judged(ibm({ endpoints }));
      expect(usageError).toContain('platform.endpoints contains an unknown endpoint; the known endpoints are iam, ');
      expect(usageError).not.toContain(KEY);
    },
  );

  test('is rejected if its endpoints are not an object', async () => {
    expect((await judged(ibm({ endpoints: 'x' }))).usageError).toBe(
      'platform.endpoints must be an object with addresses as values.',
    );
  });

  test.each([{ name: 'ibm_cloud', api_key: KEY }, { api_key: KEY, deployment_ids: [] }, { name: 'ibm_cloud' }])(
    'has no flat form, so %j is rejected',
    async (config) => {
      expect(await judged(config)).toEqual({ warnings: [], usageError: CHOOSE });
    },
  );
});
