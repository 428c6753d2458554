import { ConnectorError } from '../../../core/failure/errors.ts';

/** What made one request among others fail, which they can do without. Throws on what ends the whole run, and a stop. */
export function failureOf(thrown: unknown): ConnectorError {
  if (!(thrown instanceof ConnectorError) || thrown.endsSync) throw thrown;
  return thrown;
}

/** What the API answered, or if it did not, what went wrong: in a few terms, for brackets. */
export function briefly({ answer, internalMessage, message }: ConnectorError): string {
  return answer ?? internalMessage ?? message;
}
