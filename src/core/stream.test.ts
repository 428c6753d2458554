import fc from 'fast-check';
import { expect, test } from 'vitest';
import { text, timestamp } from './fields.ts';
import { type Slices, type StreamDefinition, type Windows, defineStream, joinedKey } from './stream.ts';

const definition: StreamDefinition = {
  name: 'parts',
  description: 'Parts.',
  first: () => ({ path: 'parts' }),
  rows: () => ({ rows: [], warnings: [] }),
  primaryKey: 'id',
  fields: { id: text('Id.'), created_at: timestamp('When it was made.') },
};

test('a definition whose fields are declared is taken as it is', () => {
  const whole: StreamDefinition = {
    ...definition,
    keyParts: ['created_at'],
    keyNeeds: ['created_at'],
    incremental: { field: 'created_at', by: 'marks' },
    startDateField: 'created_at',
  };
  expect(defineStream(whole)).toBe(whole);
  expect(defineStream(definition)).toBe(definition);
});

test.each<Partial<StreamDefinition>>([
  { primaryKey: 'updated_at' },
  { incremental: { field: 'updated_at', by: 'marks' } },
  { startDateField: 'updated_at' },
  { keyParts: ['id', 'updated_at'] },
  { keyNeeds: ['id', 'updated_at'] },
])('a field that is not declared is refused: %j', (role) => {
  expect(() => defineStream({ ...definition, ...role })).toThrow('parts declares no field updated_at');
});

test('a walk is declared with its cursor, or not at all', () => {
  const request = { path: 'parts' };
  const walk = (): typeof request => request;
  const incremental = { field: 'created_at', by: 'walk' } as const;
  const whole = { ...definition, incremental, walk };
  expect(defineStream(whole)).toBe(whole);
  expect(() => defineStream({ ...definition, walk })).toThrow('parts has half a walk');
  expect(() => defineStream({ ...definition, incremental })).toThrow('parts has half a walk');
  expect(() => defineStream({ ...whole, incremental: { ...incremental, by: 'marks' } })).toThrow('half a walk');
});

test('windows are declared with their cursor and slices, and in place of a request', () => {
  const { name, description, primaryKey, fields } = definition;
  const rest = { name, description, primaryKey, fields };
  const windows = {} as Windows<unknown>;
  const incremental = { field: 'created_at', by: 'windows' } as const;
  const slices = async (): Promise<Slices> => ({ chosen: [], all: undefined });
  const whole = { ...rest, incremental, windows, slices };
  expect(defineStream(whole)).toBe(whole);
  expect(() => defineStream({ ...rest, incremental, windows })).toThrow('parts has windows without a cursor or slices');
  expect(() => defineStream({ ...rest, windows, slices })).toThrow('windows without a cursor or slices');
  expect(() => defineStream({ ...definition, incremental })).toThrow('windows without a cursor or slices');
  expect(() => defineStream({ ...definition, ...whole })).toThrow('asked for in no way, or in two');
});

test('a key is made of its parts, with nothing for those that may be missing', () => {
  const row = { deployment_id: 'd1', from: '9.4', to: 9.6, method: null };
  expect(joinedKey(row, ['deployment_id', 'from', 'to', 'method'], ['deployment_id', 'to'])).toBe('d1/9.4/9.6/');
});

test.each([null, undefined, ''])('there is no key if a required part is %j', (name) => {
  expect(
    joinedKey({ deployment_id: 'd1', name }, ['deployment_id', 'name'], ['deployment_id', 'name']),
  ).toBeUndefined();
});

test('rows with different parts have different keys, as long as no part holds a slash', () => {
  const part = fc.string({ minLength: 1 }).filter((value) => !value.includes('/'));
  const row = fc.record({ a: part, b: part });
  fc.assert(
    fc.property(row, row, (one, other) => {
      const same = joinedKey(one, ['a', 'b'], ['a', 'b']) === joinedKey(other, ['a', 'b'], ['a', 'b']);
      expect(same).toBe(one.a === other.a && one.b === other.b);
    }),
  );
});
