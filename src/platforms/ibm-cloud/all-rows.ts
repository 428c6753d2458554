import { unexpectedBody } from '../../core/failure/errors.ts';
import type { Request } from '../../core/stream/request.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import type { Api } from '../platform.ts';
import { listIn, objectOf } from './api/envelope.ts';
import { PageChain, type PageToken, tokenIn } from './page-chain.ts';

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

/** How a list is paged: where its rows are, and the token of the next page. */
export interface Paging {
  list: string;
  next(body: Row, request: Request): PageToken | undefined;
  /** To be told of every page. */
  onPage?(body: Row, rows: readonly unknown[]): void;
}

/** All rows of a list. Throws a ConnectorError, also for a chain of pages that does not end. */
export async function allRows(
  api: Api,
  first: Request,
  owner: string,
  paging: Paging,
): Promise<{ rows: unknown[]; requests: number }> {
  const chain = new PageChain(first.path);
  const all: unknown[] = [];
  let before = '';
  for (let request = first; ;) {
    const body = objectOf(await api.get(request, owner), first.path);
    const rows = listIn(body, paging.list, first.path);
    paging.onPage?.(body, rows);
    all.push(...rows);
    const now = JSON.stringify(rows);
    const token = paging.next(body, request);
    chain.follow(now === before ? 0 : rows.length, token);
    if (token === undefined) return { rows: all, requests: chain.pages };
    before = now;
    request = { ...first, query: { ...first.query, [token.name]: token.value } };
  }
}
