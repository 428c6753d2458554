import { expect, test } from 'vitest';
import { ConnectorError, asConnectorError, inputError } from '../../core/failure/errors.ts';
import { LineWriter } from '../../stdout/line-writer.ts';
import type { StreamEnd } from '../../core/output/output.ts';
import { refusal } from '../../../test-support/unit/fake-api.ts';
import { StalledOutput, openContext } from '../../../test-support/unit/output.ts';
import {
  type UnusableStream,
  failuresOf,
  sentencesOf,
  reportFailure,
  reportFailures,
  reportUnusable,
} from './failures.ts';
import type { Message } from './messages.ts';
import { AirbyteOutput } from './output.ts';
import { addCredential } from '../../text/credentials.ts';

const complete: StreamEnd = { name: 'accounts', end: 'complete' };
const failed = (name: string, error: ConnectorError): StreamEnd => ({ name, end: 'failed', error });
const unusable: UnusableStream[] = [
  { descriptor: { name: 'widgets' }, error: new ConnectorError('stream_not_usable', { detail: 'No widgets.' }) },
];

function tell(ends: StreamEnd[], wrong: UnusableStream[] = [], refused?: ConnectorError) {
  const { context, messages } = openContext();
  reportFailures(new AirbyteOutput(context, 'info'), failuresOf(ends, wrong, refused));
  return { errors: messages().map(errorOf), messages: messages() };
}

function errorOf(message: Message): [type: string, stream: string | undefined] {
  if (message.type !== 'TRACE' || message.trace.type !== 'ERROR') throw new Error(`unexpected ${message.type}`);
  const { failure_type, stream_descriptor } = message.trace.error;
  return [failure_type, stream_descriptor?.name];
}

test('nothing is told of streams that are complete', () => {
  expect(tell([complete, complete])).toEqual({ errors: [], messages: [] });
  expect(tell([])).toEqual({ errors: [], messages: [] });
});

test('each failure is told with its stream, and first what a retry may cure', () => {
  const ends = [
    failed('teams', refusal(403)),
    failed('clusters', refusal(404)),
    complete,
    failed('audit_events', refusal(503)),
    failed('billables', refusal(418)),
  ];
  expect(tell(ends, unusable).errors).toEqual([
    ['transient_error', 'audit_events'],
    ['system_error', 'clusters'],
    ['system_error', 'billables'],
    ['config_error', 'teams'],
    ['config_error', 'widgets'],
  ]);
});

test('a refused token is told once, without a stream', () => {
  const stopped: StreamEnd[] = [
    { name: 'teams', end: 'stopped' },
    { name: 'accounts', end: 'stopped' },
  ];
  expect(tell(stopped, [], refusal(401))).toMatchObject({ errors: [['config_error', undefined]] });
});

test('a person hears once what several streams have in common', () => {
  const [absent, busy] = [refusal(404), refusal(503)];
  const ends = [failed('teams', absent), failed('audit_events', busy), failed('clusters', absent)];
  expect(sentencesOf(failuresOf(ends, [], undefined))).toEqual([
    `audit_events: ${busy.message}`,
    `teams, clusters: ${absent.message}`,
  ]);
  expect(sentencesOf(failuresOf([], [], absent))).toEqual([absent.message]);
});

test('a stream that cannot be begun has the statuses of one that failed, and no error yet', () => {
  const { context, messages } = openContext();
  reportUnusable(new AirbyteOutput(context, 'info'), [
    { ...unusable[0], descriptor: { name: 'a', namespace: 'n' } } as UnusableStream,
  ]);
  const stream_descriptor = { name: 'a', namespace: 'n' };
  expect(messages()).toMatchObject([
    { trace: { stream_status: { stream_descriptor, status: 'STARTED' } } },
    { trace: { stream_status: { stream_descriptor, status: 'INCOMPLETE' } } },
  ]);
});

test('an expected failure brings no stack, a bug does', () => {
  const bug = new TypeError('x is not a function');
  expect(tell([], [], refusal(403, 'teams')).messages).toEqual([
    {
      type: 'TRACE',
      trace: {
        type: 'ERROR',
        emitted_at: expect.any(Number),
        error: {
          message: expect.stringContaining('no right to read teams'),
          internal_message: 'GET teams: HTTP 403, on the first attempt',
          failure_type: 'config_error',
        },
      },
    },
  ]);
  expect(tell([failed('teams', asConnectorError(bug))]).messages).toMatchObject([
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

function hunt(): never {
  throw new Error('hunter2');
}

test.each([
  ['without a text', Object.create(null)],
  ['whose text throws', Object.defineProperty(new Error('hunter2'), 'message', { get: hunt })],
  ['whose stack throws', Object.defineProperty(new Error('x'), 'stack', { get: hunt })],
])('something thrown %s is told of nevertheless', (_, thrown) => {
  expect(report(thrown)).toEqual([untold]);
});

test('a failure that cannot even be written does not become another one', () => {
  const writer = Object.assign(new LineWriter(new StalledOutput(), hunt), { line: hunt });
  expect(() => reportFailure({ writer }, new Error('hunter2'))).not.toThrow();
  expect(() => reportFailure({ writer }, inputError('hunter2'))).not.toThrow();
});
