import { unexpectedBody } from '../../core/failure/errors.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { errorsText } from '../../http/error-text.ts';
import { quoted } from '../../text/quoted.ts';

/**
 * The rows of a list: `{"_embedded": {"<name>": [ … ]}}` (compose-api.md 5). Throws `unexpected_body` for anything else, so that an
 * invalid response never looks like an empty list.
 */
export function embeddedList(body: unknown, name: string, path: string): unknown[] {
  const { _links: links, _embedded: lists } = halObject(body, path);
  if (isRow(links) && (links['next'] ?? undefined) !== undefined) {
    throw unexpectedBody(path, 'it has a second page, although the Compose API does not paginate this list');
  }
  const list = isRow(lists) ? lists[name] : undefined;
  if (!Array.isArray(list)) throw unexpectedBody(path, `_embedded.${name} is missing or not a list`);
  return list as unknown[];
}

/**
 * Returns the body if it is an object that reports no error and has at least one of `fields`, if given. Otherwise, throws
 * `unexpected_body`.
 */
export function halObject(body: unknown, path: string, fields?: readonly string[]): Row {
  if (!isRow(body)) throw unexpectedBody(path, 'it is not an object');
  const { errors } = body;
  if (errors !== undefined && errors !== null) {
    const message = quoted(errorsText(errors));
    throw unexpectedBody(path, message === '' ? 'the API reports an unknown error' : `the API reports "${message}"`);
  }
  if (fields !== undefined && !fields.some((field) => Object.hasOwn(body, field))) {
    throw unexpectedBody(path, `it does not have any of the fields ${fields.join(', ')}`);
  }
  return body;
}

/** The flattened rows of a list. */
export function embeddedRows(body: unknown, name: string, path: string): unknown[] {
  const rows = embeddedList(body, name, path);
  for (const row of rows) if (isRow(row)) flatten(row);
  return rows;
}

/**
 * Removes `_links` from a row, and moves the lists in `_embedded` to the top level. Removed fields are set to
 * undefined, which JSON.stringify omits: `delete` would turn the row into a slow dictionary.
 */
export function flatten(row: Row): Row {
  if (row['_links'] !== undefined) row['_links'] = undefined;
  const embedded = row['_embedded'];
  if (embedded === undefined) return row;
  row['_embedded'] = undefined;
  if (isRow(embedded)) for (const [name, list] of Object.entries(embedded)) row[name] ??= list;
  return row;
}
