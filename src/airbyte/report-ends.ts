import { type ConnectorError } from '../core/errors.ts';
import type { FailureType } from '../core/problems.ts';
import { type Message, type StreamDescriptor, errorTrace, streamStatus } from './messages.ts';
import type { MessageWriter } from '../core/line-writer.ts';
import type { StreamEnd } from '../core/read-streams.ts';
import type { UnusableStream } from './choose-streams.ts';

/** Airbyte does not retry a job whose first error is a config_error, so what a retry may cure goes first. */
const ORDER: FailureType[] = ['transient_error', 'system_error', 'config_error'];

/** Streams that cannot even be begun have their statuses at once, like any that fails. */
export function reportUnusable(writer: MessageWriter, unusable: UnusableStream[]): void {
  for (const { descriptor } of unusable) {
    writer.send(streamStatus(descriptor, 'STARTED'));
    writer.send(streamStatus(descriptor, 'INCOMPLETE'));
  }
}

/**
 * Tells of what failed, when all streams have ended: some clients stop reading at the first error. Gives the exit code:
 * 0 only if everything is complete, because on 0 Airbyte takes every stream as complete, whatever else it was told.
 */
export function reportEnds(
  writer: MessageWriter,
  ends: StreamEnd[],
  unusable: UnusableStream[],
  refusal: ConnectorError | undefined,
): number {
  const failed = ends.flatMap((end) =>
    end.end === 'failed' ? [{ descriptor: { name: end.name }, error: end.error }] : [],
  );
  const all = [...failed, ...unusable];
  all.sort((a, b) => ORDER.indexOf(a.error.failureType) - ORDER.indexOf(b.error.failureType));
  if (refusal !== undefined) writer.send(traceOf(refusal));
  for (const { error, descriptor } of all) writer.send(traceOf(error, descriptor));
  return refusal === undefined && ends.every(({ end }) => end === 'complete') && unusable.length === 0 ? 0 : 1;
}

/** A failure as TRACE ERROR; only a bug brings its stack along. */
export function traceOf(error: ConnectorError, descriptor?: StreamDescriptor): Message {
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
