import { ConnectorError, transientFirst } from '../../core/failure/errors.ts';
import type { Api, Platform } from '../platform.ts';
import type { Account } from './account/account.ts';
import { Accounts } from './account/accounts.ts';
import type { Deployment } from './account/instance.ts';
import { loadInventory, missingSentence } from './account/inventory.ts';
import { partitionsOf, reportOf } from './account/partitions.ts';
import { objectIn, rowsOf } from './api/envelope.ts';
import { rejections } from './api/error-text.ts';
import { failureOf } from './api/failure.ts';
import { iamAuth, postForm } from './api/token.ts';
import { parseProfile, profileConnection } from './api/trusted-profile.ts';
import { type IbmCloudConfig, ibmCloudConfig } from './config.ts';
import { grant } from './grant.ts';
import { probes } from './probes.ts';
import { streams } from './streams/index.ts';
import { terms } from './terms.ts';
import { count } from '../../text/count.ts';

/** A check requests at most this many deployments of each account. */
const MAX_PROBES = 3;

/** After this time, a check of several accounts stops waiting for an account that hasn't responded. */
const CHECK_ACCOUNT_SECONDS = 15;

/** IBM Cloud Databases, both generations (docs/reference/icd-api.md). */
export const ibmCloud: Platform<IbmCloudConfig, Accounts> = {
  config: ibmCloudConfig,
  streams,
  terms,
  secret: 'api_key',
  connection({ api_key: apiKey, endpoints, trusted_profiles: crns }) {
    const auth = iamAuth(apiKey, endpoints.iam);
    const profiles = crns.flatMap((crn) => parseProfile(crn) ?? []);
    return {
      address: endpoints.resource_controller,
      auth,
      accounts: profiles.map((profile) => profileConnection(profile, auth, endpoints.iam)),
      accept: 'application/json',
      rejections,
    };
  },
  open: (config, api) => new Accounts(config, api),
  probes,
  summary: assumableProfiles,
  grant,
  async check(_, api, accounts) {
    const problems = await Promise.all(
      accounts.all.map(async (account) => {
        try {
          const { results } = await accounts.load((each) => inTime(checkAccount(api, each), each), [account]);
          const about = account.id === undefined ? '' : `Account ${account.id}: `;
          return results.flatMap((problem) => (problem === undefined ? [] : [`${about}${problem}`]));
        } catch (thrown) {
          const error = failureOf(thrown);
          // Without trusted profiles, this is the only account.
          if (account.id === undefined) throw error;
          if (error.failureType !== 'transient_error') return [error.message];
          accounts.failed.set(account, error);
          return [];
        }
      }),
    );
    // An outage isn't a problem with the config.
    const [outage] = accounts.failed.values();
    if (outage !== undefined) throw outage;
    return problems.flat();
  },
};

/** Waits for an account's check. Rejects if the check takes too long, so that the results of the other accounts can be reported. */
function inTime<T>(checking: Promise<T>, { peers, profile = '' }: Account): Promise<T> {
  if (peers.length === 1) return checking;
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const expire = (): void => {
    const answer = `no successful response within ${CHECK_ACCOUNT_SECONDS} s`;
    const message = `IBM Cloud sent ${answer} for the trusted profile ${profile}. Try again later; if the problem persists, check platform.endpoints and the network.`;
    reject(new ConnectorError('check_timed_out', { message }, { answer }));
  };
  setTimeout(expire, CHECK_ACCOUNT_SECONDS * 1_000).unref();
  return Promise.race([checking, expired]);
}

/** The problem with an account, if any. Throws a ConnectorError. */
async function checkAccount(api: Api, account: Account): Promise<string | undefined> {
  const { deployments, missing, listed } = await account.once(loadInventory);
  if (missing.length > 0) return missingSentence(missing, account.config);
  if (listed === 0) return noDeployments(account);
  await checkDatabases(deployments, account);
  const gen1 = deployments.filter(({ generation }) => generation === 'gen1').length;
  const where = account.config.deployment_ids.length > 0 ? 'in deployment_ids' : 'on the first page with deployments';
  const generations = `${gen1} of generation 1, ${deployments.length - gen1} of generation 2`;
  const about = account.id === undefined ? '' : `account ${account.id}: `;
  api.log('info', `${about}found ${count(deployments.length, 'deployment')} ${where}: ${generations}`);
  return undefined;
}

/** Checks that the databases API accepts the API key (icd-api.md 2.3.2). Throws a ConnectorError. */
async function checkDatabases(deployments: readonly Deployment[], account: Account): Promise<void> {
  const active = deployments.filter(({ row }) => row['state'] === 'active');
  const partitions = partitionsOf(active.length > 0 ? active : deployments, account);
  const probes = partitions.slice(0, MAX_PROBES).map(async (partition) => {
    const request = reportOf(partition, '');
    objectIn(await account.api.get(request, 'check'), 'deployment', request.path);
  });
  try {
    // One success is enough: other deployments may be new or being deleted.
    if (probes.length > 0) await Promise.any(probes);
  } catch (thrown) {
    const [failure] = (thrown as AggregateError).errors.map(failureOf).toSorted(transientFirst);
    throw failure;
  }
}

/** Counts the profiles that the key can assume (icd-accounts-access.md 2.12). Proxies log query strings, so the token is in the body. */
async function assumableProfiles({ endpoints, trusted_profiles }: IbmCloudConfig, api: Api): Promise<string> {
  const path = 'identity/profiles';
  try {
    const access_token = (await api.authorization('verify')).replace(/^Bearer /, '');
    const body = await api.get(postForm(endpoints.iam, path, { access_token }), 'verify');
    const crns = rowsOf(body, 'profiles', path).map(({ crn }) => crn);
    const named = trusted_profiles.filter((crn) => crns.includes(crn)).length;
    return `The API key can assume ${count(crns.length, 'trusted profile')} (listed in trusted_profiles: ${named}).`;
  } catch (thrown) {
    const { answer, internalMessage, message } = failureOf(thrown);
    return `IAM did not list the trusted profiles that the API key can assume: ${answer ?? internalMessage ?? message}.`;
  }
}

function noDeployments({ profile, config }: Account): string {
  const [reader, holder] =
    profile === undefined ? ['this API key', 'its service ID'] : [`the trusted profile ${profile}`, 'it'];
  const advice = config.resource_group_ids.length === 0 ? '' : ', and check resource_group_ids';
  return `IBM Cloud lists no database deployments for ${reader}. Grant ${holder} the Viewer role on the database services, such as databases-for-postgresql${advice}.`;
}
