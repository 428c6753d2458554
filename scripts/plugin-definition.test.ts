import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { PLUGIN_DEFINITION, pluginDefinition } from './plugin-definition.ts';

const written = readFileSync(PLUGIN_DEFINITION, 'utf8');

test('the plugin definition is what `npm run spec` writes', () => {
  expect(written).toBe(pluginDefinition());
});

test('Meltano asks for what one of the platforms requires', () => {
  const { settings_group_validation: groups } = parse(written) as { settings_group_validation: string[][] };
  expect(groups).toEqual([
    ['platform.name', 'platform.api_token'],
    ['platform.name', 'platform.api_key'],
  ]);
});

test('Meltano hides token and key, and gets numbers, lists and switches as such', () => {
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
  expect(hidden).toEqual(['platform.api_token', 'platform.api_key']);
});
