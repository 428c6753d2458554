import { ConnectorError } from '../../../core/failure/errors.ts';
import type { Skipped } from '../../../core/retrieval/partitions.ts';

/** Returns the result of a request, or the API's rejection as a value. Throws any other failure. */
export async function orRejection<T>(result: Promise<T>): Promise<T | ConnectorError> {
  try {
    return await result;
  } catch (thrown) {
    if (thrown instanceof ConnectorError && thrown.is('rejection')) return thrown;
    throw thrown;
  }
}

/** Returns the result of a request. If the API rejects the request, adds `label` to `skipped` and returns undefined. */
export async function orSkipped<T>(label: string, result: Promise<T>, skipped: Skipped[]): Promise<T | undefined> {
  const outcome = await orRejection(result);
  if (!(outcome instanceof ConnectorError)) return outcome;
  skipped.push({ label, error: outcome });
  return undefined;
}

/** Returns the failure of an optional request. Rethrows bugs, cancellations, and errors that end the sync. */
export function failureOf(thrown: unknown): ConnectorError {
  if (!(thrown instanceof ConnectorError) || thrown.is('fatalToSync')) throw thrown;
  return thrown;
}
