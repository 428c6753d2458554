import { expect, test } from 'vitest';
import { json, list } from '../http/answers.ts';
import { SHAPES } from './fault.ts';
import { spoilEnvelope } from './envelope-faults.ts';

const teams = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];

const spoiled = (shape: (typeof SHAPES)[number], row = 0): unknown =>
  JSON.parse(spoilEnvelope(list('teams', teams), shape, row).body);

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
  ['next-link', { _embedded: { teams }, _links: { next: { href: expect.any(String), templated: true } } }],
] as const)('%s', (shape, expected) => {
  expect(spoiled(shape)).toEqual(expected);
});

test('the table above has every shape', () => {
  expect(SHAPES.length).toBe(11);
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
  const { body } = spoilEnvelope(list(name, [row]), 'row-without-key', 0);
  expect(JSON.parse(body)).toEqual({ _embedded: { [name]: [expected] } });
});

test('an empty list gets a bad row, an object a bad body', () => {
  expect(JSON.parse(spoilEnvelope(list('teams', []), 'row-null', 0).body)).toEqual({ _embedded: { teams: [null] } });
  expect(JSON.parse(spoilEnvelope(json(200, { used_units: 1 }), 'body-list', 0).body)).toEqual([{ used_units: 1 }]);
});
