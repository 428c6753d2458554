import { ConnectorError } from '../../../core/failure/errors.ts';
import type { Skipped } from '../../../core/retrieval/partitions.ts';

/** Returns the API's rejection of a request. Rethrows any other failure. */
export function rejectionOf(thrown: unknown): ConnectorError {
  if (!(thrown instanceof ConnectorError) || !thrown.is('rejection')) throw thrown;
  return thrown;
}

/** Returns the result of a request. If the API rejects the request, adds `label` to `skipped` and returns undefined. */
export async function orSkipped<T>(label: string, result: Promise<T>, skipped: Skipped[]): Promise<T | undefined> {
  const outcome = await result.catch(rejectionOf);
  if (!(outcome instanceof ConnectorError)) return outcome;
  skipped.push({ label, error: outcome });
  return undefined;
}

/** Returns the failure of an optional request. Rethrows bugs, cancellations, and errors that end the sync. */
export function failureOf(thrown: unknown): ConnectorError {
  if (!(thrown instanceof ConnectorError) || thrown.is('fatalToSync')) throw thrown;
  return thrown;
}
