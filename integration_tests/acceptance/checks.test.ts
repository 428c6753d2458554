import { expect, test } from 'vitest';
import { brokenSources } from './broken-sources.ts';
import type { Check } from './check.ts';
import { sampledStates } from './checks-repeated-reads.ts';
import { checks, reportChecks, runCheck } from './checks.ts';
import { fakeContext } from './fake-source.ts';
import type { StateMessage } from './messages.ts';
import { state } from './valid-read.ts';
import { violation } from './violation.ts';

const numbered = checks.filter(({ number }) => number !== 100);

test('the checks are those of the acceptance suite, without the two that look into an image', () => {
  const numbers = Array.from({ length: 51 }, (_, index) => index + 1).filter((n) => n !== 20 && n !== 21);
  expect(numbered.map(({ number }) => number)).toEqual(numbers);
});

test('a faultless source passes all checks', async () => {
  const context = fakeContext();
  for (const check of checks) expect((await runCheck(check, context)).violations, check.name).toEqual([]);
});

test.each(brokenSources)('check $check catches it: $name', async ({ check: number, change, stops }) => {
  const check = checks.find((one) => one.number === number);
  if (!check) throw new Error(`There is no check ${number}.`);
  const context = fakeContext(change);
  const found = stops ? (await runCheck(check, context)).violations : await check.run(context);
  expect(found.map(({ rule }) => rule)).toContain(`check ${number} ${check.name}`);
});

test('the referee judges every command that the checks have run', async () => {
  const context = fakeContext((source) => {
    source.edit = (command, messages) => (command === 'check' ? [...messages, ...messages] : messages);
  });
  for (const check of checks.slice(0, -1)) await runCheck(check, context);
  const referee = checks.at(-1);
  const found = (await referee?.run(context)) ?? [];
  expect(new Set(found.map(({ rule }) => rule))).toEqual(new Set(['1.13 exactly one result']));
});

test('every check is proved by a broken source', () => {
  const proved = new Set(brokenSources.map(({ check }) => check));
  expect(numbered.map(({ number }) => number).filter((number) => !proved.has(number))).toEqual([]);
});

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

test('about five states from the middle are sampled: counted, and each content once', () => {
  const states = (counts: number[]): StateMessage[] =>
    counts.map((count, index) => state('a', { index: Math.max(1, index) }, count)['state'] as StateMessage);
  expect(sampledStates(states([1, 1]))).toEqual([]);
  expect(sampledStates(states([1, 1, 0, 3, 1]))).toEqual([3]); // 0 and 1 have the same content, 2 counts nothing
  expect(sampledStates(states(Array.from({ length: 42 }, () => 1)))).toHaveLength(5);
});
