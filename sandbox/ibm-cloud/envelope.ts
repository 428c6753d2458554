import { type OpenedBody, type Row, type Shape, asciiJson } from '../platform.ts';
import type { Pages } from './pages.ts';

/** The rows of a body, and the name of the field that contains them. Without a name, the body itself is the only row. */
interface Place {
  readonly name?: string;
  readonly rows: readonly Row[];
  readonly isList: boolean;
}

/** A row's key is the first of these fields that the row has. */
const KEYS = ['id', 'iam_id', 'resource_instance_id', 'address', 'type'] as const;

function placeOf(body: Row): Place {
  for (const [name, value] of Object.entries(body)) {
    // Regions are strings, not rows.
    if (Array.isArray(value) && typeof value[0] !== 'string') return { name, rows: value as Row[], isList: true };
  }
  const [[name, value] = [], second] = Object.entries(body);
  const wrapped = second === undefined && typeof value === 'object' && value !== null && !Array.isArray(value);
  return wrapped && name !== undefined
    ? { name, rows: [value as Row], isList: false }
    : { rows: [body], isList: false };
}

/** Returns the rows of a body, and a function that rebuilds the body with other rows. */
export function open(value: unknown): OpenedBody {
  const body = value as Row;
  const { name, rows, isList } = placeOf(body);
  const key = KEYS.find((field) => rows[0] !== undefined && field in rows[0]) ?? 'id';
  if (name === undefined) return { rows, key, close: (texts) => texts.join('') };
  const fields = Object.entries(body).filter(([field]) => field !== name);
  const beside = fields.map(([field, other]) => `${asciiJson(field)}:${asciiJson(other)},`).join('');
  const close = (texts: readonly string[]): string =>
    `{${beside}"${name}":${isList ? `[${texts.join(',')}]` : texts.join('')}}`;
  return { rows, key, close };
}

/** Returns the body with a malformed list, row or next-page link. */
export function spoil(pages: Pages, value: unknown, shape: Shape, otherOrigin: string): unknown {
  const body = value as Row;
  const { name, rows } = placeOf(body);
  const beside = without(body, name ?? '');
  const list = (spoiled: unknown): unknown => (name === undefined ? spoiled : { ...beside, [name]: spoiled });
  switch (shape) {
    case 'body-null':
      return null;
    case 'body-list':
    case 'embedded-list':
      return rows;
    case 'no-embedded':
    case 'list-missing':
      return beside;
    case 'list-null':
      return list(null);
    case 'list-object':
      return list(Object.fromEntries(rows.entries()));
    case 'other-list':
      return { ...beside, [`other_${name ?? 'rows'}`]: rows };
    case 'row-null':
      return list(spoilFirst(rows, () => null));
    case 'row-without-key':
      return list(spoilFirst(rows, (row) => KEYS.reduce(without, row)));
    case 'next-unknown':
      return withNext(body, (link) => link.replace(/\?.*$/, '?page=two'), '');
    case 'next-repeated':
      return withNext(body, (link) => link, pages.token(0));
    case 'next-endless':
      return withNext(body, (link) => link, pages.freshToken());
    case 'next-foreign':
      return isLast(body) ? body : { ...body, ...foreign(body, otherOrigin) };
    case 'next-dropped':
      return without(without(body, 'next'), 'next_url');
  }
}

function spoilFirst([first = {}, ...others]: readonly Row[], edit: (row: Row) => unknown): unknown[] {
  return [edit(first), ...others];
}

function without(row: Row, key: string): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== key));
}

function isLast(body: Row): boolean {
  return !body['next'] && !body['next_url'];
}

/** Adds a next-page link, even on the last page. The link contains `token`, and has the same form as the list's own links. */
function withNext(body: Row, edit: (link: string) => string, token: string): Row {
  const start = encodeURIComponent(token);
  if ('rows_count' in body) return { ...body, next_url: edit(`/v2/resource_instances?start=${start}`) };
  if ('first_url' in body) return { ...body, next_url: edit(joined(String(body['first_url']), `_start=${start}`)) };
  if (!('first' in body)) return body;
  if (typeof body['first'] === 'string') return { ...body, next: edit(joined(body['first'], `pagetoken=${start}`)) };
  const first = (body['first'] as { href: string }).href;
  if ('policies' in body) {
    return { ...body, next: { href: edit(joined(first, `start=${start}`)), ...(token !== '' && { start: token }) } };
  }
  if ('offset' in body) {
    const here = first.replace(/offset=\d+/, `offset=${String(body['offset'])}`);
    return { ...body, next: { href: edit(here) } };
  }
  return { ...body, next: { href: edit(joined(first, `_start=${start}`)), ...(token !== '' && { offset: start }) } };
}

function joined(link: string, parameter: string): string {
  return `${link}${link.includes('?') ? '&' : '?'}${parameter}`;
}

/** Returns the next-page link with another host. A client must use only the token in the link, and send it to the original host. */
function foreign(body: Row, origin: string): Row {
  const moved = (link: string): string => origin + link.replace(/^https?:\/\/[^/]+/, '');
  if (typeof body['next_url'] === 'string') return { next_url: moved(body['next_url']) };
  if (typeof body['next'] === 'string') return { next: moved(body['next']) };
  const next = body['next'] as Row;
  return { next: { ...next, href: moved(String(next['href'])) } };
}
