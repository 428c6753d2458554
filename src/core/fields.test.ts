import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import {
  type Field,
  type FieldKind,
  boolean,
  integer,
  listOfObjects,
  listOfTexts,
  number,
  object,
  recordSchema,
  text,
  timestamp,
} from './fields.ts';

const cases: Array<[string, Field, FieldKind, string, unknown[]]> = [
  ['text', text('D.'), 'text', 'string', ['', 'a']],
  ['integer', integer('D.'), 'integer', 'integer', [0, -7]],
  ['number', number('D.'), 'number', 'number', [0.5, 3]],
  ['boolean', boolean('D.'), 'boolean', 'boolean', [true, false]],
  ['timestamp', timestamp('D.'), 'timestamp', 'string', ['2017-08-30T12:46:29.000Z']],
  ['object', object('D.', { id: text('Id.') }), 'object', 'object', [{}, { id: null, more: 1 }, { id: 'a' }]],
  ['listOfObjects', listOfObjects('D.', { id: text('Id.') }), 'list', 'array', [[], [{ id: 'a', more: 1 }, null]]],
  ['listOfTexts', listOfTexts('D.'), 'list', 'array', [[], ['a', null]]],
];

test.each(cases)('%s is declared with one type or null, and with its description', (_, field, kind, type) => {
  expect(field.kind).toBe(kind);
  expect(field.schema).toMatchObject({ type: ['null', type], description: 'D.' });
});

test.each(cases)('%s allows null, and what it is for', (_, field, __, ___, values) => {
  const allows = new Ajv({ strict: false, validateFormats: false }).compile(recordSchema({ field }));
  for (const value of [null, ...values]) expect(allows({ field: value })).toBe(true);
  expect(allows({ field: Symbol('neither') })).toBe(false);
});

test('a timestamp tells destinations that it has a time zone', () => {
  expect(timestamp('D.').schema).toMatchObject({ format: 'date-time', airbyte_type: 'timestamp_with_timezone' });
});

test('what is known of the inside of objects and lists is declared, and more may stand in them', () => {
  const inside = { type: ['null', 'object'], additionalProperties: true, properties: { id: text('Id.').schema } };
  expect(object('D.', { id: text('Id.') }).schema).toMatchObject(inside);
  expect(listOfObjects('D.', { id: text('Id.') }).schema['items']).toEqual(inside);
});

test('a record may have more fields than are declared, and lack any that is', () => {
  const schema = recordSchema({ b: text('B.'), a: integer('A.') });
  expect(schema).toMatchObject({ type: 'object', additionalProperties: true });
  expect(schema).not.toHaveProperty('required');
  expect(Object.keys(schema['properties'] as object)).toEqual(['b', 'a']);
  const allows = new Ajv({ strict: false }).compile(schema);
  expect(allows({})).toBe(true);
  expect(allows({ c: [] })).toBe(true);
  expect(allows({ a: 'x' })).toBe(false);
});
