import type { Row } from '../../../core/record/row.ts';
import type { Account } from './account.ts';
import { loadList } from './list.ts';

export const RESOURCE_GROUPS = 'v2/resource_groups';
const VIEWER = 'the Viewer role on the resource groups';

/** `GET /v2/resource_groups` (icd-api.md 2.2), which has no pagination. Throws a ConnectorError. */
export async function loadResourceGroups(account: Account): Promise<Row[]> {
  const query = { account_id: await account.requireId() };
  const request = { stream: 'resource_groups', endpoint: 'resource_controller', path: RESOURCE_GROUPS, query } as const;
  return loadList(account, { ...request, list: 'resources', key: 'id', role: VIEWER });
}

/** The groups in resource_group_ids that belong to the account. Returns all configured groups if the sync reads only one account. */
export async function selectedGroups(account: Account): Promise<readonly string[]> {
  const { resource_group_ids } = account.config;
  if (account.peers.length === 1 || resource_group_ids.length === 0) return resource_group_ids;
  const known = new Set((await account.once(loadResourceGroups)).map(({ id }) => id));
  return resource_group_ids.filter((id) => known.has(id));
}
