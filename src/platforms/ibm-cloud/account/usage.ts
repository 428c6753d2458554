import { ConnectorError } from '../../../core/failure/errors.ts';
import type { Row } from '../../../core/record/row.ts';
import type { List } from '../../../core/retrieval/shared/declaration.ts';
import type { Skipped } from '../../../core/retrieval/partitions.ts';
import { orSkipped } from '../api/failure.ts';
import { linked } from '../api/pages.ts';
import { terms } from '../terms.ts';
import type { Account } from './account.ts';
import { loadList, logListed } from './list.ts';
import { RESOURCE_GROUPS, loadResourceGroups, selectedGroups } from './resource-groups.ts';

const PAGE_SIZE = 200;
const VIEWER = 'the Viewer role on the resource group';

/** A check requests the usage of at most this many resource groups, and passes if one request succeeds. */
const MAX_CHECKED = 3;

/** A month's usage (icd-api.md 2.5), for the account or for each resource group: one row per instance and plan. Throws a ConnectorError. */
export async function loadUsage(month: string, account: Account): Promise<List> {
  const base = `v4/accounts/${encodeURIComponent(await account.requireId())}`;
  const report = `resource_instances/usage/${month}`;
  if (account.config.billing === 'account') {
    const role = 'the Administrator role on the Billing service, or set platform.billing to resource_groups';
    return { rows: await usageAt(`${base}/${report}`, role, account) };
  }
  const all = await groupIds(account);
  const groups = account.api.isCheck === true ? all.slice(0, MAX_CHECKED) : all;
  const rejected: Skipped[] = [];
  const lists = await Promise.all(
    groups.map(async (group) => {
      const path = `${base}/resource_groups/${encodeURIComponent(group)}/${report}`;
      const rows = await orSkipped(`the records of resource group ${group}`, usageAt(path, VIEWER, account), rejected);
      if (rows === undefined) return [];
      // IBM may omit the group id.
      for (const row of rows) row['resource_group_id'] ??= group;
      return rows;
    }),
  );
  // Report a missing role rather than a missing month, because the user can grant the role.
  const skipped = rejected.toSorted((a, b) => Number(a.error.is('absence')) - Number(b.error.is('absence')));
  const [first] = skipped;
  if (first !== undefined && skipped.length === groups.length) throw first.error;
  return { rows: lists.flat(), skipped };
}

async function groupIds(account: Account): Promise<readonly string[]> {
  if (account.config.resource_group_ids.length > 0) return selectedGroups(account);
  const groups = await account.once(loadResourceGroups);
  if (groups.length === 0) {
    // Without this error, the months would be marked as read.
    const message = `The API key is not authorized to read ${RESOURCE_GROUPS} (the list is empty). Grant ${terms.facts.holder} ${VIEWER}, or deselect the stream.`;
    throw new ConnectorError('forbidden', { message });
  }
  logListed(account, groups.length, 'resource group', 'the Viewer role on all resource groups');
  return groups.map(({ id }) => String(id));
}

function usageAt(path: string, role: string, account: Account): Promise<Row[]> {
  const query = { _limit: PAGE_SIZE, _names: 'true' };
  const request = { stream: 'billables', endpoint: 'billing', path, query, role } as const;
  return loadList(account, { ...request, list: 'resources', next: linked('next', '_start') });
}
