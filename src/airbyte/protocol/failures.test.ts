import { expect, test } from 'vitest';
import { type ConnectorError, asConnectorError } from '../../core/failure/errors.ts';
import { type StreamEnd, unreadable } from '../../core/output/output.ts';
import { refusal } from '../../../test-support/unit/fake-api.ts';
import type { Message } from '../../../test-support/transcript.ts';
import { openContext } from '../../../test-support/unit/output.ts';
import { failuresOf, reportFailure, sendError } from './failures.ts';
import { AirbyteOutput } from './output.ts';
import { addCredential } from '../../text/credentials.ts';

const complete: StreamEnd = { name: 'accounts', end: 'complete' };
const failed = (name: string, error: ConnectorError): StreamEnd => ({ name, end: 'failed', error });
function reported(ends: StreamEnd[], refused?: ConnectorError) {
  const { context, messages } = openContext();
  const output = new AirbyteOutput(context, 'info');
  for (const failure of failuresOf(ends, refused)) sendError(output, failure);
  return { errors: messages().map(errorOf), messages: messages() };
}

function errorOf(message: Message): [type: string, stream: string | undefined] {
  if (message.type !== 'TRACE' || message.trace.type !== 'ERROR') throw new Error(`unexpected ${message.type}`);
  const { failure_type, stream_descriptor } = message.trace.error;
  return [failure_type, stream_descriptor?.name];
}

test('complete streams cause no error', () => {
  expect(reported([complete, complete])).toEqual({ errors: [], messages: [] });
  expect(reported([])).toEqual({ errors: [], messages: [] });
});

test('each error names its stream, and errors that a retry may fix are printed first', () => {
  const ends = [
    failed('teams', refusal(403)),
    failed('clusters', refusal(404)),
    complete,
    failed('audit_events', refusal(503)),
    failed('billables', refusal(418)),
    unreadable('widgets', 'No widgets.'),
  ];
  expect(reported(ends).errors).toEqual([
    ['transient_error', 'audit_events'],
    ['system_error', 'clusters'],
    ['system_error', 'billables'],
    ['config_error', 'teams'],
    ['config_error', 'widgets'],
  ]);
});

test('a rejected token causes a single error that names no stream', () => {
  const stopped: StreamEnd[] = [
    { name: 'teams', end: 'stopped' },
    { name: 'accounts', end: 'stopped' },
  ];
  expect(reported(stopped, refusal(401))).toMatchObject({ errors: [['config_error', undefined]] });
});

test('an error contains a stack trace only if it is a bug', () => {
  const bug = new TypeError('x is not a function');
  expect(reported([], refusal(403, 'teams')).messages).toEqual([
    {
      type: 'TRACE',
      trace: {
        type: 'ERROR',
        emitted_at: expect.any(Number),
        error: {
          message: expect.stringContaining('not authorized to read teams'),
          internal_message: 'GET teams: HTTP 403, on the first attempt',
          failure_type: 'config_error',
        },
      },
    },
  ]);
  expect(reported([failed('teams', asConnectorError(bug))]).messages).toMatchObject([
    {
      trace: { error: { stack_trace: bug.stack, stream_descriptor: { name: 'teams' }, failure_type: 'system_error' } },
    },
  ]);
});

function report(thrown: unknown): Message[] {
  const { context, messages } = openContext();
  addCredential('hunter2');
  reportFailure(context, thrown);
  return messages();
}

test('a bug is also logged at the level FATAL, with its stack trace, but without secrets', () => {
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
  ['a string', 'a string'],
  [null, 'null'],
])('a thrown value that is not an Error is reported without a stack trace: %j', (thrown, text) => {
  const [log, trace] = report(thrown);
  expect(log).toEqual({ type: 'LOG', log: { level: 'FATAL', message: text } });
  expect(trace).toMatchObject({ trace: { error: { failure_type: 'system_error', internal_message: text } } });
});
