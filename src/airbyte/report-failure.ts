import { asConnectorError } from '../core/errors.ts';
import { problems } from '../core/problems.ts';
import type { MessageWriter } from '../core/line-writer.ts';
import { errorTrace } from './messages.ts';
import { traceOf } from './report-ends.ts';

/**
 * Tells of what ended a whole command: a LOG FATAL if it is a bug, and a TRACE ERROR in any case. Never throws: if that
 * cannot be told, because redaction fails for example, it says so in fixed words instead; if nothing can be written,
 * only the exit code is left.
 */
export function reportFailure(writer: MessageWriter, thrown: unknown): void {
  try {
    report(writer, thrown);
  } catch {
    // What was thrown now may hold anything, and so may what was thrown before.
    try {
      tellThatNothingCanBeTold(writer);
    } catch {
      // stdout does not take anything any more.
    }
  }
}

function report(writer: MessageWriter, thrown: unknown): void {
  const error = asConnectorError(thrown);
  if (error.problem === 'unexpected') {
    const stack = thrown instanceof Error ? thrown.stack : undefined;
    const log = { level: 'FATAL' as const, message: error.internalMessage ?? error.message };
    writer.send({ type: 'LOG', log: stack === undefined ? log : { ...log, stack_trace: stack } });
  }
  writer.send(traceOf(error));
}

/** Goes out as records do, not through the redaction, which may be what failed; it holds nothing to be redacted. */
function tellThatNothingCanBeTold(writer: MessageWriter): void {
  const { message, failureType } = problems.unexpected;
  const internal = 'What happened cannot be told, because telling it failed as well.';
  const trace = errorTrace({ message, failure_type: failureType, internal_message: internal });
  writer.record(Buffer.of(), JSON.stringify(trace), Buffer.from('\n'));
  writer.flush();
}
