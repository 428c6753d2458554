import { describe, expect, test } from 'vitest';
import { listIn, objectIn, objectOf, rowsIn, textOrNull } from './envelope.ts';

const PATH = 'deployments/d1/backups';
const problem = (detail: string): unknown =>
  expect.objectContaining({
    problem: 'unexpected_body',
    message: expect.stringContaining(`answered ${PATH} with something that is not one of its reports: ${detail}`),
  });

describe('a body', () => {
  test.each([{}, { errors: null }, { a: 1, errors: undefined }])(
    'that is an object and no error is taken: %j',
    (body) => {
      expect(objectOf(body, PATH)).toBe(body);
    },
  );

  test.each([null, undefined, 7, 'text', [], [{}]])('that is no object is an error: %j', (body) => {
    expect(() => objectOf(body, PATH)).toThrow(problem('it is no object'));
  });

  test('that reports errors nested thousands deep is one, too', () => {
    const body: unknown = JSON.parse(`{"errors":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    expect(() => objectOf(body, PATH)).toThrow(problem('the API reports errors in an unknown form'));
  });

  test.each([
    [{ errors: 'not_found', backups: [] }, 'not_found'],
    [{ errors: { limit: ['is too large', 'is odd'] } }, 'limit is too large, is odd'],
    [{ errors: [{ code: 'bad', message: 'No.' }] }, 'bad: No.'],
    [{ errors: [], message: 'Something else.' }, 'Something else.'],
  ])('that reports errors is one, and quotes them, even with HTTP 200: %j', (body, said) => {
    for (const take of [
      objectOf,
      (): unknown => listIn(body, 'backups', PATH),
      (): unknown => objectIn(body, 'backups', PATH),
    ]) {
      expect(() => take(body, PATH)).toThrow(problem(`the API reports "${said}"`));
    }
  });
});

test('the object in a body is what stands under its name', () => {
  const deployment = { id: 'd1' };
  expect(objectIn({ deployment, other: 1 }, 'deployment', PATH)).toBe(deployment);
});

test.each([{}, { deployment: null }, { deployment: [] }, { deployment: 'd1' }])(
  'without that object a body is an error: %j',
  (body) => {
    expect(() => objectIn(body, 'deployment', PATH)).toThrow(problem('its deployment is missing or no object'));
  },
);

test('the list in a body is given as it is', () => {
  const backups = [{ id: 'b' }, null, 'odd'];
  expect(listIn({ backups, rows_count: 3 }, 'backups', PATH)).toBe(backups);
  expect(listIn({ backups: [] }, 'backups', PATH)).toEqual([]);
});

test.each([{}, { backups: null }, { backups: {} }, { backups: 'b' }, { tasks: [] }])(
  'without its list a body is an error, never an empty one: %j',
  (body) => {
    expect(() => listIn(body, 'backups', PATH)).toThrow(problem('its list backups is missing or no list'));
  },
);

test('each row is shaped; what is none stays, to be told of with its place', () => {
  const shape = ({ id }: Record<string, unknown>): Record<string, unknown> => ({ key: id });
  expect(rowsIn({ backups: [{ id: 'a' }, null, ['b'], { id: 'c' }] }, 'backups', PATH, shape)).toEqual({
    rows: [{ key: 'a' }, null, ['b'], { key: 'c' }],
    warnings: [],
  });
});

test.each([
  ['', null],
  [undefined, null],
  [null, null],
  ['x', 'x'],
  [' ', ' '],
  [0, 0],
  [false, false],
])('%j is a text that is %j', (value, text) => {
  expect(textOrNull(value)).toBe(text);
});
