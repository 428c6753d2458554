import { asConnectorError } from '../errors.ts';
import type { MessageWriter } from '../protocol/message-writer.ts';
import { traceOf } from './report-ends.ts';

/** Tells of what ended a whole command: a LOG FATAL if it is a bug, and a TRACE ERROR in any case. */
export function reportFailure(writer: MessageWriter, thrown: unknown): void {
  const error = asConnectorError(thrown);
  if (error.problem === 'unexpected') {
    const stack = thrown instanceof Error ? thrown.stack : undefined;
    const log = { level: 'FATAL' as const, message: error.internalMessage ?? error.message };
    writer.send({ type: 'LOG', log: stack === undefined ? log : { ...log, stack_trace: stack } });
  }
  writer.send(traceOf(error));
}
