import type { Row } from '../../../core/record/row.ts';
import { databasesAt } from '../api/endpoints.ts';
import { briefly, failureOf } from '../api/failure.ts';
import type { Account } from './account.ts';
import { loadInventory } from './inventory.ts';

/** Requested after the deployments' own regions (icd-api.md 1.6). */
const DEFAULT_REGION = 'us-south';
/** A region that is down uses up all its retries, so only this many of the deployments' regions are requested. */
const MAX_REGIONS = 2;

/**
 * Requests a list that doesn't belong to a deployment from the databases' API; `rows` extracts its rows. If one region
 * fails, logs a warning and requests the next. Throws a ConnectorError.
 */
export async function loadCatalogue(
  account: Account,
  path: string,
  stream: string,
  rows: (body: unknown) => Row[],
): Promise<{ rows: Row[]; requests: number }> {
  const { api, config } = account;
  const { deployments } = await account.once(loadInventory);
  const own = [...new Set(deployments.flatMap(({ region }) => region ?? []))].toSorted();
  const regions = [...new Set([...own.slice(0, MAX_REGIONS), DEFAULT_REGION])];
  for (const [i, region] of regions.entries()) {
    try {
      const body = await api.get({ origin: databasesAt(config.endpoints, region), path }, stream);
      return { rows: rows(body), requests: i + 1 };
    } catch (thrown) {
      const error = failureOf(thrown);
      const next = regions[i + 1];
      if (next === undefined) throw error;
      api.log('warn', `${stream}: the request to ${region} failed (${briefly(error)}); requesting ${next} instead`);
    }
  }
  throw new Error('no region was requested');
}
