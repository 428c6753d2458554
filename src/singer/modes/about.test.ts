import { expect, test } from 'vitest';
import spec from '../../../spec.json' with { type: 'json' };
import { readSettings, variableOf } from '../protocol/settings.ts';
import { about } from './about.ts';

interface Description {
  capabilities: string[];
  settings: { properties: Record<string, Record<string, unknown>>; required: string[] };
}

const json = JSON.parse(about(true)) as Description;

test('each config option is described as a setting with a dotted name', () => {
  const { platform, ...common } = spec.connectionSpecification.properties;
  const inside = platform.oneOf.flatMap(({ properties }) => Object.keys(properties));
  const names = [...new Set(inside.map((name) => `platform.${name}`)), ...Object.keys(common)];
  const hidden = Object.keys(json.settings.properties).filter((name) => !names.includes(name));
  expect(hidden).toEqual([]);
  for (const property of Object.values(json.settings.properties)) {
    expect(property).toMatchObject({ type: expect.any(String) as string, title: expect.any(String) as string });
    expect(property['description']).toMatch(/^[\x20-\x7e]+$/);
    expect(Object.keys(property).filter((key) => key.startsWith('airbyte') || key === 'order')).toEqual([]);
  }
  expect(json.settings.required).toContain('platform.name');
});

test('the token is a secret setting, and a setting with fixed choices lists them', () => {
  expect(json.settings.properties['platform.api_token']).toMatchObject({ secret: true, writeOnly: true });
  const names = spec.connectionSpecification.properties.platform.oneOf.map(({ properties }) => properties.name.const);
  expect(json.settings.properties['platform.name']).toMatchObject({ enum: names });
  expect(json.settings.properties['num_workers']).toMatchObject({ type: 'integer', default: 4 });
});

test('a setting lists its platforms unless all platforms have the setting', () => {
  const platformsOf = (name: string): unknown => json.settings.properties[name]?.['platforms'];
  expect(platformsOf('platform.api_key')).toEqual(['ibm_cloud']);
  expect(platformsOf('platform.base_url')).toEqual(['compose']);
  expect(platformsOf('platform.deployment_ids')).toBeUndefined();
  expect(json.settings.properties['platform.deployment_ids']?.['description']).toMatch(
    /^IBM Cloud Databases: .+ Compose: .+/,
  );
});

test('each setting has an environment variable for --config ENV', async () => {
  const settings = Object.keys(json.settings.properties);
  const env = Object.fromEntries(settings.map((name) => [variableOf(name), 'x']));
  expect(env).toHaveProperty('TAP_COMPOSE_PLATFORM_API_KEY');
  const { platform, ...rest } = (await readSettings(['ENV'], env)).settings;
  const read = [...Object.keys(platform as object).map((name) => `platform.${name}`), ...Object.keys(rest)];
  expect(new Set(read)).toEqual(new Set(settings));
});

test('the Markdown text lists all settings, one per line', () => {
  const lines = about(false).split('\n');
  for (const name of Object.keys(json.settings.properties)) {
    expect(
      lines.filter((line) => new RegExp(`^- \`${name}\`( \\(.*\\))?: .`).test(line)),
      name,
    ).toHaveLength(1);
  }
  expect(lines).toContain(`Capabilities: ${json.capabilities.join(', ')}`);
  expect(lines).toContainEqual(expect.stringMatching(/^- `platform\.name` \(required\): /));
  expect(lines).toContainEqual(expect.stringMatching(/^- `platform\.page_size` \(compose, default 50\): /));
});
