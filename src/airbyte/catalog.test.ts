import { expect, test } from 'vitest';
import { catalogStream } from './catalog.ts';
import { recordSchema, text, timestamp } from '../core/fields.ts';
import { defineStream } from '../core/stream.ts';

const fields = { id: text('Id.'), created_at: timestamp('When it was made.') };
const plain = defineStream({
  name: 'parts',
  description: 'Parts.',
  reading: { kind: 'list', path: 'parts' },
  rows: () => ({ rows: [], warnings: [] }),
  fields,
});

test('a stream without a cursor offers a full refresh, and nothing that it has not', () => {
  expect(catalogStream(plain)).toEqual({
    name: 'parts',
    json_schema: recordSchema(fields),
    supported_sync_modes: ['full_refresh'],
  });
});

test('a primary key is offered as a path', () => {
  expect(catalogStream({ ...plain, primaryKey: 'id' }).source_defined_primary_key).toEqual([['id']]);
});

test('a stream with a cursor also offers incremental reads, by its own cursor, and can be resumed', () => {
  expect(catalogStream({ ...plain, primaryKey: 'id', cursorField: 'created_at' })).toEqual({
    name: 'parts',
    json_schema: recordSchema(fields),
    supported_sync_modes: ['full_refresh', 'incremental'],
    source_defined_cursor: true,
    default_cursor_field: ['created_at'],
    is_resumable: true,
    source_defined_primary_key: [['id']],
  });
});
