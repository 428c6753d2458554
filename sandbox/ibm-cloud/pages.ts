import type { QueryParameters, Row } from '../platform.ts';
import type { IbmCloudOptions } from './options.ts';

/** `from` is the index of the page's first row. */
interface PageRequest {
  readonly from: number;
  readonly limit: number;
}

/** A page of a list, and the index of the next page's first row, if any. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly limit: number;
  readonly from: number;
  readonly next?: number;
}

/** In base64, these bytes become `+` and `/`, which a client must percent-encode. */
const AWKWARD_BYTES = Buffer.from([0xfb, 0xff, 0xbf]);

const TOKEN_FIELDS = 'next_docid';

/** Divides lists into pages, and creates and parses the tokens that link one page to the next. */
export class Pages {
  readonly #options: IbmCloudOptions;
  /** A counter that increases when page tokens are invalidated. Each page token contains the counter's value at the time of issue. */
  #generation = 0;
  /** The lowest generation whose tokens are still valid, by path. */
  readonly #oldest = new Map<string, number>();
  #fresh = 0;

  constructor(options: IbmCloudOptions) {
    this.#options = options;
  }

  /** Invalidates all tokens issued for a path. */
  forget(path: string): void {
    this.#generation += 1;
    this.#oldest.set(path, this.#generation);
  }

  /** An opaque token that contains `+`, `/` and `=` (icd-api.md, 5.5). The token may contain the request's filters. */
  token(from: number, filters: Readonly<Record<string, string>> = {}): string {
    const text = new URLSearchParams({ [TOKEN_FIELDS]: `g${this.#generation}-${from}`, ...filters }).toString();
    // Base64 ends with `=` unless the number of bytes is divisible by three.
    const padding = text.length % 3 === 0 ? ' ' : '';
    return Buffer.concat([AWKWARD_BYTES, Buffer.from(text + padding)]).toString('base64');
  }

  /** A new token for the first page, different from all previous tokens. */
  freshToken(): string {
    this.#fresh += 1;
    return this.token(0, { fresh: String(this.#fresh) });
  }

  /** Parses a token. Returns undefined if the token isn't valid for this path. */
  read(token: string, path: string): { from: number; filters: Record<string, string> } | undefined {
    const bytes = Buffer.from(token, 'base64');
    if (!bytes.subarray(0, AWKWARD_BYTES.length).equals(AWKWARD_BYTES)) return undefined;
    const text = bytes.subarray(AWKWARD_BYTES.length).toString().trimEnd();
    const { [TOKEN_FIELDS]: place = '', ...filters } = Object.fromEntries(new URLSearchParams(text));
    const [generation, from] = /^g(\d+)-(\d+)$/.exec(place)?.slice(1).map(Number) ?? [];
    const oldest = this.#oldest.get(path) ?? 0;
    return from === undefined || generation === undefined || generation < oldest ? undefined : { from, filters };
  }

  /** Returns the requested page of a list that is paginated by token. Returns undefined if the token or the limit is invalid. */
  byToken<Item>(list: readonly Item[], query: QueryParameters, about: ByToken): Page<Item> | undefined {
    const token = query[about.token];
    const from = token === undefined ? 0 : this.read(String(token), about.path)?.from;
    const limit = this.#limit(query[about.limit], about);
    return from === undefined || limit === undefined ? undefined : cut(list, { from, limit });
  }

  /** Returns the requested page of a list that is paginated by `offset`. Returns undefined if a parameter is invalid. */
  byOffset<Item>(list: readonly Item[], query: QueryParameters, usual: number): Page<Item> | undefined {
    const from = wholeNumber(query['offset'], 0);
    const limit = this.#limit(query['limit'], { usual, most: 100 });
    return from === undefined || limit === undefined ? undefined : cut(list, { from, limit });
  }

  #limit(given: unknown, { usual, most }: { usual: number; most: number }): number | undefined {
    const limit = wholeNumber(given, usual);
    return limit === undefined || limit < 1 ? undefined : Math.min(limit, most, this.#options.maxLimit);
  }
}

interface ByToken {
  readonly path: string;
  /** The name of the token parameter. */
  readonly token: string;
  /** The name of the limit parameter. */
  readonly limit: string;
  readonly usual: number;
  readonly most: number;
}

function wholeNumber(value: unknown, usual: number): number | undefined {
  if (value === undefined) return usual;
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

function cut<Item>(list: readonly Item[], { from, limit }: PageRequest): Page<Item> {
  const to = from + limit;
  return { items: list.slice(from, to), limit, from, ...(to < list.length && { next: to }) };
}

/** The path and query of a page's `next` or `first` link: the request's query, with some parameters replaced. */
export function link(path: string, query: QueryParameters, changed: Readonly<Record<string, string>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, ...changed })) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return `${path}?${parameters.toString()}`;
}

/** The next link on the last page: missing, `null` or an empty string (icd-api.md, 2.1). */
export function lastPage(form: IbmCloudOptions['lastPage'], name: string): Row {
  if (form === 'absent') return {};
  return { [name]: form === 'null' ? null : '' };
}
