import { expect, test } from 'vitest';
import { openTap } from '../../test-support/unit/singer.ts';
import { UsageError } from '../program/arguments.ts';
import { VERSION } from '../program/version.ts';
import { type Invocation, USAGE, parseCommandLine, runCommandLine } from './command-line.ts';

const sync = (files: object, debug = false): Invocation => ({
  mode: 'sync',
  files: { configs: ['c'], catalog: undefined, state: undefined, ...files },
  debug,
});
const split = (line: string): string[] => line.split(' ').filter((word) => word !== '');

test.each<[string, Invocation]>([
  ['', { mode: 'nothing' }],
  ['--config c', sync({})],
  ['--config=c --debug', sync({}, true)],
  ['-c c -p p -s s', sync({ catalog: 'p', state: 's' })],
  ['--config c --catalog k --properties p', sync({ catalog: 'k' })],
  ['--config c --state s1 --state s2', sync({ state: 's2' })],
  ['--config c --config ENV --config d --dev', sync({ configs: ['c', 'ENV', 'd'] })],
  [
    '--config c --state s --discover',
    { mode: 'discover', files: { configs: ['c'], catalog: undefined, state: 's' }, debug: false },
  ],
  ['-c c -d --test', { ...sync({}), mode: 'discover' } as Invocation],
  ['--config c --test', { ...sync({}), mode: 'test' } as Invocation],
  ['--config c --test=all', { ...sync({}), mode: 'test' } as Invocation],
  ['--config c --test=schema', { ...sync({}), mode: 'test' } as Invocation],
  ['--config c --catalog k --state s --about --format json', { mode: 'about', format: 'json' }],
  ['--about --format=markdown --discover', { mode: 'about', format: 'markdown' }],
  ['--about', { mode: 'about', format: 'text' }],
  ['--about --version', { mode: 'version' }],
  ['--version -h', { mode: 'help' }],
])('the command line "tap-compose %s" is parsed correctly', (line, expected) => {
  expect(parseCommandLine(split(line))).toEqual(expected);
});

test.each([
  ['--discover --config', '--config needs a value'],
  ['--config --discover', '--config needs a value'],
  ['--config c --state=', '--state needs a value'],
  ['--test', 'no config; use --config FILE, or --config ENV'],
  ['--config c more', 'unexpected argument; use --config FILE'],
  ['--config c --test=some', '--test takes no value'],
  ['--discover=yes', '--discover takes no value'],
  ['--about --format xml', '--format must be text, json or markdown'],
  ['--config c --token=secret', 'unknown option --token'],
  ['--config c --catalogue x', 'unknown option --catalogue (did you mean --catalog?)'],
])('the command line "tap-compose %s" causes a usage error that quotes no value', (line, message) => {
  expect(() => parseCommandLine(split(line))).toThrow(new UsageError(message));
});

test.each([
  ['--version', 0, `tap-compose ${VERSION}\n`],
  ['--help', 0, USAGE],
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
