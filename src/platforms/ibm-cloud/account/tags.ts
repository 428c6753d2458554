import type { Row } from '../../../core/record/row.ts';
import type { Skipped } from '../../../core/retrieval/partitions.ts';
import { briefly } from '../api/failure.ts';
import { type PageToken, allRows, listPages } from '../api/pages.ts';
import { textOf } from '../api/values.ts';
import { count } from '../terms.ts';
import { accountId } from './account-id.ts';
import type { Account } from './account.ts';
import type { Deployment } from './instance.ts';

const SEARCH = 'v3/resources/search';
const QUERY = 'family:resource_controller AND (service_name:databases-for-* OR service_name:messages-for-*)';
/** The page size; the API's default is only 10 rows. */
const PAGE_SIZE = 100;

/** The tags of all databases. */
interface Tags {
  /** The rows found by the search, by CRN, or undefined if the search failed. */
  byId?: ReadonlyMap<string, Row>;
  requests: number;
  skipped?: Skipped;
}

/**
 * `POST /v3/resources/search` (icd-accounts-access.md 2.23): the tags of all databases in the account. The request omits `timeout`,
 * which would truncate the list. Logs a warning if the search fails.
 */
export async function loadTags(account: Account): Promise<Tags> {
  const { api, config } = account;
  try {
    const query = { account_id: await account.once(accountId), limit: PAGE_SIZE };
    const body = JSON.stringify({ query: QUERY, fields: ['crn', 'tags', 'access_tags'] });
    const first = { origin: config.endpoints.search, path: SEARCH, query, post: { type: 'application/json', body } };
    const { rows, requests } = await allRows(listPages(api, first, 'deployments', 'items', cursorOfNext));
    return { byId: new Map(rows.map((row) => [String(row['crn']), row])), requests };
  } catch (thrown) {
    const error = await account.optionalFailure(thrown);
    if (error.isRejection && api.isCheck === true)
      return { requests: 1, skipped: { label: 'the search for tags', error } };
    api.log('warn', `deployments: tags and access_tags are null, because the request failed (${briefly(error)})`);
    return { requests: 1 };
  }
}

/** Only an empty page marks the end of the list: any other page may be short. */
function cursorOfNext({ items, search_cursor: cursor }: Row): PageToken | undefined {
  const value = textOf(cursor);
  const isEnd = value === undefined || (Array.isArray(items) && items.length === 0);
  return isEnd ? undefined : { name: 'search_cursor', value, inBody: true };
}

/** A database without tags has empty lists; a database that the search omits has null. */
export function tagsOf({ id }: Deployment, { byId }: Tags): Row {
  const { tags = [], access_tags = [] } = byId?.get(id) ?? { tags: null, access_tags: null };
  return { tags, access_tags };
}

export function warnOfUntagged(deployments: readonly Deployment[], { byId }: Tags, { api }: Account): void {
  // A check requests only one row, so all other deployments would seem untagged.
  if (byId === undefined || api.isCheck === true) return;
  const missing = deployments.filter(({ id }) => !byId.has(id));
  const [first] = missing;
  if (first === undefined) return;
  const which = `${count(missing.length, 'deployment')}, such as ${first.id}`;
  api.log(
    'warn',
    `deployments: tags and access_tags are null for ${which}, because IBM Cloud's search omits them. New deployments appear in search results after a delay. If the problem persists, report it`,
  );
}
