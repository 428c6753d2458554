import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runConnector, shellCommand } from './connector-process.ts';

// Prints its arguments and the content of the file in the second one.
const script = "const a = process.argv.slice(1); console.log(JSON.stringify([a, fs.readFileSync(a[2], 'utf8')]))";
const command = `'${process.execPath}' -e "${script}"`;

test('arguments name files that hold what was given, and the files are gone afterwards', async () => {
  const { exitCode, stdout, stderr } = await runConnector({ command }, 'read', { config: { a: 1 }, state: [] });
  const [args, content] = JSON.parse(Buffer.from(stdout).toString()) as [string[], string];
  expect(args.filter((arg) => !arg.endsWith('.json'))).toEqual(['read', '--config', '--state']);
  expect(content).toBe('{"a":1}');
  expect(existsSync(args[2] ?? '')).toBe(false);
  expect([exitCode, stderr]).toEqual([0, '']);
});

test('exit code and stderr are handed on', async () => {
  const failing = `'${process.execPath}' -e "console.error('no'); process.exitCode = 3"`;
  expect(await runConnector({ command: failing }, 'spec', {})).toMatchObject({ exitCode: 3, stderr: 'no\n' });
});

test('with a mount point the arguments name paths in the container', async () => {
  const echo = `'${process.execPath}' -e "console.log(process.argv.slice(1).join(' '))"`;
  const { stdout } = await runConnector({ command: echo, mountAt: '/data' }, 'check', { config: {} });
  expect(Buffer.from(stdout).toString()).toBe('check --config /data/config.json\n');
});

test('docker run gets the folder as a volume, other commands do not', () => {
  expect(shellCommand({ command: 'docker run --rm image', mountAt: '/data' }, '/tmp/x')).toBe(
    "docker run -v '/tmp/x:/data' --rm image",
  );
  expect(shellCommand({ command: 'node main.js', mountAt: '/data' }, '/tmp/x')).toBe('node main.js');
  expect(shellCommand({ command: 'docker run image' }, '/tmp/x')).toBe('docker run image');
});
