import { expect, test } from 'vitest';
import { Report } from './report.ts';

function reported(compare: (report: Report) => void): { lines: string[]; tally: string; anyFailed: boolean } {
  const lines: string[] = [];
  const report = new Report((line) => lines.push(line));
  compare(report);
  return { lines, tally: report.tally, anyFailed: report.anyFailed };
}

test('the comparison of counts accepts equal counts and shows the totals', () => {
  const { lines, tally } = reported((report) => report.counts('read', { a: 2, b: 1 }, { b: 1, a: 2 }, ['a']));
  expect(lines).toEqual(['  ✓ read: 3 of 3 rows, 2 streams, a 2 of 2']);
  expect(tally).toBe('1 passed, 0 failed');
});

test.each([
  ['too few rows', { a: 1, b: 1 }, 'a: 1 instead of 2'],
  ['too many rows', { a: 3, b: 1 }, 'a: 3 instead of 2'],
  ['rows in the wrong stream', { a: 1, b: 2 }, 'a: 1 instead of 2\n      b: 2 instead of 1'],
  ['a missing stream', { a: 2 }, 'b: 0 instead of 1'],
  ['an unexpected stream', { a: 2, b: 1, c: 1 }, 'c: 1 instead of 0'],
])('the comparison of counts fails on %s', (_, found, difference) => {
  const { lines, anyFailed } = reported((report) => report.counts('read', found, { a: 2, b: 1 }));
  expect(lines[0]).toContain(`✗ read`);
  expect(lines[0]).toContain(difference);
  expect(anyFailed).toBe(true);
});

test('a mismatch shows both the actual and the expected value', () => {
  const { lines, tally } = reported((report) => report.same('status', 'FAILED', 'SUCCEEDED'));
  expect(lines).toEqual(['  ✗ status\n      found     "FAILED"\n      expected  "SUCCEEDED"']);
  expect(tally).toBe('0 passed, 1 failed');
});

test('the comparison of keys accepts the same keys in any order', () => {
  const { lines } = reported((report) =>
    report.keys('table', { a: ['2', '1'], b: ['1'] }, { b: ['1'], a: ['1', '2'] }),
  );
  expect(lines).toEqual(['  ✓ table: 3 of 3 rows, by key, 2 streams']);
});

test.each([
  ['a missing key', { a: ['1'], b: ['1'] }, 'a: 1 missing (2)'],
  ['a different key', { a: ['1', '3'], b: ['1'] }, 'a: 1 missing (2)\n      a: 1 too many (3)'],
  ['a duplicate key', { a: ['1', '2', '2'], b: ['1'] }, 'a: 1 repeated (2)'],
  ['a missing stream', { a: ['1', '2'] }, 'b: 1 missing (1)'],
  ['an unexpected stream', { a: ['1', '2'], b: ['1'], c: ['7'] }, 'c: 1 too many (7)'],
  ['many additional keys', { a: ['1', '2'], b: ['1', '2', '3', '4', '5'] }, 'b: 4 too many (2, 3, 4, …)'],
])('the comparison of keys fails on %s', (_, found, difference) => {
  const { lines, anyFailed } = reported((report) => report.keys('table', found, { a: ['1', '2'], b: ['1'] }));
  expect(lines[0]).toContain('✗ table');
  expect(lines[0]).toContain(difference);
  expect(anyFailed).toBe(true);
});

const rows = (...given: Array<Record<string, unknown>>): ReadonlyMap<string, Record<string, unknown>> =>
  new Map(given.map((row) => [String(row['id']), row]));

test('the comparison of rows accepts the same rows in any order, and treats missing fields as null', () => {
  const found = { a: rows({ id: '2', list: [{ x: 1 }] }, { id: '1', size: null }) };
  const expected = { a: rows({ id: '1' }, { id: '2', list: [{ x: 1 }], size: null }) };
  const { lines } = reported((report) => report.rows('read', found, expected));
  expect(lines).toEqual(['  ✓ read: 2 of 2 rows, by field, 1 streams']);
});

test.each([
  ['a missing row', rows({ id: '1', x: 1 }), 'a: 1 missing (2)'],
  ['an additional row', rows({ id: '1', x: 1 }, { id: '2', x: 2 }, { id: '3' }), 'a: 1 too many (3)'],
  ['a different value', rows({ id: '1', x: 1 }, { id: '2', x: '2' }), 'a.x differs in 1\n        2: "2" instead of 2'],
  [
    'a value instead of null',
    rows({ id: '1', x: 1, y: '' }, { id: '2', x: 2 }),
    'a.y differs in 1\n        1: "" instead of null',
  ],
  ['null instead of a value', rows({ id: '1', x: 1 }, { id: '2' }), 'a.x differs in 1\n        2: null instead of 2'],
])('the comparison of rows fails on %s', (_, found, difference) => {
  const expected = { a: rows({ id: '1', x: 1 }, { id: '2', x: 2 }) };
  const { lines, anyFailed } = reported((report) => report.rows('read', { a: found }, expected));
  expect(lines[0]).toContain('✗ read');
  expect(lines[0]).toContain(difference);
  expect(anyFailed).toBe(true);
});
