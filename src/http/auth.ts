import type { ServerText } from '../text/server-text.ts';
import type { Request } from '../core/stream/request.ts';

/** A response with HTTP 401. */
interface Rejection {
  request: Request;
  /** The header that the request sent. */
  authorization: string;
  said: ServerText;
}

/** Sends a further request. `why` is a sentence added to the error if the request fails. */
export type SendRequest = (request: Request, why?: string) => Promise<unknown>;

/**
 * The meaning of a 401.
 * - `renewed`: there are new credentials, so the request is sent again
 * - `rejected`: the API rejects the credentials, so no other request will succeed
 * - `unrelated`: the credentials are accepted, but not for this request
 */
export type RejectionMeaning = 'renewed' | 'rejected' | 'unrelated';

/** How requests are authenticated. */
export interface Auth {
  /**
   * The value of the header `Authorization`; a promise if it must be requested first. `send` must send anonymous requests. Throws a
   * ConnectorError.
   */
  header(send: SendRequest): string | Promise<string>;
  /** Throws if the meaning can't be determined now. */
  meaningOf(rejection: Rejection, send: SendRequest): Promise<RejectionMeaning>;
}
