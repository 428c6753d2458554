import type { Row } from '../../../core/record/row.ts';
import { briefly } from '../api/failure.ts';
import { rowsOfOnlyPage } from '../api/pages.ts';
import type { Account } from './account.ts';
import { accountId } from './account-id.ts';

export const RESOURCE_GROUPS = 'v2/resource_groups';

/** `GET /v2/resource_groups` (icd-api.md 2.2), which has no pagination. Throws a ConnectorError. */
export async function loadResourceGroups(account: Account): Promise<Row[]> {
  const query = { account_id: await account.once(accountId) };
  const origin = account.config.endpoints.resource_controller;
  const body = await account.api.get({ origin, path: RESOURCE_GROUPS, query }, 'resource_groups');
  return rowsOfOnlyPage(body, 'resources', RESOURCE_GROUPS);
}

/** The groups of resource_group_ids that the account has. With a single account, all of them should exist. */
export async function selectedGroups(account: Account): Promise<readonly string[]> {
  const { resourceGroupIds } = account.selection;
  if (account.peers.length === 1 || resourceGroupIds.length === 0) return resourceGroupIds;
  const known = new Set((await account.once(loadResourceGroups)).map(({ id }) => id));
  return resourceGroupIds.filter((id) => known.has(id));
}

/** The names of resource groups by id. If they can't be read, logs a warning and returns an empty map. */
export async function resourceGroupNames(account: Account): Promise<ReadonlyMap<unknown, unknown>> {
  try {
    return new Map((await account.once(loadResourceGroups)).map(({ id, name }) => [id, name]));
  } catch (thrown) {
    const error = await account.optionalFailure(thrown);
    account.api.log('warn', `deployments: resource_group_name is null, because the request failed (${briefly(error)})`);
    return new Map();
  }
}
