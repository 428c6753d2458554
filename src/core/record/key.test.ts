import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinedKey } from './key.ts';

test('rows with different parts have different keys if no part has a slash', () => {
  const part = fc.string({ minLength: 1 }).filter((value) => !value.includes('/'));
  const row = fc.record({ a: part, b: part });
  fc.assert(
    fc.property(row, row, (one, other) => {
      const same = joinedKey(one, ['a', 'b'], ['a', 'b']) === joinedKey(other, ['a', 'b'], ['a', 'b']);
      expect(same).toBe(one.a === other.a && one.b === other.b);
    }),
  );
});
