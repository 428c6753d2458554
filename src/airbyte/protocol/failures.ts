import { type ConnectorError, asConnectorError } from '../../core/failure/errors.ts';
import type { Context } from '../../program/context.ts';
import type { StreamEnd } from '../../core/output/output.ts';
import { type FailureType, problems } from '../../core/failure/problems.ts';
import { type Message, type StreamDescriptor, errorTrace, streamStatus } from './messages.ts';
import { AirbyteOutput } from './output.ts';

/** A configured stream that cannot be read, and why. */
export interface UnusableStream {
  descriptor: StreamDescriptor;
  error: ConnectorError;
}

/** Airbyte does not retry a job whose first error is a config_error, so what a retry may cure goes first. */
const ORDER: FailureType[] = ['transient_error', 'system_error', 'config_error'];

/** Streams that cannot even be begun have their statuses at once, like any that fails. */
export function reportUnusable(output: AirbyteOutput, unusable: UnusableStream[]): void {
  for (const { descriptor } of unusable) {
    output.send(streamStatus(descriptor, 'STARTED'));
    output.send(streamStatus(descriptor, 'INCOMPLETE'));
  }
}

interface StreamFailure {
  error: ConnectorError;
  /** Undefined for what ended the whole run. */
  descriptor: StreamDescriptor | undefined;
}

/** What failed, in the order in which it is to be told. */
export function failuresOf(
  ends: StreamEnd[],
  unusable: UnusableStream[],
  refusal: ConnectorError | undefined,
): StreamFailure[] {
  const failed = ends.flatMap((end) =>
    end.end === 'failed' ? [{ descriptor: { name: end.name }, error: end.error }] : [],
  );
  const ofStreams = [...failed, ...unusable].toSorted(
    (a, b) => ORDER.indexOf(a.error.failureType) - ORDER.indexOf(b.error.failureType),
  );
  return refusal === undefined ? ofStreams : [{ error: refusal, descriptor: undefined }, ...ofStreams];
}

/** The same for a person: what several streams have in common is said once. */
export function sentencesOf(failures: readonly StreamFailure[]): string[] {
  const streams = new Map<string, string[]>();
  for (const { error, descriptor } of failures) {
    streams.set(error.message, [...(streams.get(error.message) ?? []), ...(descriptor ? [descriptor.name] : [])]);
  }
  return [...streams].map(([message, names]) => (names.length === 0 ? message : `${names.join(', ')}: ${message}`));
}

/**
 * Tells of what failed, when all streams have ended: some clients stop reading at the first error. The exit code has to be
 * 1 then, because on 0 Airbyte takes every stream as complete, whatever else it was told.
 */
export function reportFailures(output: AirbyteOutput, failures: readonly StreamFailure[]): void {
  for (const { error, descriptor } of failures) output.send(traceOf(error, descriptor));
}

/**
 * Tells of what ended a whole command: a LOG FATAL if it is a bug, and a TRACE ERROR in any case. Never throws: if that
 * cannot be told, because redaction fails for example, it says so in fixed words instead; if nothing can be written,
 * only the exit code is left.
 */
export function reportFailure(context: Pick<Context, 'writer' | 'terminal'>, thrown: unknown): void {
  try {
    const output = new AirbyteOutput(context, 'info');
    const error = asConnectorError(thrown);
    if (error.problem === 'unexpected') {
      const stack = thrown instanceof Error ? thrown.stack : undefined;
      output.log('fatal', error.internalMessage ?? error.message, stack);
    }
    output.send(traceOf(error));
    context.terminal?.write(`${error.message}\n`);
  } catch {
    // What was thrown now may hold anything, and so may what was thrown before.
    try {
      reportNothing(context);
    } catch {
      // stdout does not take anything any more.
    }
  }
}

/** Goes out past the redaction, which may be what failed; it holds nothing to be redacted. */
function reportNothing({ writer }: Pick<Context, 'writer'>): void {
  const { message, failureType } = problems.unexpected;
  const internal = 'What happened cannot be told, because telling it failed as well.';
  const trace = errorTrace({ message, failure_type: failureType, internal_message: internal });
  writer.line(`${JSON.stringify(trace)}\n`);
}

/** A failure as TRACE ERROR; only a bug brings its stack along. */
function traceOf(error: ConnectorError, descriptor?: StreamDescriptor): Message {
  const { cause } = error;
  return errorTrace({
    message: error.message,
    failure_type: error.failureType,
    ...(error.internalMessage === undefined ? {} : { internal_message: error.internalMessage }),
    ...(error.problem === 'unexpected' && cause instanceof Error && cause.stack !== undefined
      ? { stack_trace: cause.stack }
      : {}),
    ...(descriptor === undefined ? {} : { stream_descriptor: descriptor }),
  });
}
