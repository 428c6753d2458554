import { unexpectedBody } from '../../../core/failure/errors.ts';
import type { Request } from '../../../core/stream/request.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import type { Api } from '../../platform.ts';
import { objectOf, rowsOf } from './envelope.ts';
import { textOf } from './values.ts';

/**
 * A list with more pages than this is considered endless. The limit is generous because pages may be empty: IBM omits rows that the
 * key can't view.
 */
const MAX_PAGES = 2_000;

/** How to request the next page: with a query parameter, or with the only property of the next request body. */
export interface PageToken {
  name: string;
  value: string;
  inBody?: true;
}

/**
 * Yields the rows of each page of a list. Each response body contains its rows under the name `list`. `next` returns the token of the
 * next page, or undefined at the end of the list. A check requests one page with one row, unless `isWhole` is true. Throws a
 * ConnectorError, even for pages that never end.
 */
export async function* listPages(
  api: Api,
  first: Request,
  stream: string,
  list: string,
  next: (body: Row, request: Request) => PageToken | undefined,
  isWhole = api.isCheck !== true,
): AsyncGenerator<Row[], void, void> {
  const { path } = first;
  const tokens = new Set<string>();
  for (let request = isWhole ? first : ofOneRow(first); ;) {
    const body = objectOf(await api.get(request, stream), path);
    const rows = rowsOf(body, list, path);
    const token = next(body, request);
    if (token !== undefined && (tokens.has(token.value) || tokens.size >= MAX_PAGES)) {
      throw unexpectedBody(path, `its pages never end: ${tokens.size + 1} were read`);
    }
    yield rows;
    if (token === undefined || !isWhole) return;
    tokens.add(token.value);
    request = pageAt(token, first);
  }
}

function pageAt({ name, value, inBody }: PageToken, first: Request): Request {
  if (inBody === true) return { ...first, post: { type: 'application/json', body: JSON.stringify({ [name]: value }) } };
  return { ...first, query: { ...first.query, [name]: value } };
}

function ofOneRow({ query = {}, ...request }: Request): Request {
  const limits = ['limit', '_limit', 'pagesize'].filter((name) => name in query).map((name) => [name, 1] as const);
  return { ...request, query: { ...query, ...Object.fromEntries(limits) } };
}

/** Returns all rows of a list, and the number of requests. */
export async function allRows(pages: AsyncIterable<Row[]>): Promise<{ rows: Row[]; requests: number }> {
  const all: Row[][] = [];
  for await (const rows of pages) all.push(rows);
  return { rows: all.flat(), requests: all.length };
}

/** The rows of a list that is documented without pagination. Throws `unexpected_body`, even if the list has another page. */
export function rowsOfOnlyPage(body: unknown, list: string, path: string): Row[] {
  const rows = rowsOf(body, list, path);
  const { next, next_url } = objectOf(body, path);
  if (isAbsent(next) && isAbsent(next_url)) return rows;
  throw unexpectedBody(path, 'it has a second page, although pagination is not documented for this list');
}

// Only the token is taken from the link to the next page; the link's host and path are never requested (icd-api.md 2). A
// link without a token is an error: treating it as the end of the list would lose rows.

/** The token in a link, under the first of these names that the link contains. The link may be an object with `href`. */
export function tokenIn(link: unknown, names: readonly string[], path: string): PageToken | undefined {
  if (isAbsent(link)) return undefined;
  for (const name of names) {
    const value = parameterOf(link, name);
    if (value !== undefined) return { name, value };
  }
  throw unexpectedBody(path, `its link to the next page does not have any of the parameters ${names.join(', ')}`);
}

/**
 * The offset in the link `next`. If the link has no offset, it is computed from `limit`, which the service may have
 * lowered.
 */
export function offsetOfNext({ next, limit }: Row, { path, query }: Request): PageToken | undefined {
  if (isAbsent(next)) return undefined;
  const current = Number(query?.['offset'] ?? 0);
  const offset = Number(parameterOf(next, 'offset') ?? current + Number(limit));
  if (!Number.isSafeInteger(offset) || offset <= current) {
    throw unexpectedBody(path, `its next page doesn't follow the page at offset ${current}`);
  }
  return { name: 'offset', value: String(offset) };
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function parameterOf(link: unknown, name: string): string | undefined {
  const href = isRow(link) ? link['href'] : link;
  const query = typeof href === 'string' ? href.replace(/^[^?]*\??/, '') : '';
  return textOf(new URLSearchParams(query).get(name));
}
