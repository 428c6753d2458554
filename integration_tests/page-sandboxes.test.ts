import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../test-support/connector.ts';
import { blocksOf, commandsIn, pageOf } from '../test-support/pages.ts';
import { outputOf } from '../test-support/processes.ts';
import { startSandboxCommand } from '../test-support/sandbox-command.ts';
import { Workspace } from '../test-support/workspace.ts';

// Runs the commands and code that start sandboxes, exactly as shown on the pages.

const PAGES = [
  'docs/command-line.md',
  'docs/sources/ibm-cloud.md',
  'examples/README.md',
  'sandbox/README.md',
  'sandbox/faults/README.md',
  'sandbox/ibm-cloud/README.md',
];
const COMMANDS = PAGES.flatMap((page) =>
  commandsIn(pageOf(page)).flatMap((block) =>
    block
      .trim()
      .split('\n')
      // The tests of the examples run the commands that specify a port.
      .filter((line) => /^(npm run sandbox|npx tsx sandbox)/.test(line) && !line.includes(' --port ')),
  ),
);
const isHelp = (command: string): boolean => command.endsWith(' --help');

/** A folder laid out like a checkout, so that a developer's own sandbox configs aren't overwritten. */
let checkout: Workspace;

beforeAll(() => {
  checkout = new Workspace();
  for (const name of ['node_modules', 'package.json', 'sandbox']) {
    symlinkSync(join(ROOT, name), join(checkout.folder, name));
  }
});
afterAll(() => checkout.remove());

test.each([...new Set(COMMANDS)].filter((command) => !isHelp(command)))('`%s` starts a sandbox', async (command) => {
  const stop = await startSandboxCommand(command, checkout.folder);
  await stop();
});

test.each(COMMANDS.filter(isHelp))('`%s` prints the flags', async (command) => {
  expect(await outputOf('sh', ['-c', command], { cwd: checkout.folder })).toContain('--audit-events');
});

test.each(['sandbox/README.md', 'sandbox/ibm-cloud/README.md'])('the code in %s starts a sandbox', async (page) => {
  const [block] = blocksOf(pageOf(page)).filter(({ language }) => language === 'ts');
  const code = block?.text ?? '';
  const imported = code.startsWith('import') ? code : `import { startSandbox } from './sandbox/server.ts';\n${code}`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', imported];
  expect(await outputOf(process.execPath, args, { cwd: ROOT })).toContain('http://127.0.0.1');
});
