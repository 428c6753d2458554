import { endpointAt } from '../api/endpoints.ts';
import type { Account } from './account.ts';
import { loadInventory } from './inventory.ts';

/** The region to use if no deployment has a known region (icd-api.md 1.6). */
const DEFAULT_REGION = 'us-south';

/**
 * Requests a list of the generation 1 catalog, which is the same for all accounts, from one region's databases API (icd-api.md
 * 2.3.1). Throws a ConnectorError.
 */
export async function loadCatalog(account: Account, path: string, stream: string): Promise<unknown> {
  const { deployments } = await account.once(loadInventory);
  const [region = DEFAULT_REGION] = deployments.flatMap((each) => each.region ?? []).toSorted();
  return account.api.get({ origin: endpointAt(account.config.endpoints.databases, region), path }, stream);
}
