import type { ServerText } from '../text/server-text.ts';
import type { Request } from '../core/stream/request.ts';

/** A response with HTTP 401. */
interface Rejection {
  request: Request;
  /** The request's `Authorization` header. */
  authorization: string;
  said: ServerText;
}

/** Sends another request. If the request fails, the sentence `why` is appended to the error. */
export type SendRequest = (request: Request, why?: string) => Promise<unknown>;

/**
 * The meaning of a 401.
 * - `renewed`: there are new credentials, so the request is sent again
 * - `rejected`: the API rejects the credentials, so no other request will succeed
 * - `unrelated`: the credentials are accepted, but not for this request
 */
export type RejectionMeaning = 'renewed' | 'rejected' | 'unrelated';

export interface Auth {
  /**
   * Returns the value of the `Authorization` header, or a promise if a token must be requested first. Requests sent with
   * `send` must be anonymous. Throws a ConnectorError.
   */
  header(send: SendRequest): string | Promise<string>;
  /** Throws if the meaning of the 401 can't be determined now. */
  meaningOf(rejection: Rejection, send: SendRequest): Promise<RejectionMeaning>;
}
