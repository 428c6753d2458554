import { type ConnectorError, asConnectorError } from '../../core/failure/errors.ts';
import type { Context } from '../../program/context.ts';
import type { StreamEnd } from '../../core/output/output.ts';
import type { FailureType } from '../../core/failure/problems.ts';
import { AirbyteOutput } from './output.ts';

/** Airbyte doesn't retry a job whose first error is a config_error, so errors that a retry may fix are printed first. */
const ORDER: FailureType[] = ['transient_error', 'system_error', 'config_error'];

/** An error and its stream's name. If the error ended the whole command, `name` is absent. */
interface Failure {
  error: ConnectorError;
  name?: string;
}

/** The failures in the order in which they are reported. */
export function failuresOf(ends: StreamEnd[], rejection: ConnectorError | undefined): Failure[] {
  const failed = ends.filter((end) => end.end === 'failed');
  failed.sort((a, b) => ORDER.indexOf(a.error.failureType) - ORDER.indexOf(b.error.failureType));
  return rejection === undefined ? failed : [{ error: rejection }, ...failed];
}

/** Reports the error that ended a command, as a TRACE ERROR. A bug is also reported as a LOG FATAL. */
export function reportFailure(context: Pick<Context, 'writer' | 'terminal'>, thrown: unknown): void {
  const output = new AirbyteOutput(context, 'info');
  const error = asConnectorError(thrown);
  if (error.problem === 'unexpected') output.log('fatal', error.internalMessage ?? error.message, stackOf(error));
  sendError(output, { error });
  context.terminal?.write(`${error.message}\n`);
}

/** Prints a failure as a TRACE ERROR, with a stack trace if it is a bug. */
export function sendError(output: AirbyteOutput, { error, name }: Failure): void {
  const trace = {
    message: error.message,
    failure_type: error.failureType,
    internal_message: error.internalMessage,
    stack_trace: error.problem === 'unexpected' ? stackOf(error) : undefined,
    stream_descriptor: name === undefined ? undefined : { name },
  };
  output.send({ type: 'TRACE', trace: { type: 'ERROR', emitted_at: Date.now(), error: trace } });
}

function stackOf({ cause }: ConnectorError): string | undefined {
  return cause instanceof Error ? cause.stack : undefined;
}
