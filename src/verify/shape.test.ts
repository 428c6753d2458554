import { expect, test } from 'vitest';
import { listOfObjects, number, text } from '../core/stream/fields.ts';
import { type Shape, StreamShape } from './shape.ts';

const fields = {
  id: text('ID.'),
  status: text('Status.'),
  sizes: listOfObjects('Sizes.', { units: number('Units.'), type: text('Type.') }),
};

const shapeOf = (row: unknown[], dropped: string[] = []): StreamShape => {
  const shape = new StreamShape({ name: 'things', fields, dropped }, () => undefined);
  shape.received(row);
  return shape;
};

test('a shape contains types, known values, and the names of undeclared fields', () => {
  const { shape, undeclared } = shapeOf(
    [
      { id: 'secret', status: 'running', sizes: [{ units: '1', type: 'mine' }, { units: null }], link: 'x' },
      'no object',
      { id: ['a'], status: 'theirs', colour: undefined, a0b1c2: 1 },
    ],
    ['link', 'sizes[].href'],
  );
  const seen = ({ inner }: Shape): unknown[] =>
    [...inner.values()].flatMap((part) => [[part.path, String(part.types), String(part.values)], ...seen(part)]);
  expect(seen(shape)).toEqual([
    ['id', 'string (1), list (1)', ''],
    ['status', 'string (2)', 'running (1), other (1)'],
    ['sizes', 'list (1), absent (1)', ''],
    ['sizes[].units', 'string (1), null (1)', ''],
    ['sizes[].type', 'string (1), absent (1)', 'other (1)'],
  ]);
  expect([...undeclared]).toEqual(['colour', 'a name that is not shown']);
});

test('the names of undeclared fields are shown only if they consist of letters and underscores', () => {
  const { undeclared } = shapeOf([{ sizes: [{ colour: 1, href: 'x' }] }], ['sizes[].href']);
  expect([...undeclared]).toEqual(['sizes[].colour']);
  for (const name of ['an0ther', 'two words', 'first.last']) {
    for (const row of [{ [name]: 1 }, { sizes: [{ [name]: 1 }] }]) {
      expect([...shapeOf([row]).undeclared]).toEqual(['a name that is not shown']);
    }
  }
});
