import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { PLUGIN_DEFINITIONS, pluginDefinition } from './plugin-definition.ts';

const [written = '', ofPackage = ''] = PLUGIN_DEFINITIONS.map(({ url }) => readFileSync(url, 'utf8'));

test('the plugin definitions match the output of `npm run spec`', () => {
  expect([written, ofPackage]).toEqual(PLUGIN_DEFINITIONS.map(pluginDefinition));
});

test('the plugin definitions differ only in whether Meltano installs the Python package', () => {
  const { pip_url, ...rest } = parse(ofPackage) as Record<string, unknown>;
  expect(pip_url).toBe('source-compose');
  expect(rest).toEqual(parse(written));
});

test('Meltano requires the settings of one platform', () => {
  const { settings_group_validation: groups } = parse(written) as { settings_group_validation: string[][] };
  expect(groups).toEqual([
    ['platform.name', 'platform.api_key'],
    ['platform.name', 'platform.api_token'],
  ]);
});

test('the label of a setting that only some platforms have contains the platform', () => {
  const { label, settings } = parse(written) as { label: string; settings: Array<{ name: string; label: string }> };
  const labels = Object.fromEntries(settings.map((setting) => [setting.name, setting.label]));
  expect(label).toBe('IBM Cloud Databases and Compose');
  expect(labels).toMatchObject({
    'platform.api_key': 'API key (IBM Cloud Databases)',
    'platform.base_url': 'Base URL (Compose)',
    'platform.deployment_ids': 'Deployment IDs',
    start_date: 'Start date',
  });
});

test('Meltano hides tokens and keys, and passes numbers, lists and booleans with their types', () => {
  const { settings } = parse(written) as { settings: Array<{ name: string; kind: string; sensitive?: boolean }> };
  const kinds = Object.fromEntries(settings.map(({ name, kind }) => [name, kind]));
  expect(kinds).toMatchObject({
    'platform.name': 'options',
    'platform.api_token': 'string',
    'platform.deployment_ids': 'array',
    'platform.include_connection_strings': 'boolean',
    'platform.api_key': 'string',
    'platform.resource_group_ids': 'array',
    start_date: 'date_iso8601',
    num_workers: 'integer',
  });
  const hidden = settings.filter(({ sensitive }) => sensitive).map(({ name }) => name);
  expect(hidden).toEqual(['platform.api_key', 'platform.api_token']);
});
