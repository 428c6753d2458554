import { describe, expect, test } from 'vitest';
import { listIn, objectIn, objectOf, rowsIn } from './envelope.ts';
import { textOrNull } from './values.ts';

const PATH = 'deployments/d1/backups';
const problem = (detail: string): unknown =>
  expect.objectContaining({
    problem: 'unexpected_body',
    message: expect.stringContaining(`invalid response for ${PATH}: ${detail}`),
  });

describe('a body', () => {
  test.each([{}, { errors: null }, { a: 1, errors: undefined }])(
    'that is an object and not an error is accepted: %j',
    (body) => {
      expect(objectOf(body, PATH)).toBe(body);
    },
  );

  test.each([null, undefined, 7, 'text', [], [{}]])('that is not an object is an error: %j', (body) => {
    expect(() => objectOf(body, PATH)).toThrow(problem('it is not an object'));
  });

  test('with deeply nested errors is an error, too', () => {
    const body: unknown = JSON.parse(`{"errors":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    expect(() => objectOf(body, PATH)).toThrow(problem('the API reports an unknown error'));
  });

  test.each([
    [{ errors: 'not_found', backups: [] }, 'not_found'],
    [{ errors: { limit: ['is too large', 'is odd'] } }, 'limit is too large, is odd'],
    [{ errors: [{ code: 'bad', message: 'No.' }] }, 'bad: No.'],
    [{ errors: [], message: 'Something else.' }, 'Something else.'],
  ])('with errors is an error that quotes them, even with HTTP 200: %j', (body, said) => {
    for (const take of [
      objectOf,
      (): unknown => listIn(body, 'backups', PATH),
      (): unknown => objectIn(body, 'backups', PATH),
    ]) {
      expect(() => take(body, PATH)).toThrow(problem(`the API reports "${said}"`));
    }
  });
});

test('the object in a body is returned', () => {
  const deployment = { id: 'd1' };
  expect(objectIn({ deployment, other: 1 }, 'deployment', PATH)).toBe(deployment);
});

test.each([{}, { deployment: null }, { deployment: [] }, { deployment: 'd1' }])(
  'without that object a body is an error: %j',
  (body) => {
    expect(() => objectIn(body, 'deployment', PATH)).toThrow(problem('deployment is missing or not an object'));
  },
);

test('the list in a body is returned unchanged', () => {
  const backups = [{ id: 'b' }, null, 'odd'];
  expect(listIn({ backups, rows_count: 3 }, 'backups', PATH)).toBe(backups);
  expect(listIn({ backups: [] }, 'backups', PATH)).toEqual([]);
});

test.each([{}, { backups: null }, { backups: {} }, { backups: 'b' }, { tasks: [] }])(
  'without its list a body is an error, never an empty one: %j',
  (body) => {
    expect(() => listIn(body, 'backups', PATH)).toThrow(problem('the list backups is missing or not a list'));
  },
);

test('each row is shaped; one that is not an object is an error', () => {
  const shape = ({ id }: Record<string, unknown>): Record<string, unknown> => ({ key: id });
  const rows = rowsIn({ backups: [{ id: 'a' }, { id: 'c' }] }, 'backups', PATH, shape);
  expect(rows).toEqual({ rows: [{ key: 'a' }, { key: 'c' }], warnings: [] });
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
])('%j becomes %j', (value, text) => {
  expect(textOrNull(value)).toBe(text);
});
