import { describe, expect, test } from 'vitest';
import { listIn, objectIn, objectOf, rowsIn } from './envelope.ts';
import { emptyAsNull } from './values.ts';

const PATH = 'deployments/d1/backups';
const problem = (detail: string): unknown =>
  expect.objectContaining({
    problem: 'unexpected_body',
    message: expect.stringContaining(`invalid response for ${PATH}: ${detail}`),
  });

describe('a response body', () => {
  test.each([{}, { errors: null }, { a: 1, errors: undefined }])(
    'is accepted if it is an object that reports no error: %j',
    (body) => {
      expect(objectOf(body, PATH)).toBe(body);
    },
  );

  test.each([null, undefined, 7, 'text', [], [{}]])('causes an error if it is not an object: %j', (body) => {
    expect(() => objectOf(body, PATH)).toThrow(problem('it is not an object'));
  });

  test('causes an error if its errors are deeply nested', () => {
    const body: unknown = JSON.parse(`{"errors":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    expect(() => objectOf(body, PATH)).toThrow(problem('the API reports an unknown error'));
  });

  test.each([
    [{ errors: 'not_found', backups: [] }, 'not_found'],
    [{ errors: { limit: ['is too large', 'is odd'] } }, 'limit is too large, is odd'],
    [{ errors: [{ code: 'bad', message: 'No.' }] }, 'bad: No.'],
    [{ errors: [], message: 'Something else.' }, 'Something else.'],
  ])('causes an error that quotes the reported errors, even with HTTP 200: %j', (body, said) => {
    for (const take of [
      objectOf,
      (): unknown => listIn(body, 'backups', PATH),
      (): unknown => objectIn(body, 'backups', PATH),
    ]) {
      expect(() => take(body, PATH)).toThrow(problem(`the API reports "${said}"`));
    }
  });
});

test('objectIn returns the object with the given name', () => {
  const deployment = { id: 'd1' };
  expect(objectIn({ deployment, other: 1 }, 'deployment', PATH)).toBe(deployment);
});

test.each([{}, { deployment: null }, { deployment: [] }, { deployment: 'd1' }])(
  'objectIn rejects a body without that object: %j',
  (body) => {
    expect(() => objectIn(body, 'deployment', PATH)).toThrow(problem('deployment is missing or not an object'));
  },
);

test('listIn returns the list with the given name unchanged', () => {
  const backups = [{ id: 'b' }, null, 'odd'];
  expect(listIn({ backups, rows_count: 3 }, 'backups', PATH)).toBe(backups);
  expect(listIn({ backups: [] }, 'backups', PATH)).toEqual([]);
});

test.each([{}, { backups: null }, { backups: {} }, { backups: 'b' }, { tasks: [] }])(
  'listIn rejects a body without that list instead of returning an empty list: %j',
  (body) => {
    expect(() => listIn(body, 'backups', PATH)).toThrow(problem('backups is missing or not a list'));
  },
);

test('rowsIn converts each row, and rejects a row that is not an object', () => {
  const shape = ({ id }: Record<string, unknown>): Record<string, unknown> => ({ key: id });
  const rows = rowsIn({ backups: [{ id: 'a' }, { id: 'c' }] }, 'backups', PATH, shape);
  expect(rows).toEqual({ rows: [{ key: 'a' }, { key: 'c' }] });
  for (const row of [null, ['b'], 'b']) {
    const body = { backups: [{ id: 'a' }, row] };
    expect(() => rowsIn(body, 'backups', PATH)).toThrow(problem('row 2 of 2 is not an object'));
  }
});

test.each([
  ['', null],
  [undefined, null],
  [null, null],
  ['x', 'x'],
  [' ', ' '],
  [0, 0],
  [false, false],
])('emptyAsNull converts %j to %j', (value, text) => {
  expect(emptyAsNull(value)).toBe(text);
});
