import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boolean, integer, listOfObjects, listOfTexts, mapOfTexts, object, text } from '../stream/fields.ts';
import type { Row } from './row.ts';
import { nestedIn, prune } from './prune.ts';

const FIELDS = {
  name: text('A text.'),
  tags: listOfTexts('Texts.'),
  names: mapOfTexts('Texts by name.'),
  details: object('Any values.'),
  versions: listOfObjects('Objects.', {
    version: text('A text.'),
    size: integer('A number.'),
    preferred: boolean('A flag.'),
    steps: listOfObjects('Objects in objects.', { to: text('A text.') }),
  }),
  place: object('An object.', { region: text('A text.') }),
};

/** The remaining parts of a row, and the paths of the removed parts. */
function kept(row: Row): { row: Row; told: string[] } {
  prune(row, nestedIn(FIELDS));
  const entries = Object.entries(row).filter(([, value]) => value !== undefined);
  const isField = ([name]: [string, unknown]): boolean => name in FIELDS;
  return {
    row: Object.fromEntries(entries.filter(isField)),
    told: entries.filter((entry) => !isField(entry)).map(([name]) => name),
  };
}

describe('a declared part of a row', () => {
  test.each<[Row]>([
    [{}],
    [{ name: 'a', tags: ['x', 'y'], names: { admin: 'a' }, place: { region: 'r' } }],
    [{ details: { a: { b: ['x'] }, c: 7 } }],
    [{ tags: null, names: null, versions: null, place: null }],
    [{ tags: [], versions: [{}, { version: '1', size: '2', preferred: null, steps: [{ to: 'x' }, {}] }] }],
  ])('stays unchanged: %j', (row) => {
    expect(kept(structuredClone(row))).toEqual({ row, told: [] });
  });

  test.each<[Row]>([[{ tags: 'x' }], [{ tags: { a: 1 } }], [{ names: ['a'] }], [{ versions: 7 }], [{ place: 'r' }]])(
    'stays if its type is wrong, so that the normalizer warns about it: %j',
    (row) => {
      expect(kept(structuredClone(row))).toEqual({ row, told: [] });
    },
  );
});

describe('an undeclared part of a row', () => {
  test.each<[given: Row, left: Row, told: string[]]>([
    [{ tags: ['x', { password: 'p' }, null, 7] }, { tags: ['x'] }, ['tags[]']],
    [{ names: { admin: 'a', user: { password: 'p' }, none: null } }, { names: { admin: 'a' } }, ['names.user']],
    [{ place: { region: 'r', password: 'p' } }, { place: { region: 'r' } }, ['place.password']],
    [{ place: { region: { password: 'p' } } }, { place: { region: null } }, ['place.region']],
    [{ versions: [{ steps: { password: 'p' } }] }, { versions: [{ steps: null }] }, ['versions[].steps']],
    [
      { versions: [{ version: '1', secret: 'p' }, { secret: 'p', other: null }, 'x'] },
      { versions: [{ version: '1' }, {}] },
      ['versions[].secret', 'versions[]'],
    ],
    [
      { versions: [{ steps: [{ to: 'x', link: 'l' }] }] },
      { versions: [{ steps: [{ to: 'x' }] }] },
      ['versions[].steps[].link'],
    ],
  ])('is removed and reported: %j', (given, left, told) => {
    const { row, told: paths } = kept(structuredClone(given));
    expect(row).toEqual(left);
    expect(paths.toSorted()).toEqual(told.toSorted());
  });

  test('is removed at any depth', () => {
    const leaf = fc.constantFrom<unknown>('SECRET', ['SECRET'], { password: 'SECRET' }, { a: { b: ['SECRET'] } });
    const inside = fc.dictionary(fc.constantFrom('version', 'steps', 'to', 'region', 'x', 'y'), leaf);
    const list = fc.array(fc.oneof(inside, leaf));
    fc.assert(
      fc.property(list, inside, (versions, place) => {
        const { row } = kept({ versions, place });
        const isText = (value: unknown): boolean => typeof value === 'string' || value === null || value === undefined;
        for (const version of row['versions'] as Row[]) {
          expect(Object.keys(version).every((key) => key === 'version' || key === 'steps')).toBe(true);
          expect(isText(version['version'])).toBe(true);
        }
        expect(Object.keys(row['place'] as Row).every((key) => key === 'region')).toBe(true);
        expect(isText((row['place'] as Row)['region'])).toBe(true);
      }),
    );
  });
});
