import { expect, test } from 'vitest';
import { listOfObjects, number, text } from '../core/stream/fields.ts';
import { type Part, Shape } from './shape.ts';

const fields = {
  id: text('ID.'),
  status: text('Status.'),
  sizes: listOfObjects('Sizes.', { units: number('Units.'), type: text('Type.') }),
};

test('a shape has types, values of the fixed list, and names of undeclared fields', () => {
  const shape = new Shape({ fields, dropped: ['link'] });
  shape.record({ id: 'secret', status: 'running', sizes: [{ units: 1, type: 'mine' }, { units: null }], link: 'x' });
  shape.record({ id: null, status: 'theirs', colour: undefined, a0b1c2: 1 });
  const seen = (parts: readonly Part[]): unknown[] =>
    parts.flatMap(({ path, types, values, parts: inner }) => [[path, types, values ?? {}], ...seen(inner)]);
  expect(seen(shape.parts)).toEqual([
    ['id', { string: 1, null: 1 }, {}],
    ['status', { string: 2 }, { running: 1, other: 1 }],
    ['sizes', { list: 1, absent: 1 }, {}],
    ['sizes[].units', { number: 1, null: 1 }, {}],
    ['sizes[].type', { string: 1, absent: 1 }, { other: 1 }],
  ]);
  expect([...shape.undeclared]).toEqual(['colour', 'a name that is not shown']);
});
