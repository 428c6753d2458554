import { type Answer, type OpenedBody, type Row, type Shape, asciiJson, json } from '../platform.ts';
import { rowKey } from './reports.ts';

/** Our convention: the literal header of Compose is unknown, HAL is documented (compose-api.md, 4). */
export const HAL = 'application/hal+json; charset=utf-8';

type Body = Row & { readonly _embedded?: Readonly<Record<string, Row[]>> };

/** A list in its HAL envelope: nothing else stands beside `_embedded` (compose-api.md, 5). */
export function list(name: string, rows: readonly Row[]): Answer {
  return json(200, { _embedded: { [name]: rows } });
}

/** One object, or 404. */
export function single(row: Row | undefined): Answer {
  return row === undefined ? refusal(404) : json(200, row);
}

/** What is wrong with each parameter. */
export function invalid(errors: Record<string, string[]>): Answer {
  return json(422, { errors });
}

/**
 * The error body for a status, with a text of its own where there is one. Bodies come in three shapes: text, lists by
 * field, text by field (compose-api.md, 7.1). Which goes with which status is our convention.
 */
export function refusal(status: number, text?: string): Answer {
  if (text !== undefined) return json(status, { errors: { error: text } });
  if (status === 401) return json(401, { errors: 'invalid_token' });
  if (status === 403) return json(403, { errors: { error: 'your role does not allow this' } });
  if (status === 404) return json(404, { errors: 'not_found' });
  if (status === 422) return invalid({ request: ['was refused', 'on purpose'] });
  if (status === 429) return json(429, { errors: 'rate_limited' });
  return json(status, { errors: { error: `a fault played by the sandbox: ${status}` } });
}

/** The rows of a list; an object is a row itself. */
export function open(value: unknown): OpenedBody {
  const body = value as Body;
  const { _embedded, ...beside } = body;
  const [name, rows] = Object.entries(_embedded ?? {})[0] ?? [];
  if (name === undefined || rows === undefined) return { rows: [body], key: 'id', close: (texts) => texts.join('') };
  const before = Object.entries(beside).map(([field, other]) => `${asciiJson(field)}:${asciiJson(other)},`);
  const close = (texts: readonly string[]): string =>
    `{${before.join('')}"_embedded":{"${name}":[${texts.join(',')}]}}`;
  return { rows, key: rowKey(name), close };
}

/** The body with its envelope, its list or one of its rows spoiled. */
export function spoil(value: unknown, shape: Shape, row: number): unknown {
  const body = value as Body;
  const { _embedded, ...beside } = body;
  const [name, rows] = Object.entries(_embedded ?? {})[0] ?? [];
  if (shape === 'body-null') return null;
  if (shape === 'body-list') return rows ?? [body];
  if (name === undefined || rows === undefined || shape === 'no-embedded') return beside;
  if (shape === 'next-link') return { ...body, _links: { next: { href: '/2016-07/next{?embed}', templated: true } } };
  return { ...beside, _embedded: spoilList(shape, name, rows, row) };
}

function spoilList(shape: Shape, name: string, rows: readonly Row[], row: number): unknown {
  switch (shape) {
    case 'list-missing':
      return {};
    case 'list-null':
      return { [name]: null };
    case 'list-object':
      return { [name]: Object.fromEntries(rows.entries()) };
    case 'other-list':
      return { [`other_${name}`]: rows };
    case 'embedded-list':
      return rows;
    case 'row-null':
      return { [name]: spoilRow(rows, row, () => null) };
    case 'row-without-key':
      return { [name]: spoilRow(rows, row, (value) => without(value, rowKey(name))) };
    default:
      // Compose has no links to next pages that could be spoiled.
      return { [name]: rows };
  }
}

function spoilRow(rows: readonly Row[], row: number, spoilOne: (row: Row) => unknown): unknown[] {
  const index = Math.max(0, Math.min(row, rows.length - 1));
  return rows.length === 0 ? [spoilOne({})] : rows.map((value, at) => (at === index ? spoilOne(value) : value));
}

function without(row: Row, key: string): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== key));
}
