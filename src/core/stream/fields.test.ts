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
  text,
  timestamp,
} from './fields.ts';

const inside = { id: text('Id.') };

test.each<[string, Field, FieldKind, Record<string, Field> | undefined]>([
  ['text', text('D.'), 'text', undefined],
  ['integer', integer('D.'), 'integer', undefined],
  ['number', number('D.'), 'number', undefined],
  ['boolean', boolean('D.'), 'boolean', undefined],
  ['timestamp', timestamp('D.'), 'timestamp', undefined],
  ['object', object('D.', inside), 'object', inside],
  ['an object of which nothing is known', object('D.'), 'object', {}],
  ['listOfObjects', listOfObjects('D.', inside), 'list', inside],
  ['listOfTexts', listOfTexts('D.'), 'list', undefined],
])('%s is declared with its kind, its description, and what is known of its inside', (_, field, kind, properties) => {
  expect(field.kind).toBe(kind);
  expect(field.description).toBe('D.');
  expect(field.properties).toEqual(properties);
});
