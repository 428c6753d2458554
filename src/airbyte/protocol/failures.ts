import { type ConnectorError, asConnectorError } from '../../core/failure/errors.ts';
import type { Context } from '../../program/context.ts';
import type { StreamEnd } from '../../core/output/output.ts';
import type { FailureType } from '../../core/failure/problems.ts';
import type { StreamDescriptor } from './messages.ts';
import { AirbyteOutput } from './output.ts';

/** Airbyte doesn't retry a job whose first error is a config_error, so errors that a retry may fix are printed first. */
const ORDER: FailureType[] = ['transient_error', 'system_error', 'config_error'];

export interface StreamFailure {
  error: ConnectorError;
  /** The stream, or undefined for an error that ended the whole sync. */
  descriptor: StreamDescriptor | undefined;
}

/** The failures in the order in which they are reported. `unusable` contains the streams that were never started. */
export function failuresOf(
  ends: StreamEnd[],
  unusable: StreamFailure[],
  rejection: ConnectorError | undefined,
): StreamFailure[] {
  const failed = ends.flatMap((end) =>
    end.end === 'failed' ? [{ descriptor: { name: end.name }, error: end.error }] : [],
  );
  const ofStreams = [...failed, ...unusable].toSorted(
    (a, b) => ORDER.indexOf(a.error.failureType) - ORDER.indexOf(b.error.failureType),
  );
  return rejection === undefined ? ofStreams : [{ error: rejection, descriptor: undefined }, ...ofStreams];
}

/** The failures as text for people: each message once, after the names of the streams with this failure. */
export function sentencesOf(failures: readonly StreamFailure[]): string[] {
  const streams = new Map<string, string[]>();
  for (const { error, descriptor } of failures) {
    streams.set(error.message, [...(streams.get(error.message) ?? []), ...(descriptor ? [descriptor.name] : [])]);
  }
  return [...streams].map(([message, names]) => (names.length === 0 ? message : `${names.join(', ')}: ${message}`));
}

/** Reports the error that ended a command, as a TRACE ERROR. A bug is also reported as a LOG FATAL. */
export function reportFailure(context: Pick<Context, 'writer' | 'terminal'>, thrown: unknown): void {
  const output = new AirbyteOutput(context, 'info');
  const error = asConnectorError(thrown);
  if (error.problem === 'unexpected') output.log('fatal', error.internalMessage ?? error.message, stackOf(error));
  sendError(output, error);
  context.terminal?.write(`${error.message}\n`);
}

/** Prints a failure as a TRACE ERROR, with a stack trace if it is a bug. */
export function sendError(output: AirbyteOutput, error: ConnectorError, descriptor?: StreamDescriptor): void {
  const trace = {
    message: error.message,
    failure_type: error.failureType,
    internal_message: error.internalMessage,
    stack_trace: error.problem === 'unexpected' ? stackOf(error) : undefined,
    stream_descriptor: descriptor,
  };
  output.send({ type: 'TRACE', trace: { type: 'ERROR', emitted_at: Date.now(), error: trace } });
}

function stackOf({ cause }: ConnectorError): string | undefined {
  return cause instanceof Error ? cause.stack : undefined;
}
