import { expect, test } from 'vitest';
import { pathPattern } from './path-pattern.ts';

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
])('%s and %s', (pattern, path, matches) => {
  expect(pathPattern(pattern)(path)).toBe(matches);
});
