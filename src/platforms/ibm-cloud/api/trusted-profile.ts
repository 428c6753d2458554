import { ConnectorError } from '../../../core/failure/errors.ts';
import { serverText } from '../../../text/server-text.ts';
import type { Auth, SendRequest } from '../../../http/auth.ts';
import type { AccountConnection } from '../../../http/client-options.ts';
import { TOKEN_PATH, accountIn, exchangeError, isByIam, postForm, renewingAuth, serviceIdIn } from './token.ts';
import { textOf, within } from './values.ts';

const ASSUME = 'urn:ibm:params:oauth:grant-type:assume';
const PROFILE_CRN = /^crn:v1:[^:]*:[^:]*:iam-identity::a\/([0-9a-f]{32})::profile:(Profile-[0-9A-Za-z-]+)$/;

/** This message doesn't recommend trusting the key: IAM issued a token, so the profile already trusts the key. */
const OF_ANOTHER_ACCOUNT =
  'Account {account} could not be read: the token that IAM at {host} issued for the trusted profile {profile} is not for this account. Correct the CRN of the profile in platform.trusted_profiles.';

export interface TrustedProfile {
  crn: string;
  /** The profile's id, such as `Profile-…`. */
  id: string;
  account: string;
}

/** Returns undefined if the text is not the CRN of a trusted profile (icd-accounts-access.md 2.12). */
export function parseProfile(crn: string): TrustedProfile | undefined {
  const [, account = '', id = ''] = PROFILE_CRN.exec(crn) ?? [];
  return id === '' ? undefined : { crn, id, account };
}

/** Authenticates as a trusted profile, by exchanging the key's tokens for tokens of the profile. `now` returns Unix ms. */
export function profileConnection(
  { crn, id, account }: TrustedProfile,
  key: Auth,
  iam: string,
  now: () => number = Date.now,
): AccountConnection {
  // A rejected profile stays rejected for the rest of the sync.
  let rejection: ConnectorError | undefined;
  const { host } = new URL(iam);
  const auth = renewingAuth(async (send) => {
    if (rejection !== undefined) throw rejection;
    const { body, owner } = await assume(send);
    const token = textOf(within(body, 'access_token')) ?? '';
    if (token === '' || accountIn(token) === account) return body;
    throw (rejection = rejected('the token is not for this account', owner, undefined, OF_ANOTHER_ACCOUNT));
  }, now);
  const token = `trusted profile of account ${account}`;
  const holder = `the trusted profile ${id} of account ${account}`;
  return { id: account, facts: { token, holder }, auth };

  async function assume(send: SendRequest, isRetry = false): Promise<{ body: unknown; owner: string }> {
    const owner = await key.header(send);
    const request = postForm(iam, TOKEN_PATH, {
      grant_type: ASSUME,
      access_token: owner.replace(/^Bearer /, ''),
      profile_crn: crn,
    });
    try {
      return { body: await send(request), owner };
    } catch (thrown) {
      if (!(thrown instanceof ConnectorError)) throw thrown;
      if (thrown.status === 401 && !isRetry) {
        // The key's own token may have been revoked.
        await key.meaningOf({ request, authorization: owner, said: thrown.said ?? serverText('') }, send);
        return assume(send, true);
      }
      if (!isByIam(thrown)) throw exchangeError(thrown, iam);
      throw (rejection = rejected(thrown.answer ?? '', owner, thrown));
    }
  }

  function rejected(answer: string, owner: string, cause?: ConnectorError, template?: string): ConnectorError {
    const identity = serviceIdIn(owner) ?? 'SERVICE_ID';
    const command = `ibmcloud target -c ${account} && ibmcloud iam trusted-profile-identity-create ${id} --id ${identity} --id-type SERVICEID`;
    const details = { internalMessage: cause?.internalMessage ?? answer, status: cause?.status };
    const facts = { account, profile: id, host, answer, command };
    return new ConnectorError('profile_rejected', facts, { ...details, answer, account, cause, template });
  }
}
