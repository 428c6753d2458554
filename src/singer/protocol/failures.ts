import type { Context } from '../../program/context.ts';
import { type ConnectorError, asConnectorError } from '../../core/failure/errors.ts';
import type { StreamEnd } from '../../core/output/output.ts';
import { problems } from '../../core/failure/problems.ts';
import { TapLog } from './log.ts';
import type { SingerOutput } from './output.ts';
import type { UnusableStream } from './selection.ts';

/**
 * Tells of what failed, when all streams have ended. The last line is the sentence that helps most, for it is what Meltano
 * shows. Gives the exit code: 0 only if everything is complete.
 */
export function reportEnds(
  output: SingerOutput,
  ends: readonly StreamEnd[],
  unusable: readonly UnusableStream[],
  refusal: ConnectorError | undefined,
): number {
  const failed = [...ends.flatMap((end) => (end.end === 'failed' ? [end] : [])), ...unusable];
  for (const { name, error } of unusable) output.log('error', `${name}: ${error.message}`);
  for (const { name, error } of failed) {
    if (error.internalMessage !== undefined) output.log('info', `${name}: ${error.internalMessage}`);
  }
  if (refusal?.internalMessage !== undefined) output.log('info', refusal.internalMessage);
  if (refusal !== undefined) {
    output.fatal(refusal.message, refusal.failureType);
    return 1;
  }
  const [first] = failed;
  if (first === undefined) return 0;
  const total = ends.length + unusable.length;
  const names = failed.map(({ name }) => name).join(', ');
  const which =
    failed.length === 1 ? first.name : `${failed.length} of ${total} streams failed (${names}); ${first.name}`;
  output.fatal(`${which}: ${first.error.message}`, first.error.failureType);
  return 1;
}

/**
 * Tells of what ended a whole run. Never throws: if that cannot be told, because redaction fails for example, it says so in
 * fixed words instead.
 */
export function reportFailure(context: Context, thrown: unknown): void {
  try {
    const log = new TapLog(context, false);
    const error = asConnectorError(thrown);
    const { message, internalMessage, failureType } = error;
    if (error.problem === 'unexpected') {
      log.write('fatal', internalMessage ?? message, { stack: thrown instanceof Error ? thrown.stack : undefined });
    } else if (internalMessage !== undefined) log.write('info', internalMessage);
    log.write('fatal', message, { failureType });
  } catch {
    // Past the redaction, which may be what failed: it holds nothing to be redacted.
    process.stderr.write(
      `CRITICAL ${problems.unexpected.message} What happened cannot be told, because telling it failed as well.\n`,
    );
  }
}
