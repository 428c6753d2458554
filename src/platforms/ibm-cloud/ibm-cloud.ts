import type { Platform } from '../platform.ts';
import { Accounts } from './account/accounts.ts';
import { loadInventory, missingSentence } from './account/inventory.ts';
import { rejections } from './api/error-text.ts';
import { iamAuth } from './api/token.ts';
import { probeDatabases } from './check-databases.ts';
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
  connection: ({ api_key: apiKey, endpoints }) => ({
    address: endpoints.resource_controller,
    auth: iamAuth(apiKey, endpoints.iam),
    accept: 'application/json',
    rejections,
  }),
  open: (config, api) => new Accounts(config, api),
  probes,
  grant,
  async check(config, api, { all: [account] }) {
    const isLimited = config.deployment_ids.length > 0;
    const { deployments, missing } = await account.once(loadInventory);
    if (missing.length > 0) return [missingSentence(missing, account.selection)];
    if (deployments.length === 0) return [noDeployments(config)];
    const rejection = await probeDatabases(deployments, account);
    if (rejection !== undefined) return [rejection];
    const gen1 = deployments.filter(({ generation }) => generation === 'gen1').length;
    const where = isLimited ? 'in deployment_ids' : 'on the first page with deployments';
    const generations = `${gen1} of generation 1, ${deployments.length - gen1} of generation 2`;
    api.log('info', `found ${count(deployments.length, 'deployment')} ${where}: ${generations}`);
    return [];
  },
};

function noDeployments({ resource_group_ids: groups }: IbmCloudConfig): string {
  const [where, advice] =
    groups.length === 0 ? ['', ''] : [' in these resource groups', ', and check resource_group_ids'];
  return `IBM Cloud lists no database deployments${where} to this API key. Grant its service ID the role Viewer on the database services, such as databases-for-postgresql${advice}.`;
}
