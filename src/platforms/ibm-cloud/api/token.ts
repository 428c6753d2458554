import { ConnectorError, asConnectorError } from '../../../core/failure/errors.ts';
import type { Terms } from '../../../core/failure/terms.ts';
import type { Request } from '../../../core/stream/request.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { addCredential } from '../../../text/credentials.ts';
import { rawText, serverText } from '../../../text/server-text.ts';
import type { Auth, SendRequest } from '../../../http/auth.ts';

/** The part of its life after which a token is renewed, and how long before its end it counts as dead (icd-api.md 1.1). */
const RENEW_AT = 0.8;
const DEAD_BEFORE_END_MS = 10_000;

/** IAM's ways to say that it does not take the key: a wrong one is a 400. */
const KEY_REFUSED: ReadonlySet<number | undefined> = new Set([400, 401, 403]);

/** How the text of an error of IAM begins: with its code. That of a proxy or a firewall in between does not. */
const IAM_CODE = /^(?:BX[A-Z]+\d+[A-Z]?|[a-z]+(?:_[a-z]+)*): /;

const PATH = 'identity/token';
const HEADER_VALUE = /^[\x21-\x7e]+$/;

interface Token {
  header: string;
  /** Unix ms. */
  renewAt: number;
  deadAt: number;
}

export interface IamAccess {
  apiKey: string;
  /** The address of IAM: the key goes nowhere else. */
  iam: string;
  /** The beginning of the error about a key that IAM does not accept. */
  facts: Terms['facts'];
  /** Gives Unix ms. */
  now?: () => number;
}

/**
 * Short-lived tokens that IAM makes of an API key (icd-api.md 1.1): one exchange at a time, for all who need it. While a
 * token is old but alive, requests go on with it and the next is fetched beside them. A 401 of a service means that the token
 * was revoked: a new one is fetched, unless another request has already done so.
 */
export function iamAuth({ apiKey, iam, facts, now = Date.now }: IamAccess): Auth {
  const request: Request = {
    origin: iam,
    path: PATH,
    anonymous: true,
    post: {
      type: 'application/x-www-form-urlencoded',
      body: new URLSearchParams({
        grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
        response_type: 'cloud_iam',
        apikey: apiKey,
      }).toString(),
    },
  };
  let token: Token | undefined;
  let renewing: Promise<Token> | undefined;

  function renew(send: SendRequest): Promise<Token> {
    return (renewing ??= exchange(send).finally(() => (renewing = undefined)));
  }

  async function exchange(send: SendRequest): Promise<Token> {
    // Whatever its clock says, the token is not younger than the question for it.
    const asked = now();
    const { access_token: text, expires_in: seconds } = tokenIn(await answered(send));
    if (typeof text !== 'string' || !HEADER_VALUE.test(text)) throw notAToken('it holds no access_token');
    addCredential(text);
    const life = lifeOf(seconds, text) * 1_000;
    const deadAt = asked + life - DEAD_BEFORE_END_MS;
    token = { header: `Bearer ${text}`, deadAt, renewAt: Math.min(deadAt, asked + life * RENEW_AT) };
    return token;
  }

  async function answered(send: SendRequest): Promise<unknown> {
    try {
      return await send(request);
    } catch (thrown) {
      const error = asConnectorError(thrown);
      const { status, internalMessage = '', answer = '', said = serverText('') } = error;
      const details = { internalMessage, cause: thrown };
      const { host } = new URL(iam);
      // Not as a refusal: that would be one of whatever the token was wanted for.
      if (status === 404 || status === 410) {
        const message = `There is no IAM at ${host} that makes tokens of API keys (${answer}). Check platform.endpoints if it is set, and what stands between here and ${host}.`;
        throw new ConnectorError('unexpected_status', { message }, details);
      }
      if (!KEY_REFUSED.has(status)) throw thrown;
      if (status === 400 || IAM_CODE.test(rawText(said))) {
        throw new ConnectorError('key_refused', { ...facts, host, answer }, details);
      }
      const message = `Something at ${host} refuses to make tokens (${answer}), but does not answer as IAM does: it may be a proxy or a firewall in between. Allow requests to ${host}, and check platform.endpoints if it is set.`;
      throw new ConnectorError('unexpected_status', { message }, details);
    }
  }

  return {
    header(send) {
      const at = now();
      if (token === undefined || at >= token.deadAt) return renew(send).then(({ header }) => header);
      // Should this fail, the token is still good; whoever finds it dead is told why there is no other.
      if (at >= token.renewAt) renew(send).catch(() => undefined);
      return token.header;
    },
    async refused({ authorization }, send) {
      if (token === undefined || token.header === authorization) await renew(send);
      return 'renewed';
    },
  };
}

function tokenIn(body: unknown): Row {
  if (!isRow(body)) throw notAToken('it is no object');
  return body;
}

function notAToken(detail: string): ConnectorError {
  const internalMessage = `POST ${PATH}: HTTP 200, ${detail}`;
  return new ConnectorError('unexpected_body', { path: PATH, detail }, { internalMessage });
}

/** In seconds; without any word about it a token lives until it is refused. */
function lifeOf(seconds: unknown, token: string): number {
  if (Number(seconds) > 0) return Number(seconds);
  const { exp, iat } = claimsOf(token);
  return typeof exp === 'number' && typeof iat === 'number' && exp > iat ? exp - iat : Infinity;
}

/** The account that a token is for, as it says itself (icd-api.md 1.3); undefined if it does not. */
export function accountIn(authorization: string): string | undefined {
  const { account } = claimsOf(authorization);
  const id = isRow(account) ? account['bss'] : undefined;
  return typeof id === 'string' && /^[0-9a-f]{32}$/.test(id) ? id : undefined;
}

/** What a JWT says, which is believed without its signature: it came from IAM itself. */
function claimsOf(token: string): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return isRow(claims) ? claims : {};
  } catch {
    return {};
  }
}
