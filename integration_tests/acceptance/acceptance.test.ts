import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAcceptanceRun, type AcceptanceRun } from './acceptance-context.ts';
import { checks } from './checks.ts';
import { loadAcceptanceConfig } from './config.ts';
import { runCheck } from './report.ts';

const root = new URL('../../', import.meta.url);
const program = fileURLToPath(new URL('dist/main.js', root));

let context: AcceptanceRun;

beforeAll(async () => {
  if (!existsSync(program)) throw new Error('dist/main.js is missing: run `npm run build` first.');
  const { acceptance_tests: tests } = await loadAcceptanceConfig(root);
  context = await startAcceptanceRun(root, tests, { command: `'${process.execPath}' '${program}'` });
});

afterAll(async () => context?.close());

test.each([...checks])('$number: $sentence', async (check) => {
  const violations = await runCheck(check, context);
  // A warning is for people to read in the runner's output.
  if (!check.warnsOnly) expect(violations).toEqual([]);
});
