import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import spec from '../../spec.json' with { type: 'json' };
import { runCommandLine } from './command-line.ts';
import { openContext } from '../../test-support/unit/output.ts';
import { USAGE } from './usage.ts';

async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string; messages: unknown[] }> {
  const { context, messages } = openContext();
  let stdout = '';
  let stderr = '';
  const code = await runCommandLine(argv, context, {
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
  });
  return { code, stdout, stderr, messages: messages() };
}

test('without a command: the usage on stderr, exit code 1', async () => {
  await expect(run()).resolves.toEqual({ code: 1, stdout: '', stderr: USAGE, messages: [] });
});

test('a wrong command line: one line on stderr, exit code 2', async () => {
  await expect(run('read', '--config', 'c')).resolves.toEqual({
    code: 2,
    stdout: '',
    stderr: 'source-compose: read needs --catalog FILE. See source-compose --help.\n',
    messages: [],
  });
});

test('--help and --version go to stdout, exit code 0', async () => {
  await expect(run('--help')).resolves.toEqual({ code: 0, stdout: USAGE, stderr: '', messages: [] });
  await expect(run('--version')).resolves.toEqual({
    code: 0,
    stdout: `${manifest.version}\n`,
    stderr: '',
    messages: [],
  });
});

test('the usage names every command and option', () => {
  for (const word of [
    'spec',
    'check',
    'discover',
    'read',
    '--config',
    '--catalog',
    '--state',
    '--debug',
    'LOG_LEVEL',
  ]) {
    expect(USAGE).toContain(word);
  }
});

test('spec prints spec.json as its one message, needing no file and no network', async () => {
  await expect(run('spec')).resolves.toMatchObject({ code: 0, stderr: '', messages: [{ type: 'SPEC', spec }] });
});

const MISSING = 'The config file none.json does not exist.';

test('check gets its config, and says in its message that it is not there', async () => {
  const { code, messages } = await run('check', '--config', 'none.json');
  expect(code).toBe(0);
  expect(messages.at(-1)).toMatchObject({ connectionStatus: { status: 'FAILED', message: MISSING } });
});

test.each(['discover --config none.json', 'read --config none.json --catalog x'])('%s throws', async (line) => {
  await expect(run(...line.split(' '))).rejects.toThrow(MISSING);
});
