import { ConnectorError, asConnectorError } from '../../../core/failure/errors.ts';
import type { Row } from '../../../core/record/row.ts';
import type { Month } from '../../../core/retrieval/month/declaration.ts';
import { allRows, listPages, tokenIn } from '../api/pages.ts';
import { textOf } from '../api/values.ts';
import { count, requiringRole, terms } from '../terms.ts';
import { accountId } from './account-id.ts';
import type { Account } from './account.ts';
import { RESOURCE_GROUPS, loadResourceGroups, selectedGroups } from './resource-groups.ts';

const PAGE_SIZE = 200;
const VIEWER = 'the Viewer role on the resource group';

/** A check requests the usage of at most this many resource groups, and passes if one request succeeds. */
const MAX_CHECKED = 3;

/**
 * `GET …/resource_instances/usage/{month}` (icd-api.md 2.5) for the account or for each resource group. The result has one
 * row per instance and plan.
 */
export async function loadUsage(month: string, account: Account): Promise<Month> {
  const base = `v4/accounts/${encodeURIComponent(await account.once(accountId))}`;
  const report = `resource_instances/usage/${month}`;
  if (account.config.billing === 'account') {
    const role = 'the Administrator role on the service Billing, or set platform.billing to resource_groups';
    return { ...(await usageAt(`${base}/${report}`, role, account)), isWhole: true };
  }
  const all = await groupIds(account);
  const groups = account.api.isCheck === true ? all.slice(0, MAX_CHECKED) : all;
  const failures: Array<[group: string, error: ConnectorError]> = [];
  const lists = await Promise.all(
    groups.map(async (group) => {
      try {
        const path = `${base}/resource_groups/${encodeURIComponent(group)}/${report}`;
        const list = await usageAt(path, VIEWER, account);
        // IBM may omit the group id.
        for (const row of list.rows) row['resource_group_id'] ??= group;
        return list;
      } catch (thrown) {
        const error = asConnectorError(thrown);
        if (!error.isRejection && !isNoSuchMonth(error)) throw thrown;
        failures.push([group, error]);
        return { rows: [], requests: 1 };
      }
    }),
  );
  const errors = failures.map(([, error]) => error);
  // Reporting a missing role is more useful than reporting a missing month.
  if (errors.length === groups.length && errors.length > 0)
    throw errors.find((error) => !isNoSuchMonth(error)) ?? errors[0];
  const isGone = ({ problem }: ConnectorError): boolean => problem === 'not_found';
  // A check already reports the result of each stream.
  for (const [group, error] of account.api.isCheck === true ? [] : failures) {
    const consequence = isGone(error) ? '' : '; every sync reads these months again until the group can be read';
    account.logOnce('warn', `billables: usage of resource group ${group} skipped (${error.answer})${consequence}`);
  }
  const [group, error] = failures.find((failure) => !isNoSuchMonth(failure[1])) ?? [];
  return {
    rows: lists.flatMap(({ rows }) => rows),
    requests: lists.reduce((sum, { requests }) => sum + requests, 0),
    isWhole: errors.every(isGone),
    skipped: error && { label: `resource group ${group}`, error },
  };
}

/** Whether the response may mean that IBM has no data for the month. */
export function isNoSuchMonth({ status }: ConnectorError): boolean {
  return status === 400 || status === 404;
}

async function groupIds(account: Account): Promise<readonly string[]> {
  const { resourceGroupIds } = account.selection;
  const groups =
    resourceGroupIds.length > 0
      ? await selectedGroups(account)
      : (await account.once(loadResourceGroups)).flatMap(({ id }) => textOf(id) ?? []);
  if (groups.length === 0 && resourceGroupIds.length === 0) {
    // Without this error, the months would be marked as read.
    const facts = { ...terms.facts, path: RESOURCE_GROUPS, answer: 'it lists none', role: VIEWER };
    throw new ConnectorError('role_missing', facts);
  }
  account.logOnce(
    'info',
    `billables: reading the usage of ${count(groups.length, 'resource group')}. IBM Cloud omits groups that the API key can't view; to include them, grant the Viewer role on all resource groups`,
  );
  return groups;
}

function usageAt(path: string, role: string, { api, config }: Account): Promise<{ rows: Row[]; requests: number }> {
  const token_rejected = `IBM Cloud's billing at {host} rejected the access token issued for this {token} (HTTP 401). Grant {holder} ${role}. If the problem persists, report it.`;
  const first = {
    origin: config.endpoints.billing,
    path,
    query: { _limit: PAGE_SIZE, _names: 'true' },
    messages: { token_rejected },
  };
  const pages = listPages(api, first, 'billables', 'resources', ({ next }) => tokenIn(next, ['_start'], path));
  return requiringRole(role, path, allRows(pages));
}
