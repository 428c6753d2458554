import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Config } from './platforms/compose/config.ts';
import { loadConfig } from './config-file.ts';
import { ConnectorError } from './core/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-file-'));
const path = join(folder, 'config.json');
afterAll(() => rmSync(folder, { recursive: true }));

const ID = '5a2b4c6d8e0f12001300b001';
const TOKEN = '0123456789abcdef';

async function load(config: unknown, secrets: string[] = []): Promise<Config> {
  writeFileSync(path, JSON.stringify(config));
  return loadConfig(path, (secret) => secrets.push(secret));
}

describe('a config that can be used', () => {
  test('null means "not given", and ids are read once', async () => {
    const config = await load({ api_token: TOKEN, start_date: null, page_size: null, deployment_ids: [ID, ` ${ID}`] });
    expect(config).toMatchObject({ api_token: TOKEN, page_size: 50, deployment_ids: [ID] });
    expect(config.start_date).toBeUndefined();
  });

  test('the token is a secret in both its forms, with white space and without', async () => {
    const secrets: string[] = [];
    await load({ api_token: ` ${TOKEN}\n` }, secrets);
    expect(secrets).toEqual([` ${TOKEN}\n`, TOKEN]);
  });
});

describe('a config that cannot', () => {
  test('the token is a secret before anything is complained about', async () => {
    const secrets: string[] = [];
    await expect(load({ api_token: 'two\nlines', page_size: 0 }, secrets)).rejects.toThrow(ConnectorError);
    expect(secrets).toContain('two\nlines');
  });

  test.each([
    [[], `The config file ${path} must hold a JSON object; it holds an array.`],
    ['text', `The config file ${path} must hold a JSON object; it holds a string.`],
    [null, `The config file ${path} must hold a JSON object; it holds null.`],
    [{}, `The config file ${path} cannot be used: api_token is missing.`],
    [{ api_token: null }, `The config file ${path} cannot be used: api_token is missing.`],
    [{ api_token: '' }, `The config file ${path} cannot be used: api_token is empty.`],
    [
      { api_token: TOKEN, deployment_ids: [ID, 'x'] },
      `The config file ${path} cannot be used: deployment_ids[1] must be a deployment id: 24 hexadecimal digits.`,
    ],
    [
      { page_size: 1, num_workers: 0.5 },
      `The config file ${path} cannot be used: api_token is missing; num_workers must be a whole number from 1 to 32; page_size must be a whole number from 10 to 100.`,
    ],
  ])('%j', async (config, sentence) => {
    await expect(load(config)).rejects.toMatchObject({ message: sentence, failureType: 'config_error' });
  });
});

/** What each option may be once the config is accepted. */
const ACCEPTED: { [option in keyof Config]-?: (value: Config[option]) => boolean } = {
  api_token: (token) => token.trim() === token && token !== '',
  deployment_ids: (ids) => ids.every((id) => /^[0-9a-f]{24}$/.test(id)) && new Set(ids).size === ids.length,
  start_date: (date) => date === undefined || new Date(date).toISOString() === date,
  include_connection_strings: (value) => typeof value === 'boolean',
  fail_on_refused_deployments: (value) => typeof value === 'boolean',
  num_workers: (value) => Number.isInteger(value) && value >= 1 && value <= 32,
  page_size: (value) => Number.isInteger(value) && value >= 10 && value <= 100,
  lookback_window_seconds: (value) => Number.isInteger(value) && value >= 0 && value <= 86_400,
  request_timeout_seconds: (value) => Number.isInteger(value) && value >= 1 && value <= 600,
  base_url: (url) => /^https?:$/.test(new URL(url).protocol) && !url.endsWith('/'),
};

const option = fc.constantFrom(...(Object.keys(ACCEPTED) as (keyof Config)[]));
/** Also what is nearly right, and what holds the token at the wrong place. */
const value = fc.oneof(
  fc.jsonValue(),
  fc.integer({ min: -1, max: 100_000 }),
  fc.webUrl({ validSchemes: ['http', 'https', 'ftp'] }),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(TOKEN, [TOKEN], `https://${TOKEN}/`, `http://a:${TOKEN}@b/?${TOKEN}`, [ID, ID.toUpperCase()]),
);

test('any value of any option ends in a config that fits, or in one sentence that names file and option', async () => {
  await fc.assert(
    fc.asyncProperty(option, value, async (name, given) => {
      const raw = { api_token: TOKEN, [name]: given };
      try {
        const config = await load(raw);
        for (const [key, fits] of Object.entries(ACCEPTED)) {
          expect((fits as (of: unknown) => boolean)(config[key as keyof Config]), key).toBe(true);
        }
      } catch (error) {
        expect(error).toMatchObject({ name: 'ConnectorError', problem: 'input_unusable' });
        const { message } = error as ConnectorError;
        expect(message).toMatch(new RegExp(`^The config file ${path} cannot be used: ${name}[ [].*\\.$`));
        expect(message).not.toContain(TOKEN);
      }
    }),
    { numRuns: 500 },
  );
});

test('any JSON at all ends in a config or a ConnectorError', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (raw) => {
      await load(raw).catch((error: unknown) => {
        expect(error).toBeInstanceOf(ConnectorError);
      });
    }),
  );
});
