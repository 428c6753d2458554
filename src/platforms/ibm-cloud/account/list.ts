import { ConnectorError, unexpectedBody } from '../../../core/failure/errors.ts';
import type { Row } from '../../../core/record/row.ts';
import type { Request } from '../../../core/stream/request.ts';
import type { EndpointName } from '../api/endpoints.ts';
import { objectOf } from '../api/envelope.ts';
import { rejectionOf } from '../api/failure.ts';
import { type NextPage, listPages, onlyPage } from '../api/pages.ts';
import { textOf } from '../api/values.ts';
import { count, countOrName } from '../../../text/count.ts';
import type { Account } from './account.ts';

/** How to request an object about an account. */
interface ObjectRequest extends Pick<Request, 'path' | 'query' | 'post' | 'role'> {
  /** The stream that needs the response. */
  stream: string;
  endpoint: Exclude<EndpointName, 'databases' | 'logs'>;
}

/** How to request a list of an account's resources. */
interface ListRequest extends ObjectRequest {
  /** The name of the list in the body. */
  list: string;
  /** Finds the next page. Default: the list has only one page. */
  next?: NextPage;
  /** The field by which duplicate rows are removed. A list that isn't a snapshot may contain a row twice. */
  key?: string | undefined;
}

/** Requests an object. Throws a ConnectorError. */
export async function loadObject(
  { api, config }: Account,
  { stream, endpoint, ...request }: ObjectRequest,
): Promise<Row> {
  return objectOf(await api.get({ origin: config.endpoints[endpoint], ...request }, stream), request.path);
}

/** Requests all pages of a list, or a single row in a check. Throws a ConnectorError. */
export async function loadList(
  { api, config }: Account,
  { stream, endpoint, list, next = onlyPage, key, ...request }: ListRequest,
): Promise<Row[]> {
  const { path } = request;
  const pages = listPages(api, { origin: config.endpoints[endpoint], ...request }, stream, list, next);
  const rows = (await Array.fromAsync(pages)).flat();
  if (key === undefined) return rows;
  const byKey = new Map<string, Row>();
  for (const [i, row] of rows.entries()) {
    const id = textOf(row[key]);
    if (id === undefined) throw unexpectedBody(path, `row ${i + 1} of ${rows.length} has no ${key}`);
    byKey.set(id, row);
  }
  return [...byKey.values()];
}

/** Sets `field` of each row to the list that `load` returns, or to null after a rejection, because the resource may have been deleted. */
export async function addLists(
  account: Account,
  stream: string,
  field: string,
  rows: readonly Row[],
  load: (id: string) => Promise<Row[]>,
): Promise<void> {
  const outcomes = await Promise.all(rows.map(({ id }) => load(encodeURIComponent(String(id))).catch(rejectionOf)));
  const rejected: Array<[row: Row, error: ConnectorError]> = [];
  for (const [i, row] of rows.entries()) {
    const outcome = outcomes[i] ?? [];
    if (outcome instanceof ConnectorError) rejected.push([row, outcome]);
    row[field] = outcome instanceof ConnectorError ? null : outcome;
  }
  const [first] = rejected;
  if (first === undefined) return;
  const [{ id }, { answer }] = first;
  const which = countOrName(rejected.length, 'record', `record ${String(id)}`);
  account.api.log(
    'warn',
    `${stream}: ${field} is null for ${which}, because IBM Cloud rejected the request (${answer})`,
  );
}

/** Logs the length of a list once. Without `role`, IBM may omit rows instead of rejecting the request. */
export function logListed(account: Account, n: number, thing: string, role: string, things = `${thing}s`): void {
  account.logOnce(
    'info',
    `IBM Cloud lists ${count(n, thing, things)} for this API key. It may omit ${things} that the key can't view; to include them, grant ${role}`,
  );
}
