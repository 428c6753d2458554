import type { Row } from '../../../core/record/row.ts';
import { text } from '../../../core/stream/fields.ts';
import { endpointAt } from '../api/endpoints.ts';
import { failureOf } from '../api/failure.ts';
import type { Account } from './account.ts';
import type { Accounts } from './accounts.ts';
import { loadInventory } from './inventory.ts';

/** The region to use if no deployment has a known region (icd-api.md 1.6). */
const DEFAULT_REGION = 'us-south';

export const NO_ACCOUNT_ID = text('Always null, because the records are the same for every account.');

/** The retrieval of a generation 1 catalog list (icd-api.md 2.3.1), which is the same for all accounts. Uses the first that can read it. */
export function catalogList(stream: string, path: string, rowsIn: (body: unknown) => Row[]) {
  return {
    way: 'shared' as const,
    path,
    async load({ all: [first, ...others] }: Accounts) {
      const rows = await others.reduce(
        (loading, account) => loading.catch((thrown: unknown) => (failureOf(thrown), loadAs(account))),
        loadAs(first),
      );
      return { rows: rows.map((row) => ({ ...row, account_id: null })) };
    },
  };

  async function loadAs(account: Account): Promise<Row[]> {
    const { deployments } = await account.once(loadInventory);
    const [region = DEFAULT_REGION] = deployments.flatMap((each) => each.region ?? []).toSorted();
    const origin = endpointAt(account.config.endpoints.databases, region);
    return rowsIn(await account.api.get({ origin, path }, stream));
  }
}
