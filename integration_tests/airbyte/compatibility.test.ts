import { expect, test } from 'vitest';
import { brokenConfigs, catalogBreaks, configsOf, narrowings } from './compatibility.ts';
import { type JsonSchema, putValue, validatorOf } from './json-schema.ts';
import type { DiscoveredCatalog } from './messages.ts';

const choice = (...names: string[]): object => ({
  type: 'object',
  oneOf: names.map((name) => ({ type: 'object', properties: { kind: { const: name }, a: { type: 'string' } } })),
});
const oldSpec: JsonSchema = {
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

function changedSpec(path: string, value: unknown): JsonSchema {
  const copy = structuredClone(oldSpec);
  putValue(copy, path, value);
  return copy;
}

const specBreaks: [what: string, path: string, value: unknown][] = [
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

test.each(specBreaks)('%s: that is a break', (_what, path, value) => {
  expect(narrowings(oldSpec, changedSpec(path, value))).toHaveLength(1);
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
  expect(narrowings(oldSpec, changedSpec(path, value))).toEqual([]);
  expect(brokenConfigs(oldSpec, changedSpec(path, value))).toEqual([]);
});

test('a hundred configs are made up, valid, different, and always the same', () => {
  const configs = configsOf(oldSpec, 100);
  const validate = validatorOf(oldSpec);
  expect(configs.flatMap(validate)).toEqual([]);
  expect(new Set(configs.map((config) => JSON.stringify(config))).size).toBeGreaterThan(90);
  expect(configsOf(oldSpec, 100)).toEqual(configs);
});

test('a tighter limit, which no comparison sees, is found by trying old configs', () => {
  expect(brokenConfigs(oldSpec, changedSpec('properties.size.maximum', 50))).toHaveLength(1);
});

const oldCatalog: DiscoveredCatalog = {
  streams: [
    {
      name: 'audit_events',
      json_schema: {
        type: 'object',
        properties: {
          id: { type: ['null', 'string'] },
          count: { type: ['null', 'integer'] },
          created_at: { type: ['null', 'string'], format: 'date-time' },
        },
      },
      supported_sync_modes: ['full_refresh', 'incremental'],
      default_cursor_field: ['created_at'],
      source_defined_primary_key: [['id']],
    },
    {
      name: 'clusters',
      json_schema: { type: 'object', properties: { title: { type: ['null', 'string'] } } },
      supported_sync_modes: ['full_refresh'],
    },
  ],
};

function changedCatalog(path: string, value: unknown): DiscoveredCatalog {
  const copy = structuredClone(oldCatalog);
  putValue(copy, path, value);
  return copy;
}

const fields = 'streams.0.json_schema.properties';
const catalogBreakages: [what: string, path: string, value: unknown][] = [
  ['a stream has another name', 'streams.0.name', 'events'],
  ['a field is gone', `${fields}.count`, undefined],
  ['a field has another type', `${fields}.id.type`, ['null', 'boolean']],
  ['a field cannot be null any more', `${fields}.id.type`, 'string'],
  ['an integer becomes a number', `${fields}.count.type`, ['null', 'number']],
  ['a format is gone', `${fields}.created_at.format`, undefined],
  ['another cursor', 'streams.0.default_cursor_field', ['id']],
  ['another primary key', 'streams.0.source_defined_primary_key', [['count']]],
  ['a stream gets a primary key', 'streams.1.source_defined_primary_key', [['title']]],
  ['a sync mode is gone', 'streams.0.supported_sync_modes', ['full_refresh']],
];

test.each(catalogBreakages)('%s: that is a break', (_what, path, value) => {
  expect(catalogBreaks(oldCatalog, changedCatalog(path, value))).toHaveLength(1);
});

test('new streams, new fields and new sync modes are no break', () => {
  const more = changedCatalog('streams.2', { ...oldCatalog.streams[1], name: 'teams' });
  putValue(more, `${fields}.more`, { type: ['null', 'string'] });
  putValue(more, 'streams.1.supported_sync_modes', ['full_refresh', 'incremental']);
  expect(catalogBreaks(oldCatalog, more)).toEqual([]);
});
