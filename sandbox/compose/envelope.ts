import { type Answer, type OpenedBody, type Row, type Shape, asciiJson, json } from '../platform.ts';
import { rowKey } from './reports.ts';

/** Compose's docs mention HAL but not the exact header (compose-api.md, 4). */
export const HAL = 'application/hal+json; charset=utf-8';

type Body = Row & { readonly _embedded?: Readonly<Record<string, Row[]>> };

/** A list in its HAL envelope. `_embedded` is the only field (compose-api.md, 5). */
export function list(name: string, rows: readonly Row[]): Answer {
  return json(200, { _embedded: { [name]: rows } });
}

/** Returns the rows of a body, and a function that rebuilds the body with other rows. A body without a list is a single row. */
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
      // Compose's lists have no next-page link that a fault could change.
      return { [name]: rows };
  }
}

function spoilFirst([first = {}, ...others]: readonly Row[], edit: (row: Row) => unknown): unknown[] {
  return [edit(first), ...others];
}

function without(row: Row, key: string): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== key));
}
