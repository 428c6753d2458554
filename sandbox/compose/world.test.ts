import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Kind, makeId, readId } from './world.ts';

const seeds = fc.integer({ min: 0, max: 0xffff_ffff });
const groups = fc.integer({ min: 0, max: 0xff_ffff });
const indices = fc.integer({ min: 0, max: 0xffff_ffff });

test('an id is 24 hexadecimal digits and can be decoded', () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom(...Object.values(Kind)), groups, indices, (seed, kind, group, index) => {
      const id = makeId(seed, kind, group, index);
      expect(id).toMatch(/^[0-9a-f]{24}$/);
      expect(readId(seed, kind, id)).toEqual({ group, index });
    }),
  );
});

test('ids of another seed or kind, and invalid ids, cannot be decoded', () => {
  const id = makeId(1, Kind.deployment, 0, 5);
  expect(readId(2, Kind.deployment, id)).toBeUndefined();
  expect(readId(1, Kind.recipe, id)).toBeUndefined();
  for (const text of ['', 'nonsense', id.toUpperCase(), `${id}0`, id.slice(1)]) {
    expect(readId(1, Kind.deployment, text)).toBeUndefined();
  }
});
