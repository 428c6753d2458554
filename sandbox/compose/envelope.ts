import { type Answer, type OpenedBody, type Row, type Shape, asciiJson, json } from '../platform.ts';
import { rowKey } from './reports.ts';

/** Our convention: the literal header of Compose is unknown, HAL is documented (compose-api.md, 4). */
export const HAL = 'application/hal+json; charset=utf-8';

type Body = Row & { readonly _embedded?: Readonly<Record<string, Row[]>> };

/** A list in its HAL envelope: nothing else stands beside `_embedded` (compose-api.md, 5). */
export function list(name: string, rows: readonly Row[]): Answer {
  return json(200, { _embedded: { [name]: rows } });
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
export function spoil(value: unknown, shape: Shape): unknown {
  const body = value as Body;
  const { _embedded, ...beside } = body;
  const [name, rows] = Object.entries(_embedded ?? {})[0] ?? [];
  if (shape === 'body-null') return null;
  if (shape === 'body-list') return rows ?? [body];
  if (name === undefined || rows === undefined || shape === 'no-embedded') return beside;
  return { ...beside, _embedded: spoilList(shape, name, rows) };
}

function spoilList(shape: Shape, name: string, rows: readonly Row[]): unknown {
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
      return { [name]: spoilFirst(rows, () => null) };
    case 'row-without-key':
      return { [name]: spoilFirst(rows, (row) => without(row, rowKey(name))) };
    default:
      // Compose has no links to next pages that could be spoiled.
      return { [name]: rows };
  }
}

function spoilFirst([first = {}, ...others]: readonly Row[], edit: (row: Row) => unknown): unknown[] {
  return [edit(first), ...others];
}

function without(row: Row, key: string): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== key));
}
