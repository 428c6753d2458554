import { expect, test } from 'vitest';
import { listOfObjects, number, text } from '../core/stream/fields.ts';
import { type Part, Shape } from './shape.ts';

const fields = {
  id: text('ID.'),
  status: text('Status.'),
  sizes: listOfObjects('Sizes.', { units: number('Units.'), type: text('Type.') }),
};

test('a shape contains types, listed values, and the names of undeclared fields', () => {
  const shape = new Shape({ fields, dropped: ['link', 'sizes[].href'] });
  shape.received([
    { id: 'secret', status: 'running', sizes: [{ units: '1', type: 'mine' }, { units: null }], link: 'x' },
    'no object',
    { id: ['a'], status: 'theirs', colour: undefined, a0b1c2: 1 },
  ]);
  const seen = (parts: Part['parts']): unknown[] =>
    [...parts.values()].flatMap(({ path, types, values, parts: inner }) => [
      [path, types, values ?? {}],
      ...seen(inner),
    ]);
  expect(seen(shape.parts)).toEqual([
    ['id', { string: 1, list: 1 }, {}],
    ['status', { string: 2 }, { running: 1, other: 1 }],
    ['sizes', { list: 1, absent: 1 }, {}],
    ['sizes[].units', { string: 1, null: 1 }, {}],
    ['sizes[].type', { string: 1, absent: 1 }, { other: 1 }],
  ]);
  expect([...shape.undeclared]).toEqual(['colour', 'a name that is not shown']);
});

test('an undeclared nested name is treated like a top-level name, whether it is nested or part of a path', () => {
  const shape = new Shape({ fields, dropped: ['sizes[].href'] });
  shape.received([{ sizes: [{ colour: 1, href: 'x' }], 'sizes[].shade': true, 'sizes[].href': true }]);
  expect([...shape.undeclared]).toEqual(['sizes[].colour', 'sizes[].shade']);
  for (const name of ['an0ther', 'two words', 'first.last']) {
    for (const row of [{ [name]: 1 }, { sizes: [{ [name]: 1 }] }, { [`sizes[].${name}`]: 1 }, { [`id.${name}`]: 1 }]) {
      const hidden = new Shape({ fields });
      hidden.received([row]);
      expect([...hidden.undeclared]).toEqual(['a name that is not shown']);
    }
  }
});
