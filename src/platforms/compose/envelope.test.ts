import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Row } from '../../core/record/row.ts';
import { embeddedList, flatten, halObject } from './envelope.ts';

const list = (body: unknown): unknown[] => embeddedList(body, 'backups', 'deployments/d1/backups');

test('the rows of a list are returned unchanged and in order', () => {
  const rows = [{ id: 'b' }, { id: 'a' }, null, 'odd'];
  expect(list({ _embedded: { backups: rows } })).toEqual(rows);
  expect(list({ _embedded: { backups: [] }, _links: {} })).toEqual([]);
});

test('other lists in the body are ignored', () => {
  expect(list({ _embedded: { users: [1], backups: [2] } })).toEqual([2]);
});

const NO_LIST = '_embedded.backups is missing or not a list';

describe('an invalid body', () => {
  test.each([
    ['null', null, 'it is not an object'],
    ['a bare list', [{ id: 'b' }], 'it is not an object'],
    ['a text', 'hello', 'it is not an object'],
    ['an error text', { errors: 'invalid_token' }, 'the API reports "invalid_token"'],
    [
      'errors in addition to a list',
      { errors: { limit: ['bad'] }, _embedded: { backups: [] } },
      'the API reports "limit: bad"',
    ],
    ['errors without text', { errors: [], _embedded: { backups: [] } }, 'the API reports an unknown error'],
    ['errors without a field', { errors: {}, _embedded: { backups: [] } }, 'the API reports an unknown error'],
    ['an error text that is empty', { errors: '', _embedded: { backups: [] } }, 'the API reports an unknown error'],
    ['errors that are false', { errors: false, _embedded: { backups: [] } }, 'the API reports "false"'],
    ['no envelope', {}, NO_LIST],
    ['an envelope that is null', { _embedded: null }, NO_LIST],
    ['an envelope that is a list', { _embedded: [] }, NO_LIST],
    ['an envelope that is a string', { _embedded: '' }, NO_LIST],
    ['a list that is null', { _embedded: { backups: null } }, NO_LIST],
    ['a list that is an object', { _embedded: { backups: {} } }, NO_LIST],
    ['another list instead', { _embedded: { snapshots: [] } }, NO_LIST],
    ['a link to a second page', { _embedded: { backups: [1] }, _links: { next: { href: '/p2' } } }, 'a second page'],
  ])('causes an error instead of counting as an empty list: %s', (_, body, detail) => {
    expect(() => list(body)).toThrow(
      expect.objectContaining({ problem: 'unexpected_body', failureType: 'system_error' }),
    );
    expect(() => list(body)).toThrow(detail);
    expect(() => list(body)).toThrow('deployments/d1/backups');
  });
});

test('an object causes an error if it has none of the expected fields', () => {
  expect(halObject({ b: null }, 'x', ['a', 'b'])).toEqual({ b: null });
  expect(() => halObject({ c: 1 }, 'x', ['a', 'b'])).toThrow('it does not have any of the fields a, b');
  expect(() => halObject(JSON.parse('{"__proto__":1}'), 'x', ['toString'])).toThrow(
    'it does not have any of the fields',
  );
});

test('halObject returns an object unchanged unless it reports an error', () => {
  expect(halObject({ id: 'd1' }, 'deployments/d1')).toEqual({ id: 'd1' });
  expect(() => halObject({ errors: 'gone' }, 'deployments/d1')).toThrow('gone');
  expect(() => halObject([], 'deployments/d1')).toThrow('it is not an object');
});

/** The row after serialization. */
const flat = (row: Row): unknown => JSON.parse(JSON.stringify(flatten(row)));

test('links are removed, and embedded lists become fields of the row', () => {
  const row = { id: 'a', _links: { self: { href: '/a{?embed}' } }, _embedded: { users: [{ id: 'u' }], other: [1] } };
  expect(flat(row)).toEqual({ id: 'a', users: [{ id: 'u' }], other: [1] });
  expect(flat({ id: 'a', _links: null, _embedded: null })).toEqual({ id: 'a' });
  expect(flat({ id: 'a', _embedded: 'x' })).toEqual({ id: 'a' });
});

test('nested objects and lists keep their links and envelopes', () => {
  const inside = { users: [{ id: 7, _links: {} }], data: { id: 7, _links: {}, _embedded: { a: [] } } };
  expect(flat(structuredClone(inside))).toEqual(inside);
});

test('a row keeps its own fields, and an embedded list becomes a field only if the row lacks that field', () => {
  const fields = fc.dictionary(fc.constantFrom('id', 'users', 'teams', 'data'), fc.jsonValue({ maxDepth: 2 }));
  fc.assert(
    fc.property(fields, fields, (own, lists) => {
      const row = JSON.parse(JSON.stringify({ ...own, _links: {}, _embedded: lists })) as Row;
      const expected: Row = { ...own };
      for (const [name, list] of Object.entries(lists)) expected[name] = own[name] ?? list;
      expect(flat(row)).toEqual(JSON.parse(JSON.stringify(expected)));
    }),
  );
});
