import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import spec from '../spec.json' with { type: 'json' };
import { configSchema } from '../src/platforms/compose/config.ts';
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
const options = Object.entries(form.properties) as unknown as [name: string, option: Option][];
const TOKEN = { api_token: '0123456789abcdef' };

test('spec.json is what `npm run spec` writes', () => {
  expect(specification()).toEqual(spec);
});

test('the options, in the order of the form', () => {
  const byOrder = options.toSorted(([, one], [, other]) => one.order - other.order);
  expect(byOrder.map(([name]) => name)).toEqual([
    'api_token',
    'deployment_ids',
    'start_date',
    'include_connection_strings',
    'fail_on_refused_deployments',
    'num_workers',
    'page_size',
    'lookback_window_seconds',
    'request_timeout_seconds',
    'base_url',
  ]);
  expect(new Set(options.map(([, { order }]) => order)).size).toBe(options.length);
});

test('only the token is required, and only the token is a secret', () => {
  expect(form.required).toEqual(['api_token']);
  expect(options.filter(([, { airbyte_secret }]) => airbyte_secret === true).map(([name]) => name)).toEqual([
    'api_token',
  ]);
});

describe.each(options)('%s', (name, option) => {
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
      expect(configSchema.safeParse({ ...TOKEN, [name]: value }).success).toBe(true);
    }
    const { [name]: without } = configSchema.parse(TOKEN) as Record<string, unknown>;
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
  expect(valid({ ...configSchema.parse(TOKEN), start_date: '2018-08-22T00:00:00Z', __injected: 1 })).toBe(true);
  for (const wrong of [{}, { ...TOKEN, num_workers: 33 }, { ...TOKEN, deployment_ids: ['x'] }, { api_token: '' }]) {
    expect(valid(wrong), JSON.stringify(wrong)).toBe(false);
  }
});

test('the date pattern is the one that gives a date picker', () => {
  expect(form.properties.start_date).toMatchObject({ type: 'string', format: 'date-time' });
  expect('2018-08-22T00:00:00Z').toMatch(new RegExp(form.properties.start_date.pattern));
});
