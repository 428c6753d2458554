import { ConnectorError } from '../../core/failure/errors.ts';
import type { Skipped } from '../../core/retrieval/partitions.ts';
import { parseCrn } from './api/crn.ts';
import type { IbmCloudConfig } from './config.ts';
import { serviceIdIn } from './api/token.ts';
import type { Account } from './account/account.ts';
import type { Accounts } from './account/accounts.ts';
import { loadInventory } from './account/inventory.ts';
import { RESOURCE_GROUPS } from './account/resource-groups.ts';
import { DATABASE_VIEWER } from './terms.ts';

const BILLING = {
  account: '--roles Administrator --service-name billing',
  resource_groups: '--roles Viewer --resource-type resource-group',
} as const;

interface Policy {
  of: (config: IbmCloudConfig, partition?: string) => string;
  /** True if the API omits rows, instead of rejecting the request, when the role is missing. */
  hides?: true;
}

const viewer = (service: string): Pick<Policy, 'of'> => ({ of: () => `--roles Viewer --service-name ${service}` });

/** The policies that these streams need (icd-api.md 1.8). All other streams need only Viewer on the database service. */
const POLICIES: Readonly<Record<string, Policy>> = {
  accounts: { of: () => '--roles Viewer --account-management' },
  audit_events: {
    of: ({ logs_instances: [first = ''] }, instance = first) =>
      `--roles Reader --service-name logs --service-instance ${parseCrn(instance)?.instance}`,
  },
  api_keys: { of: () => '--roles Administrator --service-name iam-identity', hides: true },
  audit_routes: viewer('atracker'),
  billables: { of: ({ billing }) => BILLING[billing] },
  deployments_restrictions: viewer('context-based-restrictions'),
  deployments_roles: { ...viewer('iam-access-management'), hides: true },
  deployments_team_roles: { ...viewer('iam-access-management'), hides: true },
  resource_groups: { of: () => BILLING.resource_groups, hides: true },
  service_ids: { ...viewer('iam-identity'), hides: true },
  teams: { ...viewer('iam-groups'), hides: true },
  trusted_profiles: { ...viewer('iam-identity'), hides: true },
  users: { ...viewer('user-management'), hides: true },
};

/** See `Platform.grant`. Without a rejection, returns undefined unless a missing role can explain an empty list. */
export async function grant(
  stream: string,
  accounts: Accounts,
  rejection?: Pick<Skipped, 'id' | 'error'>,
): Promise<string | undefined> {
  if (rejection === undefined && POLICIES[stream]?.hides !== true) return undefined;
  const { id: partition, error } = rejection ?? {};
  const crn = parseCrn(partition ?? '');
  const account = accounts.at(error?.account ?? crn?.account);
  const service = crn?.service ?? (await serviceOf(account));
  // If the error names an account, the rejection is the error's cause.
  const cause = error?.cause instanceof ConnectorError ? error.cause : error;
  const { role, path }: Readonly<Record<string, string>> = cause?.facts ?? {};
  // Other streams also request the resource groups.
  const needed = path === RESOURCE_GROUPS ? 'resource_groups' : stream;
  const policyOf = role === DATABASE_VIEWER ? undefined : POLICIES[needed]?.of;
  const policy = policyOf?.(account.config, partition) ?? `--roles Viewer --service-name ${service}`;
  if (account.id !== undefined) {
    return `ibmcloud target -c ${account.id} && ibmcloud iam trusted-profile-policy-create ${account.profile} ${policy} --force`;
  }
  const serviceId = serviceIdIn(await account.api.authorization('check')) ?? 'SERVICE_ID';
  return `ibmcloud iam service-policy-create ${serviceId} ${policy} --force`;
}

/** The service of the first generation 1 deployment, or an example service if there is no such deployment. */
async function serviceOf(account: Account): Promise<string> {
  const found = await account.once(loadInventory).catch(() => undefined);
  const first = found?.deployments.find(({ generation }) => generation === 'gen1');
  return first?.service ?? 'databases-for-postgresql';
}
