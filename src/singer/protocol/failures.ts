import type { Context } from '../../program/context.ts';
import { type ConnectorError, asConnectorError } from '../../core/failure/errors.ts';
import type { StreamEnd, StreamFailure } from '../../core/output/output.ts';
import { TapLog } from './log.ts';

/**
 * Reports the failures of streams and returns the exit code. If rejected credentials stopped the sync, throws `rejection`. The most helpful
 * sentence is logged last, because Meltano shows only the last log line.
 */
export function reportEnds(
  log: TapLog,
  ends: readonly StreamEnd[],
  unusable: readonly StreamFailure[],
  rejection: ConnectorError | undefined,
): number {
  for (const { name, error } of unusable) log.log('error', `${name}: ${error.message}`);
  const failed = [...ends, ...unusable].filter((end) => end.end === 'failed');
  for (const { name, error } of failed) {
    if (error.internalMessage !== undefined) log.log('info', `${name}: ${error.internalMessage}`);
  }
  // `reportFailure` then logs the rejection last.
  if (rejection !== undefined) throw rejection;
  const [first, ...others] = failed;
  if (first === undefined) return 0;
  const names = failed.map(({ name }) => name).join(', ');
  const count = `${failed.length} of ${ends.length + unusable.length} streams failed (${names}); `;
  const { message, failureType } = first.error;
  log.fatal(`${others.length === 0 ? '' : count}${first.name}: ${message}`, failureType);
  return 1;
}

/** Reports an error that ended the tap. */
export function reportFailure(context: Context, thrown: unknown): void {
  const log = new TapLog(context);
  const { problem, message, internalMessage, failureType } = asConnectorError(thrown);
  if (problem === 'unexpected') {
    log.log('fatal', internalMessage ?? message, thrown instanceof Error ? thrown.stack : undefined);
  } else if (internalMessage !== undefined) log.log('info', internalMessage);
  log.fatal(message, failureType);
}
