import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordsOf, rowsIn } from '../../../../test-support/unit/reads.ts';
import { deploymentsRecipes } from './deployments-recipes.ts';

const list = (...recipes: unknown[]): object => ({ _embedded: { recipes } });
const records = (...recipes: unknown[]): unknown[] => recordsOf(deploymentsRecipes, list(...recipes), 'd1');

test('a recipe without steps becomes one record and stays unchanged', () => {
  const recipe = { id: 'r1', name: 'Scale', parent_id: null, operations_total: 6, _embedded: { recipes: [] } };
  expect(records(recipe)).toEqual([
    { id: 'r1', name: 'Scale', parent_id: null, operations_total: 6, deployment_id: 'd1' },
  ]);
});

describe('a nested step', () => {
  const expected = [
    { id: 'a', deployment_id: 'd1', parent_id: null },
    { id: 'a1', deployment_id: 'd1', parent_id: 'a' },
    { id: 'a1x', deployment_id: 'd1', parent_id: 'a1' },
    { id: 'a2', deployment_id: 'd1', parent_id: 'a' },
    { id: 'b', deployment_id: 'd1', parent_id: null },
  ];

  test('becomes a separate record after its parent', () => {
    const a1 = { id: 'a1', recipes: [{ id: 'a1x', recipes: [] }] };
    expect(records({ id: 'a', recipes: [a1, { id: 'a2' }] }, { id: 'b' })).toEqual(expected);
  });

  test('keeps the parent_id that the API sent', () => {
    expect(records({ id: 'a', ...list({ id: 'a1', parent_id: 'other' }) })[1]).toMatchObject({ parent_id: 'other' });
  });
});

describe('a step that is listed repeatedly', () => {
  const a = { id: 'a', name: 'Run', ...list({ id: 'a1', name: 'Step' }) };
  const flat = { id: 'a1', name: 'Step' };

  test.each([
    ['after its parent', [a, flat]],
    ['before its parent', [flat, a]],
    ['before and after its parent', [flat, a, flat, { ...a }]],
  ])('becomes a single record, even if it is also listed %s', (_, recipes) => {
    const found = records(...structuredClone(recipes)) as { id: string }[];
    expect(found.toSorted((one, other) => one.id.localeCompare(other.id))).toEqual([
      { id: 'a', name: 'Run', deployment_id: 'd1', parent_id: null },
      { id: 'a1', name: 'Step', deployment_id: 'd1', parent_id: 'a' },
    ]);
  });

  test('is kept each time if it has no id, so that the reader reports it', () => {
    expect(rowsIn(deploymentsRecipes, list({ id: null }, { id: null }, 'x')).rows).toHaveLength(3);
  });
});

test('steps may be nested to any depth', () => {
  let recipe: object = { id: '0' };
  for (let i = 1; i < 20_000; i++) recipe = { id: String(i), ...list(recipe) };
  expect(records(recipe)).toHaveLength(20_000);
});

test('steps that are not a list cause an error', () => {
  expect(() => records({ id: 'a', _embedded: { recipes: 'x' } })).toThrow('the steps of recipe a are not a list');
});

interface Recipe {
  id: string;
  parent: string | null;
  steps: Recipe[];
}

/** Trees of recipes of any shape. Each number determines the parent of one recipe: an earlier recipe, or none. */
const forest = fc.array(fc.nat()).map((numbers) => {
  const all: Recipe[] = [];
  for (const [i, number] of numbers.entries()) {
    const parent = all[(number % (i + 1)) - 1];
    const recipe = { id: `r${i}`, parent: parent?.id ?? null, steps: [] };
    parent?.steps.push(recipe);
    all.push(recipe);
  }
  return all.filter(({ parent }) => parent === null);
});

test("each recipe in a tree becomes one record, which contains the parent's id and precedes the records of its steps", () => {
  const asApi = ({ id, steps }: Recipe): object => ({ id, ...list(...steps.map(asApi)) });
  const flat = ({ id, parent, steps }: Recipe): object[] => [
    { id, parent_id: parent, deployment_id: 'd1' },
    ...steps.flatMap(flat),
  ];
  fc.assert(
    fc.property(forest, (recipes) => {
      expect(records(...recipes.map(asApi))).toEqual(recipes.flatMap(flat));
    }),
  );
});
