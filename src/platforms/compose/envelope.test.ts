import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ParsedPage } from '../../core/stream/request.ts';
import type { Row } from '../../core/record/row.ts';
import { embeddedList, flatten, halObject } from './envelope.ts';

const list = (body: unknown): ParsedPage => embeddedList(body, 'backups', 'deployments/d1/backups');

test('the rows of a list are returned unchanged and in order', () => {
  const rows = [{ id: 'b' }, { id: 'a' }, null, 'odd'];
  expect(list({ _embedded: { backups: rows } })).toEqual({ rows, warnings: [] });
  expect(list({ _embedded: { backups: [] }, _links: {} })).toEqual({ rows: [], warnings: [] });
});

test('other lists in the body are ignored', () => {
  expect(list({ _embedded: { users: [1], backups: [2] } }).rows).toEqual([2]);
});

describe('a missing list', () => {
  test.each([
    ['no envelope', {}],
    ['an envelope that is null', { _embedded: null }],
    ['an empty envelope', { _embedded: {} }],
    ['a list that is null', { _embedded: { backups: null } }],
    ['errors that are null', { errors: null, _embedded: {} }],
  ])('counts as empty and causes a warning if the body has %s', (_, body) => {
    const { rows, warnings } = list(body);
    expect(rows).toEqual([]);
    expect(warnings).toEqual([
      'the response for deployments/d1/backups does not contain the list backups, so the list is treated as empty',
    ]);
  });
});

describe('an invalid body', () => {
  test.each([
    ['null', null, 'it is not an object'],
    ['a bare list', [{ id: 'b' }], 'it is not an object'],
    ['a string', 'hello', 'it is not an object'],
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
    ['an envelope that is a list', { _embedded: [] }, '_embedded is not an object'],
    ['an envelope that is a string', { _embedded: '' }, '_embedded is not an object'],
    ['a list that is an object', { _embedded: { backups: {} } }, '_embedded.backups is not a list'],
    ['a list that is false', { _embedded: { backups: false } }, '_embedded.backups is not a list'],
    ['another list instead', { _embedded: { snapshots: [] } }, 'it contains the list snapshots instead of backups'],
  ])('causes an error instead of counting as an empty list: %s', (_, body, detail) => {
    expect(() => list(body)).toThrow(
      expect.objectContaining({ problem: 'unexpected_body', failureType: 'system_error' }),
    );
    expect(() => list(body)).toThrow(detail);
    expect(() => list(body)).toThrow('deployments/d1/backups');
  });
});

test('a very long list name is not quoted in the error', () => {
  const name = 'x'.repeat(2_000_000);
  expect(() => list({ _embedded: { [name]: [] } })).toThrow('it contains the list … instead');
  expect(() => list({ _embedded: { [name]: [] } })).not.toThrow('xxx');
});

test('an object causes an error if it has none of the expected fields', () => {
  expect(halObject({ b: null }, 'x', ['a', 'b'])).toEqual({ b: null });
  expect(() => halObject({ c: 1 }, 'x', ['a', 'b'])).toThrow('it contains none of the fields a, b');
  expect(() => halObject(JSON.parse('{"__proto__":1}'), 'x', ['toString'])).toThrow('it contains none of the fields');
});

test('a link to a next page causes a warning, because the page is not read', () => {
  const { rows, warnings } = list({ _embedded: { backups: [1] }, _links: { next: { href: '/p2' } } });
  expect(rows).toEqual([1]);
  expect(warnings).toEqual([expect.stringContaining('more than one page')]);
  expect(list({ _embedded: { backups: [1] }, _links: { next: null } }).warnings).toEqual([]);
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
