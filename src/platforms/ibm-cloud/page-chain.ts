import { unexpectedBody } from '../../core/failure/errors.ts';

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
