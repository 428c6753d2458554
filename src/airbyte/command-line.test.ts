import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import spec from '../../spec.json' with { type: 'json' };
import { UsageError } from '../program/arguments.ts';
import { VERSION } from '../program/version.ts';
import { LineWriter } from '../stdout/line-writer.ts';
import { StalledOutput, openContext } from '../../test-support/unit/output.ts';
import { type Command, USAGE, parseCommandLine, runCommandLine } from './command-line.ts';

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

test('without a command, the usage is written to stderr, and the exit code is 1', async () => {
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

const read = { name: 'read', config: 'c', catalog: 'l', streams: undefined, state: undefined, debug: false } as const;

const GOOD: [line: string, command: Command][] = [
  ['spec', { name: 'spec' }],
  ['spec --debug', { name: 'spec' }],
  ['check --config c', { name: 'check', config: 'c', debug: false }],
  ['--debug discover --config c', { name: 'discover', config: 'c', configured: false, debug: true }],
  ['discover --configured --config c', { name: 'discover', config: 'c', configured: true, debug: false }],
  ['read --config c --streams all', { ...read, catalog: undefined, streams: 'all' }],
  ['read --config c --streams=a,b --state s', { ...read, catalog: undefined, streams: 'a,b', state: 's' }],
  ['read --config c --catalog l', read],
  ['read --catalog=l --config=c --state=s --debug', { ...read, state: 's', debug: true }],
  ['check --config a --config b', { name: 'check', config: 'b', debug: false }],
  ['check --config=a=b', { name: 'check', config: 'a=b', debug: false }],
  ['', { name: 'nothing' }],
  ['--debug', { name: 'nothing' }],
  ['--help', { name: 'help' }],
  ['help read', { name: 'help' }],
  ['-hv', { name: 'help' }],
  ['-v --help', { name: 'help' }],
];

test.each(GOOD)('the command line "source-compose %s" is parsed correctly', (line, command) => {
  expect(parseCommandLine(words(line))).toEqual(command);
});

const CHOICE = 'choose from spec, check, discover, read, verify';

test.each([
  ['sync', `unknown command; ${CHOICE}`],
  // All objects inherit a property with this name, but no command has the name.
  ['constructor', `unknown command; ${CHOICE}`],
  ['discover --debug', 'discover needs --config FILE'],
  ['read --catalog l', 'read needs --config FILE'],
  ['read --config c', 'read needs --streams NAMES or --catalog FILE'],
  ['read --config c --streams', '--streams needs a value'],
  ['read --config c --streams --debug', '--streams needs a value'],
  ['check --config c more', 'unexpected argument; check takes only options'],
  ['spec more', 'unexpected argument; spec takes only options'],
  ['discover --config c --streams all', 'discover takes no --streams'],
  ['check --config c --configured', 'check takes no --configured'],
  ['discover --config c --configured=yes', '--configured takes no value'],
  ['read --config c --catalog --debug', '--catalog needs a value'],
  ['check --config c --fast', 'unknown option --fast'],
  ['check --config c --constructor', 'unknown option --constructor'],
  ['check -x c', 'unknown option -x'],
  ['--version=2', '--version takes no value'],
  ['reads', `unknown command (did you mean read?); ${CHOICE}`],
  ['spce', `unknown command; ${CHOICE}`],
  ['read --config c --catalogue l', 'unknown option --catalogue (did you mean --catalog?)'],
  ['check --config c --debgu', 'unknown option --debgu (did you mean --debug?)'],
])('the command line "source-compose %s" is a usage error', (line, message) => {
  expect(() => parseCommandLine(words(line))).toThrow(new UsageError(message));
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
  ])('about "%s" does not quote the value, which could be a secret in the wrong position', (line) => {
    expect(() => parseCommandLine(words(line))).toThrow(
      expect.toSatisfy((e) => e instanceof UsageError && !e.message.includes('hunter2')),
    );
  });
});

function words(line: string): string[] {
  return line === '' ? [] : line.split(' ');
}

test('the examples in the usage are valid command lines', () => {
  const examples = USAGE.split('\n').filter((line) => /^ {2}source-compose .* secrets\//.test(line));
  expect(examples).not.toEqual([]);
  for (const example of examples) {
    const [argv = ''] = example.trim().replace('source-compose ', '').split(' > ');
    expect(() => parseCommandLine(words(argv)), example).not.toThrow();
  }
});
