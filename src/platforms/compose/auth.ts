import { asConnectorError } from '../../core/failure/errors.ts';
import type { Request } from '../../core/stream/request.ts';
import { rawText } from '../../text/server-text.ts';
import type { Auth } from '../../http/auth.ts';

/** What every token may read, so that it tells whether the API accepts the token. */
const PROBE: Request = { path: 'accounts' };

/** So long after the API accepted the token a 401 is taken to be about something else, without asking again. */
const ACCEPTED_MS = 5_000;

/**
 * A token that is sent as it is. A 401 has two meanings (compose-api.md 7.2): the token is not accepted, or a single thing
 * is gone or out of its reach. Only `invalid_token` (7.1), or a 401 for the accounts too, is evidence against the token. If
 * the accounts fail for now, neither is known, and their transient error is thrown: to skip what may be there would lose
 * it, and to blame the token would end the sync for good. `now` gives Unix ms.
 */
export function tokenAuth(token: string, now: () => number = Date.now): Auth {
  const value = `Bearer ${token}`;
  let acceptedAt = -Infinity;
  /** Under way, for all that have to know at the same time. */
  let probing: Promise<boolean> | undefined;

  async function isAccepted(send: () => Promise<unknown>): Promise<boolean> {
    try {
      await send();
      return true;
    } catch (thrown) {
      const error = asConnectorError(thrown);
      if (error.failureType === 'transient_error' || error.status === undefined) throw thrown;
      return error.problem !== 'token_refused';
    }
  }

  return {
    header: () => value,
    accepted({ path }) {
      if (path === PROBE.path) acceptedAt = now();
    },
    async refused({ request, said }, send) {
      if (rawText(said).includes('invalid_token') || request.path === PROBE.path) return 'refused';
      if (now() - acceptedAt <= ACCEPTED_MS) return 'unrelated';
      const why = `It was asked for because ${request.path} was refused with HTTP 401, to tell whether the API still accepts the token.`;
      probing ??= isAccepted(() => send(PROBE, why)).finally(() => (probing = undefined));
      return (await probing) ? 'unrelated' : 'refused';
    },
  };
}
