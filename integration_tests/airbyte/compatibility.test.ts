import { expect, test } from 'vitest';
import { catalogBreaks, narrowings } from './compatibility.ts';
import { type JsonSchema, putValue } from './json-schema.ts';
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
  ],
};

function changed<T extends object>(old: T, path: string, value: unknown): T {
  const copy = structuredClone(old);
  putValue(copy, path, value);
  return copy;
}

test.each<[string, string, unknown]>([
  ['an old option becomes required', 'required', ['token', 'size']],
  ['a number becomes an integer', 'properties.ratio.type', 'integer'],
  ['null is no longer allowed', 'properties.level.type', 'string'],
  ['only one type is allowed instead of any', 'properties.open.type', 'string'],
  ['an enum value is removed', 'properties.level.enum', ['low', null]],
  ['an item type changes', 'properties.ids.items.type', 'integer'],
  ['a limit becomes tighter', 'properties.size.maximum', 50],
  ['a limit is added', 'properties.ratio.minimum', 0],
  ['a pattern changes', 'properties.token.pattern', '^[0-9]{8}$'],
  ['a variant is removed', 'properties.sign_in', choice('key')],
  ['a type changes in a variant', 'properties.sign_in.oneOf.1.properties.a.type', 'integer'],
])('a config breaks if %s', (_what, path, value) => {
  expect(narrowings(oldSpec, changed(oldSpec, path, value))).toHaveLength(1);
});

test.each<[string, string, unknown]>([
  ['no option is required anymore', 'required', []],
  ['an option is added', 'properties.region', { type: 'string' }],
  ['null becomes allowed', 'properties.since.type', ['string', 'null']],
  ['an integer option accepts any number', 'properties.size.type', 'number'],
  ['an enum value is added', 'properties.level.enum', ['low', 'middle', 'high', null]],
  ['the order of the variants changes', 'properties.sign_in', choice('oauth', 'key')],
])('no config breaks if %s', (_what, path, value) => {
  expect(narrowings(oldSpec, changed(oldSpec, path, value))).toEqual([]);
});

const fields = 'streams.0.json_schema.properties';
test.each<[string, string, unknown]>([
  ['a stream is renamed', 'streams.0.name', 'events'],
  ['a field is removed', `${fields}.count`, undefined],
  ['the type of a field changes', `${fields}.id.type`, ['null', 'boolean']],
  ['a field can no longer be null', `${fields}.id.type`, 'string'],
  ['an integer becomes a number', `${fields}.count.type`, ['null', 'number']],
  ['a format is removed', `${fields}.created_at.format`, undefined],
  ['the cursor changes', 'streams.0.default_cursor_field', ['id']],
  ['the primary key changes', 'streams.0.source_defined_primary_key', [['count']]],
  ['a sync mode is removed', 'streams.0.supported_sync_modes', ['full_refresh']],
])('a connection breaks if %s', (_what, path, value) => {
  expect(catalogBreaks(oldCatalog, changed(oldCatalog, path, value))).toHaveLength(1);
});

test('no connection breaks if streams and fields are added', () => {
  const more = changed(oldCatalog, 'streams.1', { ...oldCatalog.streams[0], name: 'teams' });
  expect(catalogBreaks(oldCatalog, changed(more, `${fields}.more`, { type: ['null', 'string'] }))).toEqual([]);
});
