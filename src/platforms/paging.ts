import { unexpectedBody } from '../core/failure/errors.ts';
import type { Request } from '../core/stream/request.ts';
import type { Api } from './platform.ts';

/** After so many pages in a row without a new row, a list does not end. Rows that may not be viewed leave pages empty. */
const MAX_PAGES_WITHOUT_NEWS = 1_000;
const MAX_PAGES = 100_000;

export interface PageToken {
  /** The parameter that it came in, and goes back in. */
  name: string;
  value: string;
}

/** How a list is paged. */
interface Paging<P> {
  /** Throws `unexpected_body`. */
  parse(body: unknown): P;
  /** The token of the next page; undefined at the end. Throws `unexpected_body`. */
  next(page: P, request: Request): PageToken | undefined;
}

/** Yields the pages of a list. Throws a ConnectorError, also for a chain of pages that does not end. */
export async function* pagesOf<P extends { rows: readonly unknown[] }>(
  api: Pick<Api, 'get'>,
  first: Request,
  owner: string,
  paging: Paging<P>,
): AsyncGenerator<P, void, void> {
  const chain = new PageChain(first.path);
  let before = '';
  for (let request = first; ;) {
    const page = paging.parse(await api.get(request, owner));
    const token = paging.next(page, request);
    const rows = JSON.stringify(page.rows);
    chain.follow(rows === before ? 0 : page.rows.length, token);
    yield page;
    if (token === undefined) return;
    before = rows;
    request = { ...first, query: { ...first.query, [token.name]: token.value } };
  }
}

/** The pages of one list: makes sure that their chain ends. */
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

  /** To be called for every page, with the number of its new rows and the token of the next. Throws `unexpected_body`. */
  follow(news: number, next: PageToken | undefined): void {
    this.#pages += 1;
    this.#withoutNews = news === 0 ? this.#withoutNews + 1 : 0;
    if (next === undefined) return;
    if (this.#tokens.has(next.value)) {
      throw unexpectedBody(this.#path, 'it leads back to a page that was read before, so its pages never end');
    }
    if (this.#withoutNews >= MAX_PAGES_WITHOUT_NEWS || this.#pages >= MAX_PAGES) {
      throw unexpectedBody(this.#path, `its pages do not end: ${this.#pages} were read`);
    }
    this.#tokens.add(next.value);
  }
}
