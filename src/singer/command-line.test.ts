import { describe, expect, test } from 'vitest';
import { openTap } from '../../test-support/unit/singer.ts';
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
  ['--discover', { mode: 'discover', files: { configs: [], catalog: undefined, state: undefined }, debug: false }],
  ['-d --test', { mode: 'discover', files: { configs: [], catalog: undefined, state: undefined }, debug: false }],
  ['--config c --test', { ...sync({}), mode: 'test' } as Invocation],
  ['--config c --test=all', { ...sync({}), mode: 'test' } as Invocation],
  ['--config c --test=schema', { ...sync({}), mode: 'test' } as Invocation],
  ['--config c --catalog k --state s --about --format json', { mode: 'about', format: 'json' }],
  ['--about --format=markdown --discover', { mode: 'about', format: 'markdown' }],
  ['--about', { mode: 'about', format: 'text' }],
  ['--about --version', { mode: 'version' }],
  ['--version -h', { mode: 'help' }],
])('%s', (line, expected) => {
  expect(parseCommandLine(split(line))).toEqual(expected);
});

describe('what is wrong is told without a value, which may be a secret', () => {
  test.each([
    ['--discover --config', '--config needs the name of a file'],
    ['--config --discover', '--config needs the name of a file'],
    ['--config c --state=', '--state needs the name of a file'],
    ['--test', 'reading and --test need --config FILE, or --config ENV'],
    ['--config c --test=some', '--test takes no value but all and schema'],
    ['--discover=yes', '--discover takes no value'],
    ['--config c --token=secret', 'unknown option --token'],
    ['--config c --catalogue x', 'unknown option --catalogue (did you mean --catalog?)'],
  ])('%s', (line, complaint) => {
    expect(parseCommandLine(split(line))).toEqual({ mode: 'wrong', complaint });
  });
});

test.each([
  ['--version', 0, `tap-compose ${VERSION}\n`],
  ['--help', 0, USAGE],
])('%s goes to stdout', async (line, code, text) => {
  const tap = openTap();
  expect(await runCommandLine(split(line), tap.context)).toBe(code);
  expect(tap.stdout()).toBe(text);
  expect(tap.log()).toEqual([]);
});

test.each([
  ['', 'tap-compose: a Singer tap for IBM Cloud Databases and the Compose API'],
  ['--nonsense', 'tap-compose: unknown option --nonsense. See tap-compose --help.'],
])('"%s" is a wrong command line: a text on stderr, and 2', async (line, first) => {
  const tap = openTap();
  expect(await runCommandLine(split(line), tap.context)).toBe(2);
  expect(tap.stdout()).toBe('');
  expect(tap.log()[0]).toBe(first);
});

test('--about needs no config and no file', async () => {
  const tap = openTap();
  expect(await runCommandLine(split('--config gone.json --state gone.json --about --format json'), tap.context)).toBe(
    0,
  );
  expect(JSON.parse(tap.stdout())).toMatchObject({ name: 'tap-compose', version: VERSION });
});
