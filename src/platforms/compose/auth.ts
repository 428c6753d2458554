import { asConnectorError } from '../../core/failure/errors.ts';
import type { Request } from '../../core/stream/request.ts';
import type { Auth } from '../../http/auth.ts';
import { rawText } from '../../text/server-text.ts';

/** Every valid token can read this path. */
const PROBE: Request = { path: 'accounts' };

/** After a successful request for the accounts, a 401 within this time is considered unrelated to the token. */
const ACCEPTED_MS = 5_000;

/**
 * Authenticates with a static token. A 401 means that the API rejects the token, or that a single resource is gone or inaccessible
 * (compose-api.md 7.2). Only the text `invalid_token` (7.1) or a 401 for the accounts shows that the token is rejected. If the request for
 * the accounts fails temporarily, its error is thrown: skipping the resource could lose records, and treating the token as rejected would
 * end the sync. `now` returns Unix ms.
 */
export function tokenAuth(token: string, now: () => number = Date.now): Auth {
  const value = `Bearer ${token}`;
  let acceptedAt = -Infinity;
  /** The pending request for the accounts, shared by all requests that get a 401 in the meantime. */
  let probing: Promise<boolean> | undefined;

  async function isAccepted(send: () => Promise<unknown>): Promise<boolean> {
    try {
      await send();
      acceptedAt = now();
      return true;
    } catch (thrown) {
      const error = asConnectorError(thrown);
      if (error.failureType === 'transient_error' || error.status === undefined) throw thrown;
      return error.problem !== 'credentials_rejected';
    }
  }

  return {
    header: () => value,
    async meaningOf({ request, said }, send) {
      if (rawText(said).includes('invalid_token') || request.path === PROBE.path) return 'rejected';
      if (now() - acceptedAt <= ACCEPTED_MS) return 'unrelated';
      const why = `This request was sent to find out whether the token is still valid, because the API rejected the request for ${request.path} with HTTP 401.`;
      probing ??= isAccepted(() => send(PROBE, why)).finally(() => (probing = undefined));
      return (await probing) ? 'unrelated' : 'rejected';
    },
  };
}
