import { expect, test } from 'vitest';
import { text, timestamp } from './fields.ts';
import type { ParsedPage, Request } from './request.ts';
import { cursorFieldOf, keyFieldOf, streamsOf } from './stream.ts';

interface Shared {
  name: string;
}

const declare = streamsOf<Shared>();
const common = { name: 'parts', description: 'Parts.' };
const fields = { id: text('Id.'), created_at: timestamp('When it was made.') };
const rows = (): ParsedPage => ({ rows: [] });
const request = (): Request => ({ path: 'parts' });
const partitions = async (): Promise<{ chosen: []; all: undefined }> => ({ chosen: [], all: undefined });
const once = { way: 'once', request, rows } as const;

test('the key and cursor fields of a stream are taken from its declaration', () => {
  const parts = declare({ ...common, fields, primaryKey: 'id', startDateField: 'created_at', retrieval: once });
  expect(keyFieldOf(parts)).toBe('id');
  expect(cursorFieldOf(parts)).toBeUndefined();
});

test('a declaration can refer only to declared fields', () => {
  // @ts-expect-error The primary key is not declared.
  declare({ ...common, fields, primaryKey: 'key', retrieval: once });
  // @ts-expect-error A part of the generated key is not declared.
  declare({ ...common, fields, primaryKey: { field: 'id', madeOf: ['made_at'], needs: [] }, retrieval: once });
  // @ts-expect-error A required part of the generated key is not declared.
  declare({ ...common, fields, primaryKey: { field: 'id', madeOf: ['id'], needs: ['made_at'] }, retrieval: once });
  // @ts-expect-error The start date field is not declared.
  declare({ ...common, fields, primaryKey: 'id', startDateField: 'made_at', retrieval: once });
  const byPartition = { way: 'partition', partitions, request, rows } as const;
  const isFinal = (): boolean => true;
  const good = declare({
    ...common,
    fields,
    primaryKey: 'id',
    retrieval: { ...byPartition, cursorField: 'created_at', isFinal },
  });
  expect(cursorFieldOf(good)).toBe('created_at');
  declare({
    ...common,
    fields,
    primaryKey: 'id',
    // @ts-expect-error The cursor field of the partitions is not declared.
    retrieval: { ...byPartition, cursorField: 'made_at', isFinal },
  });
  declare({
    ...common,
    fields,
    primaryKey: 'id',
    // @ts-expect-error The cursor field of the newest-first list is not declared.
    retrieval: { way: 'newest-first', cursorField: 'made_at', path: 'parts', query: () => ({}), rows },
  });
});

test('a declaration must match its way of reading', () => {
  // @ts-expect-error A stream that is read once has no partitions.
  declare({ ...common, fields, primaryKey: 'id', retrieval: { way: 'once', request, rows, partitions } });
  // @ts-expect-error The request is missing.
  declare({ ...common, fields, primaryKey: 'id', retrieval: { way: 'once', rows } });
  // @ts-expect-error There is no retrieval named `twice`.
  declare({ ...common, fields, primaryKey: 'id', retrieval: { way: 'twice', request, rows } });
});
