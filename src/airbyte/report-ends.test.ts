import { expect, test } from 'vitest';
import { ConnectorError, asConnectorError } from '../core/errors.ts';
import type { Message } from './messages.ts';
import type { StreamEnd } from '../core/read-streams.ts';
import { refusal } from '../../test-support/unit/fake-api.ts';
import { openContext } from '../../test-support/unit/output.ts';
import type { UnusableStream } from './choose-streams.ts';
import { reportEnds, reportUnusable, traceOf } from './report-ends.ts';

const complete: StreamEnd = { name: 'accounts', end: 'complete' };
const failed = (name: string, error: ConnectorError): StreamEnd => ({ name, end: 'failed', error });
const unusable: UnusableStream[] = [
  { descriptor: { name: 'widgets' }, error: new ConnectorError('stream_not_usable', { detail: 'No widgets.' }) },
];

function report(ends: StreamEnd[], wrong: UnusableStream[] = [], refused?: ConnectorError) {
  const { context, messages } = openContext();
  const code = reportEnds(context.writer, ends, wrong, refused);
  return { code, errors: messages().map(errorOf) };
}

function errorOf(message: Message): [type: string, stream: string | undefined] {
  if (message.type !== 'TRACE' || message.trace.type !== 'ERROR') throw new Error(`unexpected ${message.type}`);
  const { failure_type, stream_descriptor } = message.trace.error;
  return [failure_type, stream_descriptor?.name];
}

test('the exit code is 0 only if everything is complete', () => {
  expect(report([complete, complete])).toEqual({ code: 0, errors: [] });
  expect(report([])).toEqual({ code: 0, errors: [] });
  expect(report([complete, { name: 'teams', end: 'stopped' }]).code).toBe(1);
  expect(report([complete, failed('teams', refusal(403))]).code).toBe(1);
  expect(report([complete], unusable).code).toBe(1);
  expect(report([complete], [], refusal(401)).code).toBe(1);
});

test('each failure is told with its stream, and first what a retry may cure', () => {
  const ends = [
    failed('teams', refusal(403)),
    failed('clusters', refusal(404)),
    complete,
    failed('audit_events', refusal(503)),
    failed('billables', refusal(418)),
  ];
  expect(report(ends, unusable).errors).toEqual([
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
  expect(report(stopped, [], refusal(401))).toEqual({ code: 1, errors: [['config_error', undefined]] });
});

test('a stream that cannot be begun has the statuses of one that failed, and no error yet', () => {
  const { context, messages } = openContext();
  reportUnusable(context.writer, [{ ...unusable[0], descriptor: { name: 'a', namespace: 'n' } } as UnusableStream]);
  const stream_descriptor = { name: 'a', namespace: 'n' };
  expect(messages()).toMatchObject([
    { trace: { stream_status: { stream_descriptor, status: 'STARTED' } } },
    { trace: { stream_status: { stream_descriptor, status: 'INCOMPLETE' } } },
  ]);
});

test('an expected failure brings no stack, a bug does', () => {
  const bug = new TypeError('x is not a function');
  expect(traceOf(refusal(403, 'teams'))).toEqual({
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
  });
  expect(traceOf(asConnectorError(bug), { name: 'teams' })).toMatchObject({
    trace: { error: { stack_trace: bug.stack, stream_descriptor: { name: 'teams' }, failure_type: 'system_error' } },
  });
});
