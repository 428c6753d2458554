import { expect, test } from 'vitest';
import { SHAPES } from '../faults/fault.ts';
import { list, open, spoil } from './envelope.ts';

const teams = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];

const spoiled = (shape: (typeof SHAPES)[number], row = 0): unknown =>
  spoil(JSON.parse(list('teams', teams).body), shape, row);

test.each([
  ['no-embedded', {}],
  ['embedded-list', { _embedded: teams }],
  ['list-missing', { _embedded: {} }],
  ['list-null', { _embedded: { teams: null } }],
  ['list-object', { _embedded: { teams: { 0: { id: 'a' }, 1: { id: 'b' }, 2: { id: 'c' } } } }],
  ['other-list', { _embedded: { other_teams: teams } }],
  ['body-list', teams],
  ['body-null', null],
  ['row-null', { _embedded: { teams: [null, { id: 'b' }, { id: 'c' }] } }],
  ['row-without-key', { _embedded: { teams: [{}, { id: 'b' }, { id: 'c' }] } }],
  // Compose has no links to next pages that could be spoiled.
  ['next-repeated', { _embedded: { teams } }],
  ['next-unknown', { _embedded: { teams } }],
  ['next-foreign', { _embedded: { teams } }],
  ['next-dropped', { _embedded: { teams } }],
  ['next-endless', { _embedded: { teams } }],
  ['next-link', { _embedded: { teams }, _links: { next: { href: expect.any(String), templated: true } } }],
] as const)('%s', (shape, expected) => {
  expect(spoiled(shape)).toEqual(expected);
});

test('the table above has every shape', () => {
  expect(SHAPES.length).toBe(16);
});

test('another row can be spoiled, the last one at most', () => {
  expect(spoiled('row-null', 1)).toEqual({ _embedded: { teams: [{ id: 'a' }, null, { id: 'c' }] } });
  expect(spoiled('row-null', 9)).toEqual({ _embedded: { teams: [{ id: 'a' }, { id: 'b' }, null] } });
});

test.each([
  ['applications', { type: 'redis', status: 'stable' }, { status: 'stable' }],
  ['datacenters', { slug: 'aws:x', region: 'x' }, { region: 'x' }],
  ['roles', { name: 'admin', users: [] }, { users: [] }],
])('a row of %s loses the key it has', (name, row, expected) => {
  const body: unknown = JSON.parse(list(name, [row]).body);
  expect(spoil(body, 'row-without-key', 0)).toEqual({ _embedded: { [name]: [expected] } });
});

test('an empty list gets a bad row, an object a bad body', () => {
  expect(spoil({ _embedded: { teams: [] } }, 'row-null', 0)).toEqual({ _embedded: { teams: [null] } });
  expect(spoil({ used_units: 1 }, 'body-list', 0)).toEqual([{ used_units: 1 }]);
});

test('what stands beside the list stays when rows are rewritten', () => {
  const opened = open({ summary: 'critical: ü', _embedded: { alerts: [{ status: 'critical' }] } });
  expect([opened.rows, opened.key]).toEqual([[{ status: 'critical' }], 'id']);
  expect(opened.close(['1', '[]'])).toBe(String.raw`{"summary":"critical: \u00fc","_embedded":{"alerts":[1,[]]}}`);
});
