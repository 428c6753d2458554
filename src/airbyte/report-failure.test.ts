import { expect, test } from 'vitest';
import { inputError } from '../core/errors.ts';
import type { Message } from './messages.ts';
import { MessageWriter } from '../core/line-writer.ts';
import { StalledOutput, openContext } from '../../test-support/unit/output.ts';
import { reportFailure } from './report-failure.ts';

function report(thrown: unknown): Message[] {
  const { context, messages } = openContext();
  context.addSecret('hunter2');
  reportFailure(context.writer, thrown);
  return messages();
}

test('an expected failure is one TRACE, for the user', () => {
  expect(report(inputError('The config file c.json is empty; it must hold JSON.'))).toEqual([
    {
      type: 'TRACE',
      trace: {
        type: 'ERROR',
        emitted_at: expect.any(Number),
        error: { message: 'The config file c.json is empty; it must hold JSON.', failure_type: 'config_error' },
      },
    },
  ]);
});

test('a bug is a FATAL line too; its own text and stack are for the log, without secrets', () => {
  const bug = new TypeError('cannot read hunter2 of undefined');
  const text = 'TypeError: cannot read **** of undefined';
  const stack = bug.stack?.replaceAll('hunter2', '****');
  expect(report(bug)).toMatchObject([
    { type: 'LOG', log: { level: 'FATAL', message: text, stack_trace: stack } },
    {
      type: 'TRACE',
      trace: { error: { failure_type: 'system_error', internal_message: text, stack_trace: stack } },
    },
  ]);
  expect(JSON.stringify(report(bug)[1])).toContain('Please report it');
});

test.each([
  ['a text', 'a text'],
  [null, 'null'],
])('what is thrown without a stack is told without one: %j', (thrown, text) => {
  const [log, trace] = report(thrown);
  expect(log).toEqual({ type: 'LOG', log: { level: 'FATAL', message: text } });
  expect(trace).toMatchObject({ trace: { error: { failure_type: 'system_error', internal_message: text } } });
});

const untold = {
  type: 'TRACE',
  trace: {
    type: 'ERROR',
    emitted_at: expect.any(Number),
    error: {
      message:
        'The connector hit an unexpected error, probably a bug. Please report it together with the log of this run.',
      failure_type: 'system_error',
      internal_message: 'What happened cannot be told, because telling it failed as well.',
    },
  },
};

test.each([
  ['a bug', new Error('hunter2')],
  ['an expected failure', inputError('hunter2')],
])('where redaction fails, %s is told in words that hold no secret', (_, thrown) => {
  const out = new StalledOutput();
  const redact = (text: string): string => {
    throw new RangeError(`too much: ${text}`);
  };
  reportFailure(new MessageWriter(out, redact, () => undefined), thrown);
  expect(
    out.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([untold]);
});

test.each([
  ['without a text', Object.create(null)],
  [
    'whose text throws',
    Object.defineProperty(new Error('hunter2'), 'message', {
      get() {
        throw new Error('hunter2');
      },
    }),
  ],
  [
    'whose stack throws',
    Object.defineProperty(new Error('x'), 'stack', {
      get() {
        throw new Error('hunter2');
      },
    }),
  ],
])('something thrown %s is told of nevertheless', (_, thrown) => {
  expect(report(thrown)).toEqual([untold]);
});

test('a failure that cannot even be written does not become another one', () => {
  const fail = (): never => {
    throw new Error('hunter2');
  };
  const writer = Object.assign(new MessageWriter(new StalledOutput(), fail, fail), { record: fail });
  expect(() => reportFailure(writer, new Error('hunter2'))).not.toThrow();
});
