import type { ServerText } from '../text/server-text.ts';
import type { Request } from '../core/stream/request.ts';

/** A 401: what was asked for, with which credentials, and what the API says about it. */
interface Refusal {
  request: Request;
  authorization: string;
  said: ServerText;
}

/** Sends a further request, with a sentence on why it is needed, for the texts of its errors. */
export type SendRequest = (request: Request, why?: string) => Promise<unknown>;

/**
 * - `renewed`: there are new credentials, and the request is worth another try
 * - `refused`: the credentials are not accepted, so nothing else will succeed either
 * - `unrelated`: they are; it is the one thing that was asked for that is out of reach
 */
export type RefusalMeaning = 'renewed' | 'refused' | 'unrelated';

/** How requests show who asks. */
export interface Auth {
  /** The value of the header `Authorization`. What `send` sends for it must be anonymous. Throws a ConnectorError. */
  header(send: SendRequest): string | Promise<string>;
  /** What a 401 means. Throws if that cannot be found out now. */
  refused(refusal: Refusal, send: SendRequest): Promise<RefusalMeaning>;
  /** Is told of every request that was answered with 200. */
  accepted?(request: Request): void;
}
