import { expect, test, vi } from 'vitest';
import { openTap } from '../../test-support/unit/singer.ts';
import { UsageError } from '../program/arguments.ts';
import { VERSION } from '../program/version.ts';
import { USAGE, runCommandLine } from './command-line.ts';
import { TapLog } from './protocol/log.ts';

vi.mock('./modes/sync.ts', () => ({
  runSync: async (_: unknown, ...args: unknown[]) => ['sync', ...args],
  runTest: async (_: unknown, ...args: unknown[]) => ['test', ...args],
}));
vi.mock('./modes/discover.ts', () => ({
  runDiscover: async (_: unknown, ...args: unknown[]) => ['discover', ...args],
}));

const run = (line: string): Promise<unknown> => runCommandLine(split(line), openTap().context);
const split = (line: string): string[] => line.split(' ').filter((word) => word !== '');
const sync = (files: object): unknown[] => ['sync', { configs: ['c'], ...files }];

test.each<[string, unknown]>([
  ['--config c', sync({})],
  ['--config=c --debug', sync({})],
  ['-c c -p p -s s', sync({ catalog: 'p', state: 's' })],
  ['--config c --catalog k --properties p', sync({ catalog: 'k' })],
  ['--config c --state s1 --state s2', sync({ state: 's2' })],
  ['--config c --config ENV --config d --dev', sync({ configs: ['c', 'ENV', 'd'] })],
  ['--config c --state s --discover', ['discover', ['c']]],
  ['-c c -d --test', ['discover', ['c']]],
  ['--config c --test', ['test', ['c']]],
  ['--config c --test=all', ['test', ['c']]],
  ['--config c --test=schema', ['test', ['c']]],
])('the command line "tap-compose %s" runs the correct mode', async (line, expected) => {
  expect(await run(line)).toEqual(expected);
});

test('--debug overrides the log level in the environment', async () => {
  const tap = openTap({ TAP_COMPOSE_LOGLEVEL: 'error', LOG_LEVEL: 'error' });
  await runCommandLine(split('--config c --debug'), tap.context);
  new TapLog(tap.context).log('debug', 'a request');
  expect(tap.log()).toEqual(['DEBUG a request']);
});

test.each([
  ['--discover --config', '--config needs a value'],
  ['--config --discover', '--config needs a value'],
  ['--test', 'no config; use --config FILE, or --config ENV'],
  ['--config c more', 'unexpected argument; use --config FILE'],
  ['--config c --test=some', "Option '--test' does not take an argument"],
  ['--about --format xml', '--format must be text, json or markdown'],
  ['--config c --token=secret', "Unknown option '--token'"],
])('the command line "tap-compose %s" causes a usage error that quotes no value', async (line, message) => {
  await expect(run(line)).rejects.toThrow(new UsageError(message));
});

test.each([
  ['--about --version', 0, `tap-compose ${VERSION}\n`],
  ['--version -h', 0, USAGE],
])('%s writes its text to stdout', async (line, code, text) => {
  const tap = openTap();
  expect(await runCommandLine(split(line), tap.context)).toBe(code);
  expect(tap.stdout()).toBe(text);
  expect(tap.log()).toEqual([]);
});

test('without arguments, the usage is written to stderr, and the exit code is 2', async () => {
  const tap = openTap();
  expect(await runCommandLine([], tap.context)).toBe(2);
  expect(tap.stdout()).toBe('');
  expect(tap.log()[0]).toBe('tap-compose: a Singer tap for IBM Cloud Databases and the Compose API');
});

test('--about requires neither a config nor any other file', async () => {
  const tap = openTap();
  expect(await runCommandLine(split('--config gone.json --state gone.json --about --format json'), tap.context)).toBe(
    0,
  );
  expect(JSON.parse(tap.stdout())).toMatchObject({ name: 'tap-compose', version: VERSION });
});
