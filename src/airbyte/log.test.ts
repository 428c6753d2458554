import { describe, expect, test } from 'vitest';
import { openContext } from '../../test-support/unit/output.ts';
import { type Log, createLog } from './log.ts';

function lines(level: string, write: (log: Log) => void): unknown[] {
  const { context, messages } = openContext();
  write(createLog(context.writer, level));
  return messages();
}

const writeAll = (log: Log): void => {
  for (const level of ['debug', 'info', 'warn', 'error', 'fatal'] as const) log[level](`at ${level}`);
};

describe('the level says what is shown', () => {
  test.each([
    ['debug', ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']],
    ['trace', ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']],
    ['info', ['INFO', 'WARN', 'ERROR', 'FATAL']],
    ['error', ['ERROR', 'FATAL']],
    // What is no level is not an error: LOG_LEVEL may be meant for other programs.
    ['verbose', ['INFO', 'WARN', 'ERROR', 'FATAL']],
    ['constructor', ['INFO', 'WARN', 'ERROR', 'FATAL']],
    ['', ['INFO', 'WARN', 'ERROR', 'FATAL']],
  ])('%j', (level, shown) => {
    const expected = shown.map((name) => ({ level: name, message: `at ${name.toLowerCase()}` }));
    expect(lines(level, writeAll)).toEqual(expected.map((log) => ({ type: 'LOG', log })));
  });
});

test('a sentence is printed as it is', () => {
  const odd = 'a %s of "%d" \\ {json} \u2028 ü 😀\nsecond line';
  expect(lines('info', (log) => log.info(odd))).toEqual([{ type: 'LOG', log: { level: 'INFO', message: odd } }]);
});

test('an exception brings its stack along', () => {
  const error = new RangeError('too far');
  const log = { level: 'FATAL', message: 'teams: gave up', stack_trace: error.stack };
  expect(lines('info', (to) => to.fatal({ err: error }, 'teams: gave up'))).toEqual([{ type: 'LOG', log }]);
});

test.each([null, undefined, 'a text'])('a thrown %j has no stack, and is no reason to throw again', (thrown) => {
  const log = { level: 'FATAL', message: 'teams: gave up' };
  expect(lines('info', (to) => to.fatal({ err: thrown }, 'teams: gave up'))).toEqual([{ type: 'LOG', log }]);
});

test('secrets do not show, neither in the sentence nor in the stack', () => {
  const { context, messages } = openContext();
  context.addSecret('hunter2');
  createLog(context.writer, 'info').error({ err: new Error('with hunter2') }, 'hunter2 is refused');
  expect(messages()).toMatchObject([{ log: { message: '**** is refused' } }]);
  expect(JSON.stringify(messages())).not.toContain('hunter2');
});
