import type { Api } from '../platform.ts';
import { listIn } from './api/envelope.ts';
import { briefly, failureOf } from './api/failure.ts';
import { postForm } from './api/token.ts';
import { textOf, within } from './api/values.ts';
import type { IbmCloudConfig } from './config.ts';
import { count } from './terms.ts';

const PATH = 'identity/profiles';

/**
 * How many trusted profiles the API key can assume, and how many of them the config lists (icd-accounts-access.md 2.12). The
 * token is in the body, because proxies log queries.
 */
export async function assumableProfiles({ endpoints, trusted_profiles }: IbmCloudConfig, api: Api): Promise<string> {
  try {
    const access_token = (await api.authorization('verify')).replace(/^Bearer /, '');
    const body = await api.get(postForm(endpoints.iam, PATH, { access_token }), 'verify');
    const crns = listIn(body, 'profiles', PATH).map((row) => textOf(within(row, 'crn')));
    const named = trusted_profiles.filter((crn) => crns.includes(crn)).length;
    return `The API key can assume ${count(crns.length, 'trusted profile')}, ${named} of which are in trusted_profiles.`;
  } catch (thrown) {
    return `IAM did not list the trusted profiles that the API key can assume: ${briefly(failureOf(thrown))}.`;
  }
}
