import { parseCrn } from './api/crn.ts';
import type { IbmCloudConfig } from './config.ts';
import { serviceIdIn } from './api/token.ts';
import type { Account } from './account/account.ts';
import { loadInventory } from './account/inventory.ts';

const BILLING = {
  account: '--roles Administrator --service-name billing',
  resource_groups: '--roles Viewer --resource-type resource-group',
} as const;

/** The policies that streams need (icd-api.md 1.8), unless Viewer on the database service is enough. */
const POLICIES: Readonly<Record<string, (config: IbmCloudConfig, partition?: string) => string>> = {
  accounts: () => '--roles Viewer --account-management',
  audit_events({ logs_instances: [first = ''] }, instance = first) {
    return `--roles Reader --service-name logs --service-instance ${parseCrn(instance)?.instance}`;
  },
  billables: ({ billing }) => BILLING[billing],
  deployments_roles: () => '--roles Viewer --service-name iam-access-management',
  deployments_team_roles: () => '--roles Viewer --service-name iam-access-management',
  resource_groups: () => BILLING.resource_groups,
  teams: () => '--roles Viewer --service-name iam-groups',
};

/** The streams whose lists are just shorter without the role. */
const HIDING: ReadonlySet<string> = new Set([
  'deployments_roles',
  'deployments_team_roles',
  'resource_groups',
  'teams',
]);

/**
 * The command that grants the role a stream needs, for its `partition` if that is rejected. Where its list is `hidden`, only
 * if a missing role can be the reason.
 */
export async function grant(
  stream: string,
  account: Account,
  outcome: 'rejected' | 'hidden',
  partition?: string,
): Promise<string | undefined> {
  if (outcome === 'hidden' && !HIDING.has(stream)) return undefined;
  const service = parseCrn(partition ?? '')?.service ?? (await serviceOf(account));
  const policy = POLICIES[stream]?.(account.config, partition) ?? `--roles Viewer --service-name ${service}`;
  const serviceId = serviceIdIn(await account.api.authorization('check')) ?? 'SERVICE_ID';
  return `ibmcloud iam service-policy-create ${serviceId} ${policy} --force`;
}

/** The service of a deployment of generation 1, to which the role applies. */
async function serviceOf(account: Account): Promise<string> {
  const found = await account.once(loadInventory).catch(() => undefined);
  const first = found?.deployments.find(({ generation }) => generation === 'gen1');
  return first?.service ?? 'databases-for-postgresql';
}
