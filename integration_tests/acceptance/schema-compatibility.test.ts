import { expect, test } from 'vitest';
import { brokenConfigs } from './checks-spec.ts';
import { configsOf } from './config-samples.ts';
import { putValue } from './put-value.ts';
import { narrowings } from './schema-compatibility.ts';
import type { JsonSchema } from './schema-nodes.ts';
import { validatorOf } from './schema-validator.ts';

const choice = (...names: string[]): object => ({
  type: 'object',
  oneOf: names.map((name) => ({ type: 'object', properties: { kind: { const: name }, a: { type: 'string' } } })),
});
const previous: JsonSchema = {
  type: 'object',
  required: ['token'],
  properties: {
    token: { type: 'string', pattern: '^[0-9a-f]{8}$' },
    level: { type: ['string', 'null'], enum: ['low', 'high', null] },
    since: { type: 'string', format: 'date-time' },
    size: { type: 'integer', minimum: 1, maximum: 100 },
    ratio: { type: 'number' },
    open: {},
    ids: { type: 'array', items: { type: 'string' } },
    sign_in: choice('key', 'oauth'),
  },
};

function changed(path: string, value: unknown): JsonSchema {
  const copy = structuredClone(previous);
  putValue(copy, path, value);
  return copy;
}

const breaks: [what: string, path: string, value: unknown][] = [
  ['an old option becomes required', 'required', ['token', 'size']],
  ['a new option is required', 'required', ['token', 'region']],
  ['another type', 'properties.size.type', 'string'],
  ['a number becomes an integer', 'properties.ratio.type', 'integer'],
  ['null is gone', 'properties.level.type', 'string'],
  ['any type becomes one', 'properties.open.type', 'string'],
  ['a value of an enum is gone', 'properties.level.enum', ['low', null]],
  ['an enum where there was none', 'properties.since.enum', ['2020-01-01T00:00:00Z']],
  ['another type of items', 'properties.ids.items.type', 'integer'],
  ['a variant is gone', 'properties.sign_in', choice('key')],
  ['another type in a variant', 'properties.sign_in.oneOf.1.properties.a.type', 'integer'],
];

test.each(breaks)('%s: that is a break', (_what, path, value) => {
  expect(narrowings(previous, changed(path, value))).toHaveLength(1);
});

const widenings: [what: string, path: string, value: unknown][] = [
  ['nothing changes', 'type', 'object'],
  ['nothing is required any more', 'required', []],
  ['a new option', 'properties.region', { type: 'string' }],
  ['null is let in', 'properties.since.type', ['string', 'null']],
  ['an integer may be a number', 'properties.size.type', 'number'],
  ['a new value in an enum', 'properties.level.enum', ['low', 'middle', 'high', null]],
  ['the enum is gone', 'properties.level.enum', undefined],
  ['the variants change places', 'properties.sign_in', choice('oauth', 'key')],
];

test.each(widenings)('%s: that is no break', (_what, path, value) => {
  expect(narrowings(previous, changed(path, value))).toEqual([]);
  expect(brokenConfigs(previous, changed(path, value))).toEqual([]);
});

test('a hundred configs are made up, valid, different, and always the same', () => {
  const configs = configsOf(previous, 100);
  const validate = validatorOf(previous);
  expect(configs.flatMap(validate)).toEqual([]);
  expect(new Set(configs.map((config) => JSON.stringify(config))).size).toBeGreaterThan(90);
  expect(configsOf(previous, 100)).toEqual(configs);
});

test('a tighter limit, which no comparison sees, is found by trying old configs', () => {
  expect(brokenConfigs(previous, changed('properties.size.maximum', 50))).toHaveLength(1);
});
