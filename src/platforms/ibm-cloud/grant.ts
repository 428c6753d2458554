import { ConnectorError } from '../../core/failure/errors.ts';
import { parseCrn } from './api/crn.ts';
import type { IbmCloudConfig } from './config.ts';
import { serviceIdIn } from './api/token.ts';
import type { Account } from './account/account.ts';
import type { Accounts } from './account/accounts.ts';
import { loadInventory } from './account/inventory.ts';
import { DATABASE_VIEWER } from './terms.ts';

const BILLING = {
  account: '--roles Administrator --service-name billing',
  resource_groups: '--roles Viewer --resource-type resource-group',
} as const;

/** The policies that these streams need (icd-api.md 1.8). All other streams need only Viewer on the database service. */
const POLICIES: Readonly<Record<string, (config: IbmCloudConfig, partition?: string) => string>> = {
  accounts: () => '--roles Viewer --account-management',
  audit_events({ logs_instances: [first = ''] }, instance = first) {
    return `--roles Reader --service-name logs --service-instance ${parseCrn(instance)?.instance}`;
  },
  api_keys: () => '--roles Administrator --service-name iam-identity',
  audit_routes: () => '--roles Viewer --service-name atracker',
  billables: ({ billing }) => BILLING[billing],
  deployments_restrictions: () => '--roles Viewer --service-name context-based-restrictions',
  deployments_roles: () => '--roles Viewer --service-name iam-access-management',
  deployments_team_roles: () => '--roles Viewer --service-name iam-access-management',
  resource_groups: () => BILLING.resource_groups,
  service_ids: () => '--roles Viewer --service-name iam-identity',
  teams: () => '--roles Viewer --service-name iam-groups',
  trusted_profiles: () => '--roles Viewer --service-name iam-identity',
  users: () => '--roles Viewer --service-name user-management',
};

/** Without the role, the API returns shorter lists for these streams instead of rejecting the request. */
const HIDING: ReadonlySet<string> = new Set([
  'api_keys',
  'deployments_roles',
  'deployments_team_roles',
  'resource_groups',
  'service_ids',
  'teams',
  'trusted_profiles',
  'users',
]);

/**
 * The command that grants the role that a stream needs or, if `partition` is set, the role that this partition needs. `error` is
 * the rejection. For the outcome `hidden`, undefined unless a missing role can explain the empty list.
 */
export async function grant(
  stream: string,
  accounts: Accounts,
  outcome: 'rejected' | 'hidden',
  partition?: string,
  error?: ConnectorError,
): Promise<string | undefined> {
  if (outcome === 'hidden' && !HIDING.has(stream)) return undefined;
  const account = accounts.at(error?.account ?? parseCrn(partition ?? '')?.account);
  const service = parseCrn(partition ?? '')?.service ?? (await serviceOf(account));
  const policyOf = roleIn(error) === DATABASE_VIEWER ? undefined : POLICIES[stream];
  const policy = policyOf?.(account.config, partition) ?? `--roles Viewer --service-name ${service}`;
  if (account.id !== undefined) {
    return `ibmcloud target -c ${account.id} && ibmcloud iam trusted-profile-policy-create ${account.profile} ${policy} --force`;
  }
  const serviceId = serviceIdIn(await account.api.authorization('check')) ?? 'SERVICE_ID';
  return `ibmcloud iam service-policy-create ${serviceId} ${policy} --force`;
}

/** The role that a rejected request requires. If the error names an account, the rejection is its cause. */
function roleIn(error: ConnectorError | undefined): string | undefined {
  const rejection = error?.cause instanceof ConnectorError ? error.cause : error;
  return rejection?.facts['role'];
}

/** The service of the first generation 1 deployment, on which the role is granted. */
async function serviceOf(account: Account): Promise<string> {
  const found = await account.once(loadInventory).catch(() => undefined);
  const first = found?.deployments.find(({ generation }) => generation === 'gen1');
  return first?.service ?? 'databases-for-postgresql';
}
