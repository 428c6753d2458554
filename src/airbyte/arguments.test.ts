import { describe, expect, test } from 'vitest';
import { type Command, parseCommandLine } from './arguments.ts';

const read = { name: 'read', config: 'c', catalog: 'l', state: undefined, debug: false } as const;

const GOOD: [line: string, command: Command][] = [
  ['spec', { name: 'spec', debug: false }],
  ['spec --debug', { name: 'spec', debug: true }],
  ['check --config c', { name: 'check', config: 'c', debug: false }],
  ['check --config=c', { name: 'check', config: 'c', debug: false }],
  ['--config c check', { name: 'check', config: 'c', debug: false }],
  ['--debug discover --config c', { name: 'discover', config: 'c', debug: true }],
  ['read --config c --catalog l', read],
  ['read --catalog=l --config=c --state=s --debug', { ...read, state: 's', debug: true }],
  ['--debug --state s --catalog l --config c read', { ...read, state: 's', debug: true }],
  ['check --config a --config b', { name: 'check', config: 'b', debug: false }],
  ['check --config=--odd', { name: 'check', config: '--odd', debug: false }],
  ['check --config=a=b', { name: 'check', config: 'a=b', debug: false }],
  ['', { name: 'nothing' }],
  ['--debug', { name: 'nothing' }],
  ['--help', { name: 'help' }],
  ['-h', { name: 'help' }],
  ['read --help', { name: 'help' }],
  ['--version', { name: 'version' }],
];

test.each(GOOD)('source-compose %s', (line, command) => {
  expect(parseCommandLine(words(line))).toEqual(command);
});

const WRONG: [line: string, complaint: string][] = [
  ['sync', 'unknown command; there are spec, check, discover and read'],
  // Every object has these names; no command does.
  ['constructor', 'unknown command; there are spec, check, discover and read'],
  ['toString --config c', 'unknown command; there are spec, check, discover and read'],
  ['--config c', 'no command; there are spec, check, discover and read'],
  ['check', 'check needs --config FILE'],
  ['discover --debug', 'discover needs --config FILE'],
  ['read --catalog l', 'read needs --config FILE'],
  ['read --config c --state s', 'read needs --catalog FILE'],
  ['check --config', '--config needs the name of a file'],
  ['check --config=', '--config needs the name of a file'],
  ['read --config --catalog l', '--config needs the name of a file'],
  ['read --config c --catalog --debug', '--catalog needs the name of a file'],
  ['spec --config c', 'spec takes no --config'],
  ['check --config c --catalog l', 'check takes no --catalog'],
  ['discover --config c --state s', 'discover takes no --state'],
  ['check --config c --fast', 'unknown option --fast'],
  ['check -c c', 'unknown option -c'],
  ['check --config c --no-debug', 'unknown option --no-debug'],
  ['check --debug=yes --config c', '--debug takes no value'],
  ['--version=2', '--version takes no value'],
];

test.each(WRONG)('source-compose %s is refused', (line, complaint) => {
  expect(parseCommandLine(words(line))).toEqual({ name: 'wrong', complaint });
});

describe('a complaint never shows a value, which may be a secret typed at the wrong place', () => {
  test.each([
    'hunter2hunter2',
    'check --config c hunter2hunter2',
    'read --config c --catalog l -- hunter2hunter2',
    'check --config c --token=hunter2hunter2',
    'check --config c --token hunter2hunter2',
    'check --config c --debug=hunter2hunter2',
  ])('%s', (line) => {
    const command = parseCommandLine(words(line));
    expect(command).toHaveProperty('name', 'wrong');
    expect(JSON.stringify(command)).not.toContain('hunter2');
  });
});

function words(line: string): string[] {
  return line === '' ? [] : line.split(' ');
}
