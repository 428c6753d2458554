import type { Row } from '../../../core/record/row.ts';
import type { NextPage } from '../api/pages.ts';
import { textOf } from '../api/values.ts';
import { countOrName } from '../../../text/count.ts';
import type { Account } from './account.ts';
import { loadList } from './list.ts';

const SEARCH = 'v3/resources/search';
const QUERY = 'family:resource_controller AND (service_name:databases-for-* OR service_name:messages-for-*)';
/** Rows per page. The API's default is only 10. */
const PAGE_SIZE = 100;

/** The rows that the search for tags finds, by CRN. */
type Tags = ReadonlyMap<unknown, Row>;

/** `POST /v3/resources/search` (icd-accounts-access.md 2.23), without `timeout`, which would truncate the list. Throws a ConnectorError. */
export async function loadTags(account: Account): Promise<Tags> {
  const query = { account_id: await account.requireId(), limit: PAGE_SIZE };
  const post = postOf({ query: QUERY, fields: ['crn', 'tags', 'access_tags'] });
  const request = { stream: 'deployments', endpoint: 'search', path: SEARCH, query, post } as const;
  const rows = await loadList(account, { ...request, list: 'items', next: withCursor, key: 'crn' });
  return new Map(rows.map((row) => [row['crn'], row]));
}

/** The list ends with an empty page, or with a page without a cursor. A short page isn't necessarily the last page. */
const withCursor: NextPage = ({ items, search_cursor }, first) => {
  const isEnd = textOf(search_cursor) === undefined || (Array.isArray(items) && items.length === 0);
  return isEnd ? undefined : { ...first, post: postOf({ search_cursor }) };
};

function postOf(body: Row): { type: string; body: string } {
  return { type: 'application/json', body: JSON.stringify(body) };
}

/** Sets each record's tags, or null if they are unknown. Warns if the search omits a database. */
export function addTags(records: readonly Row[], found: Tags | undefined, { api }: Account): void {
  const missing: Row[] = [];
  for (const record of records) {
    const row = found?.get(record['id']);
    if (row === undefined) missing.push(record);
    const { tags = [], access_tags = [] } = row ?? { tags: null, access_tags: null };
    Object.assign(record, { tags, access_tags });
  }
  const [first] = missing;
  // In a check, the search requests only one row, so it omits all other deployments.
  if (first === undefined || found === undefined || api.isCheck === true) return;
  const which = countOrName(missing.length, 'deployment', `deployment ${String(first['id'])}`);
  api.log(
    'warn',
    `deployments: tags and access_tags are null for ${which}, which IBM Cloud's search did not find. New deployments appear in search results after a delay. If the problem persists, report it`,
  );
}
