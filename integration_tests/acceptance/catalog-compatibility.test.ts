import { expect, test } from 'vitest';
import { catalogBreaks } from './catalog-compatibility.ts';
import { fakeSource } from './fake-source.ts';
import type { DiscoveredCatalog } from './catalog-schema.ts';
import { putValue } from './put-value.ts';

const previous = fakeSource().catalog as unknown as DiscoveredCatalog;

function changed(path: string, value: unknown): DiscoveredCatalog {
  const copy = structuredClone(previous);
  putValue(copy, path, value);
  return copy;
}

const fields = 'streams.0.json_schema.properties';
const breaks: [what: string, path: string, value: unknown][] = [
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

test.each(breaks)('%s: that is a break', (_what, path, value) => {
  expect(catalogBreaks(previous, changed(path, value))).toHaveLength(1);
});

test('new streams, new fields and new sync modes are no break', () => {
  const more = changed('streams.2', { ...previous.streams[1], name: 'teams' });
  putValue(more, `${fields}.more`, { type: ['null', 'string'] });
  putValue(more, 'streams.1.supported_sync_modes', ['full_refresh', 'incremental']);
  expect(catalogBreaks(previous, more)).toEqual([]);
});
