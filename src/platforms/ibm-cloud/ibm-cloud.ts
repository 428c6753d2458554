import { ConnectorError } from '../../core/failure/errors.ts';
import type { Api, Platform } from '../platform.ts';
import type { Account } from './account/account.ts';
import { Accounts } from './account/accounts.ts';
import { loadInventory, missingSentence } from './account/inventory.ts';
import { rejections } from './api/error-text.ts';
import { failureOf } from './api/failure.ts';
import { iamAuth } from './api/token.ts';
import { parseProfile, profileConnection } from './api/trusted-profile.ts';
import { probeDatabases } from './check-databases.ts';
import { assumableProfiles } from './assumable.ts';
import { type IbmCloudConfig, ibmCloudConfig } from './config.ts';
import { grant } from './grant.ts';
import { probes } from './probes.ts';
import { streams } from './streams/index.ts';
import { count, terms } from './terms.ts';

/** IBM Cloud Databases, both generations (docs/reference/icd-api.md). */
export const ibmCloud: Platform<IbmCloudConfig, Accounts> = {
  config: ibmCloudConfig,
  streams,
  terms,
  credentials({ api_key: key }) {
    return typeof key === 'string' ? [key, key.trim()] : [];
  },
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
  async check(config, api, accounts) {
    const problems = await Promise.all(
      accounts.all.map(async (account) => {
        try {
          const { results } = await accounts.load(
            (each) => inTime(checkAccount(config, api, each), api, each),
            [account],
          );
          const about = account.id === undefined ? '' : `Account ${account.id}: `;
          return results.flatMap((problem) => (problem === undefined ? [] : [`${about}${problem}`]));
        } catch (thrown) {
          const error = failureOf(thrown);
          // Without the key, no account can be read.
          if (account.id === undefined) throw error;
          if (error.failureType !== 'transient_error') return [error.message];
          accounts.failed.set(account, error);
          return [];
        }
      }),
    );
    // An outage isn't a problem of the config.
    const [outage] = accounts.failed.values();
    if (outage !== undefined) throw outage;
    return problems.flat();
  },
};

/** Rejects when the check stops waiting for the account, so that the others can be reported. */
function inTime<T>(checking: Promise<T>, { late }: Api, { profile = '' }: Account): Promise<T> {
  if (late === undefined) return checking;
  const expired = late.then((seconds): never => {
    const answer = `no successful response within ${seconds} s`;
    const message = `IBM Cloud sent ${answer} for the trusted profile ${profile}. Try again later; if the problem persists, check platform.endpoints and the network.`;
    throw new ConnectorError('check_timed_out', { message }, { answer });
  });
  return Promise.race([checking, expired]);
}

/** The problem with an account, if any. Throws a ConnectorError. */
async function checkAccount(config: IbmCloudConfig, api: Api, account: Account): Promise<string | undefined> {
  const isLimited = config.deployment_ids.length > 0;
  const { deployments, missing, listed } = await account.once(loadInventory);
  if (missing.length > 0) return missingSentence(missing, account.selection);
  if (listed === 0) return noDeployments(config, account);
  const rejection = await probeDatabases(deployments, account);
  if (rejection !== undefined) return rejection;
  const gen1 = deployments.filter(({ generation }) => generation === 'gen1').length;
  const where = isLimited ? 'in deployment_ids' : 'on the first page with deployments';
  const generations = `${gen1} of generation 1, ${deployments.length - gen1} of generation 2`;
  const about = account.id === undefined ? '' : `account ${account.id}: `;
  api.log('info', `${about}found ${count(deployments.length, 'deployment')} ${where}: ${generations}`);
  return undefined;
}

function noDeployments({ resource_group_ids: groups }: IbmCloudConfig, { profile }: Account): string {
  const [where, advice] =
    groups.length === 0 ? ['', ''] : [' in these resource groups', ', and check resource_group_ids'];
  const [reader, holder] =
    profile === undefined ? ['this API key', 'its service ID'] : [`the trusted profile ${profile}`, 'it'];
  return `IBM Cloud lists no database deployments${where} for ${reader}. Grant ${holder} the Viewer role on the database services, such as databases-for-postgresql${advice}.`;
}
