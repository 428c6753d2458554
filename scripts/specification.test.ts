import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import spec from '../spec.json' with { type: 'json' };
import { configSchema } from '../src/config.ts';
import { specification } from './specification.ts';

interface Option {
  [keyword: string]: unknown;
  title: string;
  description: string;
  order: number;
  examples?: unknown[];
  default?: unknown;
}

const form = spec.connectionSpecification;
const [compose] = form.properties.platform.oneOf;
type Named = [name: string, option: Option];
const common = Object.entries(form.properties).filter(([name]) => name !== 'platform') as unknown as Named[];
const ofCompose = Object.entries(compose?.properties ?? {}).filter(([name]) => name !== 'name') as unknown as Named[];
const PLATFORM = { name: 'compose', api_token: '0123456789abcdef' };
const CONFIG = { platform: PLATFORM };

test('spec.json is what `npm run spec` writes', () => {
  expect(specification()).toEqual(spec);
});

test.each([
  [
    'at the top',
    Object.entries(form.properties) as unknown as Named[],
    [
      'platform',
      'start_date',
      'fail_on_refused_deployments',
      'num_workers',
      'lookback_window_seconds',
      'request_timeout_seconds',
    ],
  ],
  [
    'of Compose',
    Object.entries(compose?.properties ?? {}) as unknown as Named[],
    ['name', 'api_token', 'deployment_ids', 'include_connection_strings', 'page_size', 'base_url'],
  ],
])('the options %s, in the order of the form', (_, options, names) => {
  const byOrder = options.toSorted(([, one], [, other]) => one.order - other.order);
  expect(byOrder.map(([name]) => name)).toEqual(names);
  expect(new Set(options.map(([, { order }]) => order)).size).toBe(options.length);
});

test('a platform is chosen by a constant, and explains itself', () => {
  expect(form.required).toEqual(['platform']);
  expect(form.properties.platform).toMatchObject({ type: 'object', title: 'Platform' });
  for (const option of form.properties.platform.oneOf) {
    expect(option).toMatchObject({ type: 'object', title: expect.any(String) as string });
    expect(option.properties.name).toMatchObject({ type: 'string', const: expect.any(String) as string });
    expect(option.required).toContain('name');
  }
});

test('only the token is required, and only the token is a secret', () => {
  expect(compose?.required).toEqual(['name', 'api_token']);
  const secrets = [...common, ...ofCompose].filter(([, { airbyte_secret: secret }]) => secret === true);
  expect(secrets.map(([name]) => name)).toEqual(['api_token']);
});

describe.each([...common, ...ofCompose])('%s', (name, option) => {
  const isCommon = common.some(([each]) => each === name);
  const withValue = (value: unknown): object =>
    isCommon ? { ...CONFIG, [name]: value } : { platform: { ...PLATFORM, [name]: value } };

  test('explains itself', () => {
    expect(option.title).toMatch(/^[A-Z][^.]*$/);
    expect(option.description).toMatch(/^[A-Z].*\.$/);
  });

  test('has one plain type', () => {
    expect(['string', 'integer', 'boolean', 'array']).toContain(option['type']);
    if (option['type'] === 'array') expect(option['items']).toMatchObject({ type: 'string' });
  });

  test('says a pattern in words too', () => {
    expect('pattern_descriptor' in option).toBe('pattern' in option);
  });

  test('has examples and a default that form and connector take', () => {
    const valid = new Ajv({ strict: false, formats: { 'date-time': true } }).compile(option);
    for (const value of [...(option.examples ?? []), ...('default' in option ? [option.default] : [])]) {
      expect(valid(value), JSON.stringify(value)).toBe(true);
      expect(configSchema.safeParse(withValue(value)).success).toBe(true);
    }
    const config = configSchema.parse(CONFIG);
    const { [name]: without } = (isCommon ? config : config.platform) as Record<string, unknown>;
    // The form shows no empty list.
    const shown = Array.isArray(without) && without.length === 0 ? undefined : without;
    if (name !== 'api_token') expect(option.default).toEqual(shown);
  });
});

test('nothing that Airbyte cannot show', () => {
  const forbidden = ['$ref', 'not', 'anyOf', 'allOf', 'patternProperties', 'prefixItems', 'if', 'then', 'else'];
  const found: string[] = [];
  JSON.stringify(spec, (keyword, value: unknown) => {
    if ([...forbidden, 'dependentSchemas', 'dependentRequired'].includes(keyword)) found.push(keyword);
    if (keyword === 'additionalProperties' && value !== true) found.push(keyword);
    // The bounds that zod gives every integer.
    if (typeof value === 'number' && Math.abs(value) > 2 ** 40) found.push(`${keyword}: ${value}`);
    return value;
  });
  expect(found).toEqual([]);
});

test('the form is draft-07, and takes a full config and unknown keys', () => {
  const { $schema, ...schema } = form;
  expect($schema).toBe('http://json-schema.org/draft-07/schema#');
  const valid = new Ajv({ strict: false, formats: { 'date-time': true } }).compile(schema);
  const full = configSchema.parse(CONFIG);
  expect(valid({ ...full, start_date: '2018-08-22T00:00:00Z', __injected: 1 })).toBe(true);
  expect(valid({ platform: { ...full.platform, unknown: 1 } })).toBe(true);
  const wrongs = [
    {},
    PLATFORM,
    { ...CONFIG, num_workers: 33 },
    { platform: { ...PLATFORM, deployment_ids: ['x'] } },
    { platform: { ...PLATFORM, api_token: '' } },
    { platform: { ...PLATFORM, name: 'mongohq' } },
  ];
  for (const wrong of wrongs) expect(valid(wrong), JSON.stringify(wrong)).toBe(false);
});

test('the date pattern is the one that gives a date picker', () => {
  expect(form.properties.start_date).toMatchObject({ type: 'string', format: 'date-time' });
  expect('2018-08-22T00:00:00Z').toMatch(new RegExp(form.properties.start_date.pattern));
});
