import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinedKey } from './key.ts';

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
