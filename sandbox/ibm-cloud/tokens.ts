import { type Answer, type Received, type Row, json } from '../platform.ts';
import { type Refuse, tokenError } from './errors.ts';
import { Kind, SECOND, type World, accountId, fakeSecret, iso, uuid } from './world.ts';

const GRANT = 'urn:ibm:params:oauth:grant-type:apikey';
const ASSUME = 'urn:ibm:params:oauth:grant-type:assume';

export const TOKEN_PATH = '/iam/identity/token';
export const PROFILES_PATH = '/iam/identity/profiles';

/** The service ID that owns the API key. */
function ownIamId(world: World): string {
  return `iam-ServiceId-${uuid(world, Kind.service, 0, 0)}`;
}

/** An account's trusted profile, which trusts the API key's service ID (icd-accounts-access.md, 2.12). */
export interface Profile {
  readonly id: string;
  readonly crn: string;
  readonly name: string;
}

export function profileOf(world: World): Profile {
  const id = `Profile-${uuid(world, Kind.profile, 9, 0)}`;
  return {
    id,
    crn: `crn:v1:bluemix:public:iam-identity::a/${accountId(world)}::profile:${id}`,
    name: 'compose-reader',
  };
}

interface Issued {
  /** The token's expiration time on `Clock.real`. */
  readonly end: number;
  readonly world: World;
  readonly isOfProfile: boolean;
}

/**
 * The tokens issued so far. With the API key, clients request a token for the first account. With that token, they request tokens for the
 * accounts' trusted profiles. The services accept only tokens.
 */
export class Tokens {
  readonly #worlds: readonly [World, ...World[]];
  readonly #issued = new Map<string, Issued>();
  #made = 0;

  constructor(worlds: readonly [World, ...World[]]) {
    this.#worlds = worlds;
  }

  /** `POST /identity/token` (icd-api.md, 1.1). IAM rejects a wrong key with HTTP 400, not 401. */
  exchange({ body, headers }: Received): Answer {
    const form = formOf(body);
    if (form.get('grant_type') === ASSUME && headers['authorization'] === undefined) return this.#assume(form);
    if (form.get('grant_type') !== GRANT || (form.get('response_type') ?? 'cloud_iam') !== 'cloud_iam') {
      return tokenError(400, 'BXNIM0106E', 'Property grant_type or response_type is not valid.');
    }
    const [own] = this.#worlds;
    if (form.get('apikey') !== own.options.apiKey) {
      return tokenError(400, 'BXNIM0415E', 'Provided API key could not be found.');
    }
    return this.#issue(own, ownIamId(own), false);
  }

  /** Exchanges the API key's token for a trusted profile's token (icd-accounts-access.md, 2.12). */
  #assume(form: URLSearchParams): Answer {
    const key = this.#live(form.get('access_token') ?? '');
    if (key === undefined || key.isOfProfile) {
      return tokenError(401, 'BXNIM0408E', 'Provided token is expired or invalid.');
    }
    const given = ['profile_id', 'profile_crn', 'profile_name'].filter((name) => form.has(name));
    if (given.length !== 1 || form.has('profile_name') !== form.has('account')) {
      return tokenError(400, 'BXNIM0109E', 'Property missing or empty: profile_id');
    }
    const world = this.#worldOf(form);
    if (world === undefined) return tokenError(400, 'BXNIM0398E', 'Selected trusted profile not eligible.');
    return this.#issue(world, `iam-${profileOf(world).id}`, true);
  }

  /** `POST /identity/profiles`: the profiles that the key's service ID can assume (icd-accounts-access.md, 2.12). */
  listProfiles({ body, path }: Received, refuse: Refuse): Answer {
    const key = this.#live(formOf(body).get('access_token') ?? '');
    if (key === undefined || key.isOfProfile) return refuse(path, 401);
    const profiles = this.#worlds.map((world) => ({
      ...profileOf(world),
      iam_id: `iam-${profileOf(world).id}`,
      account_id: accountId(world),
      description: '',
      created_at: '2024-01-01T00:00+0000',
      modified_at: '2024-01-01T00:00+0000',
    }));
    return json(200, { count: profiles.length, profiles });
  }

  /** Whether a request has a valid token. */
  admits(received: Received): boolean {
    return this.#live(tokenIn(received)) !== undefined;
  }

  /** The account that a request is for: the account of its token, or of the profile that it assumes. */
  worldOf(received: Received): World {
    const issued = this.#issued.get(tokenIn(received));
    return issued?.world ?? this.#worldOf(formOf(received.body)) ?? this.#worlds[0];
  }

  revoke(): void {
    this.#issued.clear();
  }

  #worldOf(form: URLSearchParams): World | undefined {
    return this.#worlds.find((world) => {
      const { id, crn, name } = profileOf(world);
      if (form.get('profile_crn') === crn || form.get('profile_id') === id) return true;
      return form.get('profile_name') === name && form.get('account') === accountId(world);
    });
  }

  #live(token: string): Issued | undefined {
    const issued = this.#issued.get(token);
    return issued !== undefined && issued.end > issued.world.clock.real ? issued : undefined;
  }

  #issue(world: World, iamId: string, isOfProfile: boolean): Answer {
    const { tokenLife } = world.options;
    const issued = Math.floor(Date.now() / SECOND);
    const access_token = this.#jwt(world, iamId, isOfProfile, issued);
    this.#issued.set(access_token, { end: world.clock.real + tokenLife * SECOND, world, isOfProfile });
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

  /**
   * A token in three parts with a decodable payload, which IBM's clients require (icd-api.md, 5.4). The signature is
   * invalid.
   */
  #jwt(world: World, iam_id: string, isOfProfile: boolean, iat: number): string {
    this.#made += 1;
    const payload = {
      iam_id,
      id: iam_id,
      realmid: 'iam',
      jti: `sandbox-${this.#made}`,
      identifier: iam_id.replace('iam-', ''),
      sub: iam_id.replace('iam-', ''),
      sub_type: isOfProfile ? 'Profile' : 'ServiceId',
      account: { valid: true, bss: accountId(world) },
      iat,
      exp: iat + world.options.tokenLife,
      iss: 'https://iam.cloud.ibm.com/identity',
      grant_type: isOfProfile ? ASSUME : GRANT,
      scope: 'ibm openid',
      client_id: 'default',
      acr: 1,
    };
    const part = (value: string): string => Buffer.from(value).toString('base64url');
    const signature = fakeSecret(world, 1, this.#made);
    return [JSON.stringify({ kid: 'sandbox', alg: 'RS256' }), JSON.stringify(payload), signature].map(part).join('.');
  }
}

function formOf(body: unknown): URLSearchParams {
  return new URLSearchParams(typeof body === 'string' ? body : '');
}

function tokenIn({ headers: { authorization } }: Received): string {
  return (typeof authorization === 'string' ? /^Bearer (.+)$/i.exec(authorization)?.[1] : undefined) ?? '';
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
