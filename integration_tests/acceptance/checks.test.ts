import { expect, test } from 'vitest';
import { brokenCatalogs, brokenConnections } from './broken-catalogs.ts';
import { brokenCursors } from './broken-cursors.ts';
import { brokenSources } from './broken-sources.ts';
import { brokenSpecs } from './broken-specs.ts';
import { checks } from './checks.ts';
import { fakeContext } from './fake-context.ts';
import { runCheck } from './report.ts';

const broken = [...brokenSpecs, ...brokenConnections, ...brokenCatalogs, ...brokenSources, ...brokenCursors];
const numbered = checks.filter(({ number }) => number !== 100);

test('the checks are those of the acceptance suite, without the two that look into an image', () => {
  const numbers = Array.from({ length: 51 }, (_, index) => index + 1).filter((n) => n !== 20 && n !== 21);
  expect(numbered.map(({ number }) => number)).toEqual(numbers);
});

test('a faultless source passes all checks', async () => {
  const context = fakeContext();
  for (const check of checks) expect((await runCheck(check, context)).violations, check.name).toEqual([]);
});

test.each(broken)('check $check catches it: $name', async ({ check: number, change, stops }) => {
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
  const proved = new Set(broken.map(({ check }) => check));
  expect(numbered.map(({ number }) => number).filter((number) => !proved.has(number))).toEqual([]);
});
