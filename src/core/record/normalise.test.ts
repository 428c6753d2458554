import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalogStream } from '../../airbyte/commands/discover.ts';
import type { JsonSchema } from '../stream/json-schema.ts';
import { boolean, integer, listOfObjects, listOfTexts, number, object, text, timestamp } from '../stream/fields.ts';
import { Normaliser } from './normalise.ts';
import type { Row } from './row.ts';
import type { Stream } from '../stream/stream.ts';

const plain: Stream = {
  name: 'parts',
  description: 'Parts.',
  retrieval: { way: 'once', request: () => ({ path: 'parts' }), rows: () => ({ rows: [] }) },
  primaryKey: 'id',
  fields: {
    id: text('Id.'),
    deployment_id: text('Its deployment.'),
    units: integer('Units.'),
    amount: number('Amount.'),
    shared: boolean('Whether it is shared.'),
    created_at: timestamp('When it was made.'),
    data: object('Details.'),
    tags: listOfTexts('Tags.'),
    users: listOfObjects('Users.', { id: text('Id.') }),
  },
};
const keyed: Stream = {
  ...plain,
  primaryKey: { field: 'id', madeOf: ['deployment_id', 'name'], needs: ['deployment_id', 'name'] },
};
const keyedByName: Stream = { ...keyed, fields: { ...plain.fields, name: text('Name.') } };

const OF_D1: Row = { deployment_id: 'd1' };

/** Returns the printed row, the fields that were set to null, and the undeclared fields. */
function normalised(row: Row, fields?: Row, definition = plain): { row: Row; nulled: unknown; unknown: string[] } {
  const unknown: string[] = [];
  const nulled = new Normaliser(definition, (field) => unknown.push(field)).normalise(row, fields);
  return { row: JSON.parse(JSON.stringify(row)) as Row, nulled, unknown };
}

test('values are converted as declared; values that do not fit are set to null and reported', () => {
  const row = { id: 7, units: '3', amount: 'much', shared: 'true', created_at: '2017-08-30T12:46:29Z', data: 'x' };
  expect(normalised(row)).toEqual({
    row: { id: '7', units: 3, amount: null, shared: true, created_at: '2017-08-30T12:46:29.000Z', data: null },
    nulled: ['amount', 'data'],
    unknown: [],
  });
});

test('nulls and empty number fields become null without a report', () => {
  const { row, nulled } = normalised({ id: 'a', units: '', amount: null, data: null });
  expect(row).toEqual({ id: 'a', units: null, amount: null, data: null });
  expect(nulled).toBeUndefined();
});

test('the contents of objects and lists are not changed', () => {
  const inside = { users: [{ id: 7, at: '2017-08-30T12:46:29Z' }], data: { id: 7, _links: {}, _embedded: { a: [] } } };
  expect(normalised(structuredClone(inside)).row).toEqual(inside);
});

test.each([undefined, null, '', 7, 'd2'])(
  'the deployment id is always set, even if the API returns %j',
  (deployment_id) => {
    expect(normalised({ deployment_id }, OF_D1).row).toEqual({ deployment_id: 'd1' });
  },
);

describe('a generated key', () => {
  test('a generated key is made of converted values', () => {
    expect(normalised({ name: 'admin' }, OF_D1, keyed).row['id']).toBe('d1/admin');
  });

  test('a generated key is undefined if the row lacks a part of it', () => {
    expect(normalised({ name: null, id: 'theirs' }, OF_D1, keyed).row).not.toHaveProperty('id');
  });
});

test('a generated key may contain fields that are not emitted', () => {
  const row = { deployment_id: 'd1', name: 'admin' };
  expect(normalised(row, undefined, { ...keyed, dropped: ['name'] }).row).toEqual({ deployment_id: 'd1' });
});

