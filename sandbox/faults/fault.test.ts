import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { type Fault, FaultList, KINDS, SHAPES, pathPattern, readFaults } from './fault.ts';

const kinds = (list: FaultList, ...paths: string[]): (string | undefined)[] =>
  paths.map((path) => list.take(path)?.kind);

test("a path's faults apply in order, and start over when they are replaced", () => {
  const faults: Fault[] = [
    { path: '/teams', kind: 'reset', times: 1 },
    { path: '/teams', kind: 'hang', times: 1 },
  ];
  const list = new FaultList(faults);
  expect(kinds(list, '/teams', '/teams', '/teams')).toEqual(['reset', 'hang', undefined]);
  list.replace(faults);
  expect(kinds(list, '/teams')).toEqual(['reset']);
  list.replace([]);
  expect(kinds(list, '/teams')).toEqual([undefined]);
});

test.each([
  [{}, 'expected array'],
  [[{ path: '/teams' }], '0.kind'],
  [[{ path: '/teams', kind: 'explode' }], '0.kind'],
  [[{ path: '/teams', kind: 'hang', tiems: 2 }], 'tiems'],
  [[{ path: '/teams', kind: 'envelope', shape: 'round' }], '0.shape'],
])('%j is rejected as a list of faults', (value, problem) => {
  expect(readFaults(value)).toContain(problem);
});

test.each([
  ['/teams', '/teams', true],
  ['teams', '/teams', true],
  ['/teams', '/teams/1', false],
  ['/deployments/*', '/deployments/5a', true],
  ['/deployments/*', '/deployments/5a/alerts', false],
  ['/deployments/*/alerts', '/deployments/5a/alerts', true],
  ['/deployments/**', '/deployments/5a/alerts', true],
  ['**', '/anything/at/all', true],
  ['/a.c', '/abc', false],
  ['/a(c', '/a(c', true],
])('matching pattern %s against path %s returns %s', (pattern, path, matches) => {
  expect(pathPattern(pattern)(path)).toBe(matches);
});

test('the README lists every kind and shape, and its examples are valid faults', async () => {
  const readme = await readFile(new URL('README.md', import.meta.url), 'utf8');
  for (const name of [...KINDS, ...SHAPES]) expect(readme).toContain(`\`${name}\``);
  const examples = [...readme.matchAll(/```json\n([^]*?)```/g)].map((match) => JSON.parse(match[1] ?? '') as unknown);
  expect(examples.length).toBe(3);
  expect(readFaults(examples)).toEqual(examples);
});
