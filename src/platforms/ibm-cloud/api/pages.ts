import { unexpectedBody } from '../../../core/failure/errors.ts';
import type { Request } from '../../../core/stream/request.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import type { Api } from '../../platform.ts';
import { objectOf, rowsOf } from './envelope.ts';
import { textOf } from './values.ts';

/** A list with more pages is considered endless. The limit is high, because pages may be empty: IBM omits rows that the key can't view. */
const MAX_PAGES = 2_000;

/** Returns the request for the next page of a list, or undefined after the last page. Throws `unexpected_body`. */
export type NextPage = (body: Row, first: Request) => Request | undefined;

/**
 * Yields the rows of each page of a list. `list` is the name of the list in the body. Unless `isWhole` is true, a check requests only the
 * first page, limited to one row if the list has a page size. Throws a ConnectorError, for example if the list seems endless.
 */
export async function* listPages(
  api: Api,
  first: Request,
  stream: string,
  list: string,
  next: NextPage,
  isWhole = api.isCheck !== true,
): AsyncGenerator<Row[], void, void> {
  const { path } = first;
  const requested = new Set<string>();
  let request: Request | undefined = isWhole ? first : ofOneRow(first);
  while (request !== undefined) {
    requested.add(keyOf(request));
    const body = objectOf(await api.get(request, stream), path);
    const rows = rowsOf(body, list, path);
    request = next(body, first);
    if (request !== undefined && (requested.has(keyOf(request)) || requested.size > MAX_PAGES)) {
      throw unexpectedBody(path, `the list never ends (${requested.size} pages were read)`);
    }
    yield rows;
    if (!isWhole) return;
  }
}

function keyOf({ query, post }: Request): string {
  return JSON.stringify([query, post]);
}

function ofOneRow({ query = {}, ...request }: Request): Request {
  const limits = ['limit', '_limit', 'pagesize'].filter((name) => name in query).map((name) => [name, 1] as const);
  return { ...request, query: { ...query, ...Object.fromEntries(limits) } };
}

/** For lists without documented pagination. Throws if the list has a second page. */
export const onlyPage: NextPage = ({ next, next_url }, { path }) => {
  if (isAbsent(next) && isAbsent(next_url)) return undefined;
  throw unexpectedBody(path, 'the list has a second page, although its pagination is not documented');
};

/**
 * Finds the next page by the token in a link. `parameters` lists the possible names of the query parameter that contains the token. The
 * link may be an object with `href`. The link's host and path are ignored (icd-api.md 2). A link without a token is an error, because
 * treating it as the end of the list would lose rows.
 */
export function linked(link: 'next' | 'next_url', ...parameters: readonly string[]): NextPage {
  return ({ [link]: target }, first) => {
    if (isAbsent(target)) return undefined;
    const href = textOf(isRow(target) ? target['href'] : target) ?? '';
    const query = new URLSearchParams(href.replace(/^[^?]*\??/, ''));
    const name = parameters.find((each) => query.get(each));
    if (name === undefined) {
      const names = parameters.join(', ');
      throw unexpectedBody(first.path, `its link to the next page contains none of the parameters ${names}`);
    }
    return { ...first, query: { ...first.query, [name]: query.get(name) ?? '' } };
  };
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
