import { ConnectorError } from '../../../core/failure/errors.ts';
import type { Request } from '../../../core/stream/request.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import type { Auth, SendRequest } from '../../../http/auth.ts';
import { addCredential } from '../../../text/credentials.ts';
import { rawText, serverText } from '../../../text/server-text.ts';
import { terms } from '../terms.ts';
import { textIn } from './envelope.ts';
import { within } from './values.ts';

/** Renew a token after this fraction of its lifetime, and stop using it this long before it expires (icd-api.md 1.1). */
const RENEW_AT = 0.8;
const MARGIN_MS = 10_000;

/** Matches IAM's error codes. A proxy or firewall returns other codes or none. */
const IAM_CODE = /^(?:BX[A-Z]+\d+[A-Z]?|[a-z]+(?:_[a-z]+)*): /;

export const TOKEN_PATH = 'identity/token';

interface Token {
  header: string;
  /** When to request a new token (Unix ms). */
  renewAt: number;
  deadAt: number;
}

/**
 * Exchanges an API key for short-lived access tokens (icd-api.md 1.1). An HTTP 401 from a service means that the token was
 * revoked. The key is sent only to `iam`. `now` returns Unix ms.
 */
export function iamAuth(apiKey: string, iam: string, now: () => number = Date.now): Auth {
  const request = postForm(iam, TOKEN_PATH, {
    grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
    response_type: 'cloud_iam',
    apikey: apiKey,
  });
  const exchange = (send: SendRequest): Promise<unknown> =>
    send(request).catch((thrown: unknown) => {
      throw thrown instanceof ConnectorError ? exchangeError(thrown, iam) : thrown;
    });
  return renewingAuth(exchange, now);
}

/** A request without an access token, because its form contains the credentials. */
export function postForm(iam: string, path: string, form: Readonly<Record<string, string>>): Request {
  const post = { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(form).toString() };
  return { origin: iam, path, anonymous: true, post };
}

/**
 * Authenticates with the access tokens that `exchange` requests, one exchange at a time. A token is used until it expires, while the next
 * one is fetched in the background. After an HTTP 401, a new token is fetched unless another request has already fetched one.
 */
export function renewingAuth(exchange: (send: SendRequest) => Promise<unknown>, now: () => number): Auth {
  let token: Token | undefined;
  let renewing: Promise<Token> | undefined;

  function renew(send: SendRequest): Promise<Token> {
    return (renewing ??= fetchToken(send).finally(() => (renewing = undefined)));
  }

  async function fetchToken(send: SendRequest): Promise<Token> {
    const requestedAt = now();
    const body = await exchange(send);
    const text = textIn(body, 'access_token', TOKEN_PATH);
    addCredential(text);
    // If IAM returns no lifetime, the token is used until a service rejects it.
    const life = (Number(within(body, 'expires_in')) || Infinity) * 1_000;
    const deadAt = requestedAt + life - MARGIN_MS;
    token = { header: `Bearer ${text}`, deadAt, renewAt: Math.min(deadAt, requestedAt + life * RENEW_AT) };
    return token;
  }

  return {
    header(send) {
      const at = now();
      if (token === undefined || at >= token.deadAt) return renew(send).then(({ header }) => header);
      // A failed renewal is ignored as long as the current token is valid. Once the token expires, requests fail with the renewal's error.
      if (at >= token.renewAt) renew(send).catch(() => undefined);
      return token.header;
    },
    async meaningOf({ authorization }, send) {
      if (token === undefined || token.header === authorization) await renew(send);
      return 'renewed';
    },
  };
}

/** The error for a failed exchange. It must not count as a rejection; otherwise, the request that needs the token would be skipped. */
export function exchangeError(error: ConnectorError, iam: string): ConnectorError {
  const { status, internalMessage = '', answer = '' } = error;
  const details = { internalMessage, cause: error };
  const { host } = new URL(iam);
  if (isByIam(error)) {
    return new ConnectorError('credentials_rejected', { ...terms.facts, host, answer }, details);
  }
  if (!error.is('rejection') && status !== 401) return error;
  const message = `${host} rejected the request for an access token with an unexpected response (${answer}). A proxy or firewall may have responded. Allow requests to ${host}, and check platform.endpoints if it is set.`;
  return new ConnectorError('unexpected_status', { message }, details);
}

/** Whether IAM itself, not a proxy, rejected the request for a token. For a wrong key, IAM returns HTTP 400. */
export function isByIam({ status, said = serverText('') }: ConnectorError): boolean {
  return status === 400 || ((status === 401 || status === 403) && IAM_CODE.test(rawText(said)));
}

/** The account in a token's claims (icd-api.md 1.3), or undefined if there is no valid account id. */
export function accountIn(authorization: string): string | undefined {
  const id = within(claimsOf(authorization)['account'], 'bss');
  return typeof id === 'string' && /^[0-9a-f]{32}$/.test(id) ? id : undefined;
}

/** The service ID in a token's claims, or undefined if the token belongs to a user or a trusted profile. */
export function serviceIdIn(authorization: string): string | undefined {
  return /^iam-(ServiceId-[\w-]+)$/.exec(String(claimsOf(authorization)['iam_id']))?.[1];
}

/** The claims of a JWT. The signature is not verified, because IAM itself sent the token. */
export function claimsOf(token: string): Row {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return isRow(claims) ? claims : {};
  } catch {
    return {};
  }
}
