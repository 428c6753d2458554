import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import spec from '../../spec.json' with { type: 'json' };
import { UsageError } from '../program/arguments.ts';
import { VERSION } from '../program/version.ts';
import { LineWriter } from '../stdout/line-writer.ts';
import { StalledOutput, openContext } from '../../test-support/unit/output.ts';
import { USAGE, runCommandLine } from './command-line.ts';
import { openAirbyteOutput } from './protocol/output.ts';

async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { context, stderr } = openContext();
  const out = new StalledOutput();
  out.prompt = true;
  const writer = new LineWriter(out, () => undefined);
  const code = await runCommandLine(argv, { ...context, writer });
  writer.flush();
  return { code, stdout: out.text, stderr: stderr() };
}

const messagesOf = ({ stdout }: { stdout: string }): unknown[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

test('without arguments, the usage is written to stderr, and the exit code is 1', async () => {
  await expect(run()).resolves.toEqual({ code: 1, stdout: '', stderr: USAGE });
});

test.each(['--help', '-h', 'help'])('%s writes the usage to stdout and returns the exit code 0', async (line) => {
  await expect(run(line)).resolves.toEqual({ code: 0, stdout: USAGE, stderr: '' });
});

test.each(['--version', '-v'])('%s writes the version to stdout and returns the exit code 0', async (line) => {
  expect(VERSION).toBe(manifest.version);
  await expect(run(line)).resolves.toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

test('spec prints spec.json as its only message, and requires neither files nor network access', async () => {
  const ran = await run('spec');
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(messagesOf(ran)).toEqual([{ type: 'SPEC', spec }]);
});

const MISSING = 'The config file none.json does not exist. Check the path.';

test('check reports a missing config file in its status message', async () => {
  const ran = await run('check', '--config', 'none.json');
  expect(ran.code).toBe(0);
  expect(messagesOf(ran).at(-1)).toMatchObject({ connectionStatus: { status: 'FAILED', message: MISSING } });
});

test.each(['discover --config none.json', 'read --config none.json --catalog x'])(
  '"%s" throws an error about the missing config file',
  async (line) => {
    await expect(run(...line.split(' '))).rejects.toThrow(MISSING);
  },
);

test.each(['help read', '-hv', '-v --help'])('%s prints the usage', async (line) => {
  await expect(run(...words(line))).resolves.toMatchObject({ code: 0, stdout: USAGE });
});

test.each([
  'check --config a --config=none.json',
  'check --config none.json --debug',
  '--debug check --config none.json',
])('in "%s", options may be in any position, and the last value of an option counts', async (line) => {
  expect(messagesOf(await run(...words(line))).at(-1)).toMatchObject({ connectionStatus: { message: MISSING } });
});

test('--debug overrides the log level in the environment', async () => {
  const { context, messages } = openContext({ LOG_LEVEL: 'error' });
  await runCommandLine(words('check --config none.json --debug'), context);
  openAirbyteOutput(context, 'check').log('debug', 'a request');
  expect(messages().at(-1)).toEqual({ type: 'LOG', log: { level: 'DEBUG', message: 'a request' } });
});

const CHOICE = 'choose from spec, check, discover, read, verify';
const UNEXPECTED =
  'unexpected argument; use --config FILE, and separate the names for --streams with commas, without spaces';

test.each([
  ['sync', `unknown command; ${CHOICE}`],
  ['constructor', `unknown command; ${CHOICE}`],
  ['--config c', `no command; ${CHOICE}`],
  ['discover --debug', 'discover needs --config FILE'],
  ['read --catalog l', 'read needs --config FILE'],
  ['read --config c', 'read needs --streams NAMES or --catalog FILE'],
  ['read --config c --streams a --catalog l', 'read accepts --streams or --catalog, but not both'],
  ['read --config c --streams', '--streams needs a value'],
  ['read --config c --streams=', '--streams needs a value'],
  ['read --config c --streams --debug', '--streams needs a value'],
  ['check --config c more', UNEXPECTED],
  ['spec more', UNEXPECTED],
  ['discover --config c --streams all', 'discover does not accept --streams'],
  ['check --config c --configured', 'check does not accept --configured'],
  ['discover --config c --configured=yes', "Option '--configured' does not take an argument"],
  ['check --config c --fast', "Unknown option '--fast'"],
  ['check -x c', "Unknown option '-x'"],
  ['--version=2', "Option '-v, --version' does not take an argument"],
])('the command line "source-compose %s" causes a usage error', async (line, message) => {
  await expect(run(...words(line))).rejects.toThrow(new UsageError(message));
});

describe('the usage error', () => {
  test.each([
    'hunter2hunter2',
    'chunter2',
    'check --config c hunter2hunter2',
    'read --config c --catalog l -- hunter2hunter2',
    'check --config c --token=hunter2hunter2',
    'check --config c --token hunter2hunter2',
    'check --config c --debug=hunter2hunter2',
  ])('about "%s" does not quote any value, because a secret could be in the wrong position', async (line) => {
    const error = await run(...words(line)).catch((thrown: unknown) => thrown as Error);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).not.toContain('hunter2');
  });
});

function words(line: string): string[] {
  return line === '' ? [] : line.split(' ');
}

test('the examples in the usage are valid command lines', async () => {
  const examples = USAGE.split('\n').filter((line) => /^ {2}source-compose .* secrets\//.test(line));
  expect(examples).not.toEqual([]);
  for (const example of examples) {
    const [argv = ''] = example.trim().replace('source-compose ', '').split(' > ');
    const error = await run(...words(argv)).catch((thrown: unknown) => thrown);
    expect(error, example).not.toBeInstanceOf(UsageError);
  }
});
