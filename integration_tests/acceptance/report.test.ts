import { expect, test } from 'vitest';
import type { Check } from './check.ts';
import { fakeContext } from './fake-context.ts';
import { reportChecks } from './report.ts';
import { violation } from './violation.ts';

const check = (number: number, run: Check['run'], warnsOnly = false): Check => {
  return { number, name: `n${number}`, sentence: `Sentence ${number}.`, warnsOnly, run };
};

test('a line for each check, what it found below it, and the sum at the end', async () => {
  const found = [violation('check 2 n2', 'It is broken.')];
  const checks = [
    check(1, () => Promise.resolve([])),
    check(2, () => Promise.resolve(found)),
    check(3, () => Promise.resolve(found), true),
    check(4, () => Promise.reject(new Error('It cannot be checked.')), true),
  ];
  const lines: string[] = [];
  const failed = await reportChecks(checks, fakeContext(), (line) => lines.push(line));
  expect(failed).toBe(2);
  expect(lines).toEqual([
    '✓ 1 Sentence 1.',
    '✗ 2 Sentence 2.',
    '    check 2 n2: It is broken.',
    '✓ 3 Sentence 3.',
    '    warning: check 2 n2: It is broken.',
    '✗ 4 Sentence 4.',
    '    check 4 n4: It cannot be checked.',
    '2 passed, 2 failed',
  ]);
});

test('a flood of violations is cut', async () => {
  const flood = Array.from({ length: 25 }, () => violation('r', 's'));
  const lines: string[] = [];
  await reportChecks([check(1, () => Promise.resolve(flood))], fakeContext(), (line) => lines.push(line));
  expect(lines.at(-2)).toBe('    … and 5 more');
});
