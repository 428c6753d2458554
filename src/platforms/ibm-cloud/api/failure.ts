import { ConnectorError } from '../../../core/failure/errors.ts';

/** The result of a request, or the API's rejection as a value. Throws anything else. */
export async function orRejection<T>(result: Promise<T>): Promise<T | ConnectorError> {
  try {
    return await result;
  } catch (thrown) {
    if (thrown instanceof ConnectorError && thrown.isRejection) return thrown;
    throw thrown;
  }
}

/** The failure of an optional request. Throws bugs, cancellation, and errors that end the sync. */
export function failureOf(thrown: unknown): ConnectorError {
  if (!(thrown instanceof ConnectorError) || thrown.endsSync) throw thrown;
  return thrown;
}

/** The API's response, or else the failure, to be shown in parentheses. */
export function briefly({ answer, internalMessage, message }: ConnectorError): string {
  return answer ?? internalMessage ?? message;
}
