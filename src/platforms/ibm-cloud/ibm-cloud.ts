import { utcText } from '../../core/record/timestamp.ts';
import type { Platform } from '../platform.ts';
import { probeDatabases } from './check-databases.ts';
import { type IbmCloudConfig, ibmCloudConfig } from './config.ts';
import { refusals } from './api/error-text.ts';
import { missingSentence } from './account/inventory.ts';
import { eventsQuery, queryResult } from './logs/query.ts';
import { type IbmCloudShared, openShared } from './shared.ts';
import { streams } from './streams/index.ts';
import { iamAuth } from './api/token.ts';
import { count, terms } from './terms.ts';

/** IBM Cloud Databases, both generations (docs/reference/icd-api.md). */
export const ibmCloud: Platform<IbmCloudConfig, IbmCloudShared> = {
  config: ibmCloudConfig,
  streams,
  terms,
  credentials({ api_key: key }) {
    return typeof key === 'string' ? [key, key.trim()] : [];
  },
  connection: ({ api_key: apiKey, endpoints }) => ({
    address: endpoints.resource_controller,
    auth: iamAuth({ apiKey, iam: endpoints.iam, facts: terms.facts }),
    accept: 'application/json',
    refusals,
  }),
  open: openShared,
  async check(config, api) {
    const { inventory, endpoints } = openShared(config, api);
    const hasChoice = config.deployment_ids.length > 0;
    const { deployments, missing } = hasChoice
      ? await inventory.load()
      : { deployments: await inventory.glance(), missing: [] };
    if (missing.length > 0) return [missingSentence(missing, config.resource_group_ids)];
    if (deployments.length === 0) return [noDeployments(config)];
    const refusal = await probeDatabases(deployments, endpoints, api);
    if (refusal !== undefined) return [refusal];
    const now = Date.now();
    const lastMinute = { from: utcText(now - 60_000), to: utcText(now) };
    for (const instance of config.logs_instances) {
      const query = eventsQuery(instance, lastMinute, endpoints);
      queryResult(await api.get(query, 'check'), query.path);
    }
    const first = deployments.filter(({ generation }) => generation === 'gen1').length;
    const second = deployments.length - first;
    const where = hasChoice ? 'among deployment_ids' : 'on the first page of the inventory that has any';
    api.log(
      'info',
      `saw ${count(deployments.length, 'deployment')} ${where}: ${first} of generation 1, ${second} of generation 2`,
    );
    return [];
  },
};

function noDeployments({ resource_group_ids: groups }: IbmCloudConfig): string {
  const where = groups.length === 0 ? '' : ' in these resource groups';
  const also = groups.length === 0 ? '' : ', and check resource_group_ids';
  return `IBM Cloud lists no database deployment${where} to this API key. Grant its service ID the role Viewer on the database services, such as databases-for-postgresql${also}.`;
}
