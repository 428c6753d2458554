import { type Answer, type Received, type Row, json } from '../platform.ts';
import { type Refuse, tokenError } from './errors.ts';
import { Kind, SECOND, type World, accountId, fakeSecret, iso, uuid } from './world.ts';

const GRANT = 'urn:ibm:params:oauth:grant-type:apikey';

export const TOKEN_PATH = '/iam/identity/token';

/** The service id that owns the API key. */
function ownIamId(world: World): string {
  return `iam-ServiceId-${uuid(world, Kind.service, 0, 0)}`;
}

/** The tokens issued so far. IAM exchanges the API key for a token, and the services accept only tokens. */
export class Tokens {
  readonly #world: World;
  /** When each token expires, according to the clock for tokens. */
  readonly #ends = new Map<string, number>();
  #made = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** `POST /identity/token` (icd-api.md, 1.1). IAM rejects a wrong key with a 400, not a 401. */
  exchange({ body }: Received): Answer {
    const form = new URLSearchParams(typeof body === 'string' ? body : '');
    if (form.get('grant_type') !== GRANT || (form.get('response_type') ?? 'cloud_iam') !== 'cloud_iam') {
      return tokenError(400, 'BXNIM0106E', 'Property grant_type or response_type is not valid.');
    }
    if (form.get('apikey') !== this.#world.options.apiKey) {
      return tokenError(400, 'BXNIM0415E', 'Provided API key could not be found.');
    }
    const { tokenLife } = this.#world.options;
    const issued = Math.floor(Date.now() / SECOND);
    const access_token = this.#jwt(issued, issued + tokenLife);
    this.#ends.set(access_token, this.#world.clock.real + tokenLife * SECOND);
    return json(200, {
      access_token,
      refresh_token: 'not_supported',
      ims_user_id: 8_000_000,
      token_type: 'Bearer',
      expires_in: tokenLife,
      expiration: issued + tokenLife,
      scope: 'ibm openid',
    });
  }

  /** Whether a request has a valid token. */
  admits({ headers }: Received): boolean {
    const { authorization } = headers;
    const token = typeof authorization === 'string' ? /^Bearer (.+)$/i.exec(authorization)?.[1] : undefined;
    return token !== undefined && (this.#ends.get(token) ?? 0) > this.#world.clock.real;
  }

  revoke(): void {
    this.#ends.clear();
  }

  /**
   * A token in three parts with a decodable payload, which IBM's clients require (icd-api.md, 5.4). The signature is
   * invalid.
   */
  #jwt(iat: number, exp: number): string {
    const world = this.#world;
    const iam_id = ownIamId(world);
    this.#made += 1;
    const payload = {
      iam_id,
      id: iam_id,
      realmid: 'iam',
      jti: `sandbox-${this.#made}`,
      identifier: iam_id.replace('iam-', ''),
      sub: iam_id.replace('iam-', ''),
      sub_type: 'ServiceId',
      ...(world.options.accountClaim && { account: { valid: true, bss: accountId(world) } }),
      iat,
      exp,
      iss: 'https://iam.cloud.ibm.com/identity',
      grant_type: GRANT,
      scope: 'ibm openid',
      client_id: 'default',
      acr: 1,
    };
    const part = (value: string): string => Buffer.from(value).toString('base64url');
    const signature = fakeSecret(world, 1, this.#made);
    return [JSON.stringify({ kid: 'sandbox', alg: 'RS256' }), JSON.stringify(payload), signature].map(part).join('.');
  }
}

/** `GET /v1/apikeys/details`: the key's owner (icd-api.md, 1.3). The response may contain the key in clear text. */
export function keyDetails(world: World, { headers, path }: Received, refuse: Refuse): Answer {
  const { apiKey } = world.options;
  if (headers['iam-apikey'] !== apiKey) return refuse(path, 404, 'Provided API key not found');
  const id = `ApiKey-${uuid(world, Kind.service, 1, 0)}`;
  const details: Row = {
    id,
    entity_tag: '1-0',
    crn: `crn:v1:bluemix:public:iam-identity::a/${accountId(world)}::apikey:${id}`,
    locked: false,
    disabled: false,
    created_at: '2024-01-01T00:00+0000',
    created_by: ownIamId(world),
    modified_at: '2024-01-01T00:00+0000',
    expires_at: `${iso(world.clock.start + 365 * 86_400_000).slice(0, 16)}+0000`,
    name: 'connector',
    description: '',
    iam_id: ownIamId(world),
    account_id: accountId(world),
    support_sessions: false,
    action_when_leaked: 'none',
    apikey: apiKey,
  };
  return json(200, details);
}