const times = ['2017-08-30T12:46:29Z', '2017-01-05T15:23:46.853-05:00'];
const likely = fc.constantFrom<unknown>('', ' 7 ', '7.5', 'true', ...times, 1e300, 2 ** 60, [], {});
const names = fc.oneof(fc.constantFrom(...Object.keys(plain.fields)), fc.string());
const anyRow = fc.dictionary(names, fc.oneof(fc.jsonValue({ maxDepth: 2 }), likely)).map((row) => JSON.stringify(row));

test('any row conforms to its schema: declared values fit or become null, and other values are unchanged', () => {
  const allows = new Ajv({ strict: false, validateFormats: false }).compile(topLevel(catalogStream(plain).json_schema));
  fc.assert(
    fc.property(anyRow, (json) => {
      const before = JSON.parse(json) as Row;
      const { row, nulled, unknown } = normalised(JSON.parse(json) as Row);
      expect(allows(row)).toBe(true);
      expect(Object.keys(row)).toEqual(Object.keys(before));
      expect(unknown).toEqual(Object.keys(before).filter((field) => !isDeclared(field) && before[field] !== null));
      const unfit: string[] = [];
      for (const [field, value] of Object.entries(before)) {
        if (!isDeclared(field)) expect(row[field]).toEqual(value);
        else if (row[field] === null && value !== null && !isBlankNumber(field, value)) unfit.push(field);
      }
      expect(nulled ?? []).toEqual(unfit);
    }),
    { numRuns: 500 },
  );
});

test('only declared fields are emitted, and other fields are reported unless they are null or known to be dropped', () => {
  const dropped = ['known', 'toString', '__proto__'];
  const field = fc.oneof(names, fc.constantFrom(...dropped, 'constructor', 'valueOf'));
  const value = fc.oneof(fc.jsonValue({ maxDepth: 1 }), likely);
  fc.assert(
    fc.property(
      fc.dictionary(field, value).map((row) => JSON.stringify(row)),
      (json) => {
        const before = JSON.parse(json) as Row;
        const { row, unknown } = normalised(JSON.parse(json) as Row, undefined, { ...plain, dropped });
        expect(Object.keys(row)).toEqual(Object.keys(before).filter(isDeclared));
        expect(unknown).toEqual(
          Object.keys(before).filter((name) => !isDeclared(name) && !dropped.includes(name) && before[name] !== null),
        );
        // Declared fields are emitted in the same way as without `dropped`.
        const kept = Object.entries(normalised(JSON.parse(json) as Row).row).filter(([name]) => isDeclared(name));
        expect(Object.entries(row)).toEqual(kept);
      },
    ),
    { numRuns: 500 },
  );
});

/** Removes the properties of objects and lists from the schema, because their contents are emitted unchanged. */
function topLevel(schema: JsonSchema): JsonSchema {
  const properties = Object.entries(schema['properties'] as Record<string, JsonSchema>);
  return { ...schema, properties: Object.fromEntries(properties.map(([name, { type }]) => [name, { type }])) };
}

function isDeclared(field: string): boolean {
  return Object.hasOwn(plain.fields, field);
}

function isBlankNumber(field: string, value: unknown): boolean {
  return ['units', 'amount'].includes(field) && typeof value === 'string' && value.trim() === '';
}

describe('a number of 2^53 or more', () => {
  test.each([2 ** 53, -(2 ** 53), 1e300])('the number %d becomes null in a text or integer field', (number) => {
    expect(normalised({ id: number, units: number })).toMatchObject({
      row: { id: null, units: null },
      nulled: ['id', 'units'],
    });
    expect(normalised({ name: number }, OF_D1, keyedByName).row).not.toHaveProperty('id');
  });

  test('a number below 2^53 is accepted in any field, and a larger number only in a number field', () => {
    expect(normalised({ id: 2 ** 53 - 1, amount: 2 ** 60 })).toMatchObject({
      row: { id: '9007199254740991', amount: 2 ** 60 },
      nulled: undefined,
    });
  });
});
