import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs `npm run acceptance` with these arguments, without npm. */
function runWith(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const script = fileURLToPath(new URL('run.ts', import.meta.url));
  return spawnSync(process.execPath, ['--import', 'tsx', script, ...args], { cwd: root, encoding: 'utf8' });
}

test.each(['--help', '-h'])('%s prints every option with its default, and runs nothing', (option) => {
  const { status, stdout, stderr } = runWith(option);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/--command .*\n.*default: .*\n.*--mount-at .*\n.*\n?.*default: /);
  expect(stdout).not.toContain('✓');
});

test.each([
  [['--hepl'], "Unknown option '--hepl'."],
  [['--command'], "Option '--command <value>' argument missing."],
  [['node main.js'], "Unexpected argument 'node main.js'."],
  [['--mount-at', '/data'], '--mount-at needs --command: the built program runs in no container.'],
])('%j is refused with a sentence and exit code 2', (args, sentence) => {
  const { status, stdout, stderr } = runWith(...args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toBe(`acceptance: ${sentence} \`npm run acceptance -- --help\` lists the options.\n`);
});

test('the command of --command is the one that is checked, and a failed check makes exit code 1', () => {
  const { status, stdout } = runWith('--command', `'${process.execPath}' -e 0`);
  expect(status).toBe(1);
  expect(stdout).toContain('✗ 1 ');
  expect(stdout).toMatch(/\d+ failed\n$/);
});
