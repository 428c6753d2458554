import { unexpectedBody } from '../../core/errors.ts';
import { type Request, type Row, isRow } from '../../core/stream.ts';
import type { Api } from '../platform.ts';
import { listIn, objectOf } from './envelope.ts';

/** So many pages in a row without a row that is new are no list any more. Rows that may not be viewed leave pages empty. */
const MOST_PAGES_WITHOUT_NEWS = 1_000;
const MOST_PAGES = 100_000;

export interface PageToken {
  /** The parameter that it came in, and goes back in. */
  name: string;
  value: string;
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

/**
 * The token in `next`, an object with a link in `href` and often the token beside it: taken from the link, where it can only
 * be read in one way, and if that has none, from beside it. Throws `unexpected_body` if neither has it.
 */
export function tokenOfNext(next: unknown, name: string, beside: string, path: string): PageToken | undefined {
  if (next === undefined || next === null || next === '') return undefined;
  if (!isRow(next)) throw unexpectedBody(path, 'its next page is no object');
  const value = next[beside];
  const hasLink = typeof next['href'] === 'string' && next['href'].includes(`${name}=`);
  if (hasLink || typeof value !== 'string' || value === '') return tokenIn(next['href'], [name], path);
  return { name, value: decoded(value) };
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

/** The pages of one list: sees to it that their chain ends. */
export class PageChain {
  readonly #path: string;
  readonly #tokens = new Set<string>();
  #pages = 0;
  #withoutNews = 0;

  constructor(path: string) {
    this.#path = path;
  }

  get pages(): number {
    return this.#pages;
  }

  /** To be told of every page, with the number of its new rows and the token of the next. Throws `unexpected_body`. */
  follow(news: number, next: PageToken | undefined): void {
    this.#pages += 1;
    this.#withoutNews = news === 0 ? this.#withoutNews + 1 : 0;
    if (next === undefined) return;
    if (this.#tokens.has(next.value)) {
      throw unexpectedBody(this.#path, 'it leads back to a page that was read before, so its pages never end');
    }
    if (this.#withoutNews >= MOST_PAGES_WITHOUT_NEWS || this.#pages >= MOST_PAGES) {
      throw unexpectedBody(this.#path, `its pages do not end: ${this.#pages} were read`);
    }
    this.#tokens.add(next.value);
  }
}
