import { ConnectorError } from '../../core/errors.ts';
import type { ProblemId } from '../../core/problems.ts';

/** Nothing that follows can succeed. */
const ENDS_RUN: ReadonlySet<ProblemId> = new Set<ProblemId>(['key_refused', 'token_refused']);

/** What made one request among others fail, which they can do without. Throws on what ends the whole run, and a stop. */
export function failureOf(thrown: unknown): ConnectorError {
  if (!(thrown instanceof ConnectorError) || ENDS_RUN.has(thrown.problem)) throw thrown;
  return thrown;
}

/** What the API answered, or if it did not, what went wrong: in a few words, for brackets. */
export function briefly({ answer, internalMessage, message }: ConnectorError): string {
  return answer ?? internalMessage ?? message;
}
