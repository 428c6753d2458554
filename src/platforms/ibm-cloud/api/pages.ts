import { unexpectedBody } from '../../../core/failure/errors.ts';
import type { Request } from '../../../core/stream/request.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import type { Api } from '../../platform.ts';
import { listIn, objectOf } from './envelope.ts';
import { type PageToken, pagesOf } from '../../paging.ts';

/**
 * The token in `next`, an object with a link in `href` and often the token beside it: taken from the link, where it can only
 * be read in one way, and if that has none, from beside it. Throws `unexpected_body` if neither has it.
 */
export function tokenOfNext(next: unknown, name: string, beside: string, path: string): PageToken | undefined {
  if (next === undefined || next === null || next === '') return undefined;
  if (!isRow(next)) throw unexpectedBody(path, 'its next page is no object');
  const { href, [beside]: value } = next;
  const hasLink = typeof href === 'string' && href.includes(`${name}=`);
  if (!hasLink && typeof value === 'string' && value !== '') return { name, value: decoded(value) };
  // Without a link there is no token either, and that is no end.
  return tokenIn(href === undefined || href === null || href === '' ? '?' : href, [name], path);
}

/** Some services encode a token as it would stand in a link. */
function decoded(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

/**
 * The offset of the next page in the link of a body's `next`; without one there, that which follows from where the page
 * began and how long it may be by its own `limit`: a service may give less than it was asked for. Throws `unexpected_body`
 * for one that does not lead on.
 */
export function offsetOfNext({ next, limit }: Row, { path, query }: Request): PageToken | undefined {
  if (next === undefined || next === null || next === '') return undefined;
  const link = isRow(next) ? next['href'] : next;
  const asked = Number(query?.['offset'] ?? 0);
  const mark = typeof link === 'string' ? link.indexOf('?') : -1;
  const told = typeof link === 'string' && mark !== -1 ? new URLSearchParams(link.slice(mark + 1)).get('offset') : null;
  const offset = told === null || told === '' ? asked + Number(limit) : Number(told);
  if (!Number.isSafeInteger(offset) || offset <= asked) {
    throw unexpectedBody(
      path,
      `its next page begins at ${told ?? 'an offset that it does not name'}, and this one at ${asked}`,
    );
  }
  return { name: 'offset', value: String(offset) };
}

/**
 * The token in a link to the next page: its host and path are never gone by (icd-api.md 2). Undefined if there is no link,
 * which is the end of a list. Throws `unexpected_body` for a link without one of the known tokens: to take it for the end
 * would lose rows in silence.
 */
export function tokenIn(link: unknown, names: readonly string[], path: string): PageToken | undefined {
  if (link === undefined || link === null || link === '') return undefined;
  if (typeof link !== 'string') throw unexpectedBody(path, 'its link to the next page is no text');
  const mark = link.indexOf('?');
  const query = new URLSearchParams(mark === -1 ? '' : link.slice(mark + 1));
  for (const name of names) {
    const value = query.get(name);
    if (value !== null && value !== '') return { name, value };
  }
  throw unexpectedBody(path, `its link to the next page has none of the parameters ${names.join(', ')}`);
}

/** A page of a list. */
interface ListPage {
  body: Row;
  rows: unknown[];
}

/** The pages of a list that is in the body under this name. Throws a ConnectorError. */
export function listPages(
  api: Pick<Api, 'get'>,
  first: Request,
  owner: string,
  list: string,
  next: (body: Row, request: Request) => PageToken | undefined,
): AsyncGenerator<ListPage, void, void> {
  return pagesOf(api, first, owner, {
    parse: (body) => ({ body: objectOf(body, first.path), rows: listIn(body, list, first.path) }),
    next: ({ body }, request) => next(body, request),
  });
}

/** All rows of the pages, and how many requests they took. */
export async function allRows(pages: AsyncIterable<ListPage>): Promise<{ rows: unknown[]; requests: number }> {
  const all: unknown[] = [];
  let requests = 0;
  for await (const { rows } of pages) {
    all.push(...rows);
    requests += 1;
  }
  return { rows: all, requests };
}
