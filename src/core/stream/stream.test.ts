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
const rows = (): ParsedPage => ({ rows: [], warnings: [] });
const request = (): Request => ({ path: 'parts' });
const partitions = async (): Promise<{ chosen: []; all: undefined }> => ({ chosen: [], all: undefined });
const once = { way: 'once', request, rows } as const;

test('a stream is its declaration', () => {
  const parts = declare({ ...common, fields, primaryKey: 'id', startDateField: 'created_at', retrieval: once });
  expect(keyFieldOf(parts)).toBe('id');
  expect(cursorFieldOf(parts)).toBeUndefined();
});

test('fields must be declared wherever they are named', () => {
  // @ts-expect-error primary key
  declare({ ...common, fields, primaryKey: 'key', retrieval: once });
  // @ts-expect-error parts of a made key
  declare({ ...common, fields, primaryKey: { field: 'id', madeOf: ['made_at'], needs: [] }, retrieval: once });
  // @ts-expect-error needed parts of a made key
  declare({ ...common, fields, primaryKey: { field: 'id', madeOf: ['id'], needs: ['made_at'] }, retrieval: once });
  // @ts-expect-error start date
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
    // @ts-expect-error cursor of partitions
    retrieval: { ...byPartition, cursorField: 'made_at', isFinal },
  });
  declare({
    ...common,
    fields,
    primaryKey: 'id',
    // @ts-expect-error cursor of a newest-first list
    retrieval: { way: 'newest-first', cursorField: 'made_at', request, rows },
  });
});

test('a declaration has no members that belong to another way of reading', () => {
  // @ts-expect-error once has no partitions
  declare({ ...common, fields, primaryKey: 'id', retrieval: { way: 'once', request, rows, partitions } });
  // @ts-expect-error a request is missing
  declare({ ...common, fields, primaryKey: 'id', retrieval: { way: 'once', rows } });
  // @ts-expect-error there is no such way
  declare({ ...common, fields, primaryKey: 'id', retrieval: { way: 'twice', request, rows } });
});
