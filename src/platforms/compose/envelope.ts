import { unexpectedBody } from '../../core/failure/errors.ts';
import type { ParsedPage } from '../../core/stream/request.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { errorsText } from './error-text.ts';
import { quoted } from '../../text/quoted.ts';
import { serverText } from '../../text/server-text.ts';

/**
 * The rows of a list: `{"_embedded": {"<name>": [ … ]}}` (compose-api.md 5). A missing list counts as empty and causes a warning. Throws
 * `unexpected_body` for any other body, so that an invalid response never looks like an empty list.
 */
export function embeddedList(body: unknown, name: string, path: string): ParsedPage {
  const { _links: links, _embedded: embedded } = halObject(body, path);
  const warnings: string[] = [];
  if (isRow(links) && links['next'] !== undefined && links['next'] !== null) {
    warnings.push(
      `${path} has more than one page, although the Compose API never paginated this list; only the first page was read`,
    );
  }
  const lists = embedded ?? {};
  if (!isRow(lists)) throw unexpectedBody(path, '_embedded is not an object');
  const list = lists[name];
  if (Array.isArray(list)) return { rows: list as unknown[], warnings };
  if (list !== undefined && list !== null) throw unexpectedBody(path, `_embedded.${name} is not a list`);
  const other = Object.keys(lists).find((key) => Array.isArray(lists[key]));
  if (list === undefined && other !== undefined) {
    throw unexpectedBody(path, `it contains the list ${quoted(serverText(other))} instead of ${name}`);
  }
  warnings.push(`the response for ${path} does not contain the list ${name}, so the list is treated as empty`);
  return { rows: [], warnings, missing: true };
}

/** Returns the body if it is an object that reports no error and has one of `fields`, if given. Otherwise, throws `unexpected_body`. */
export function halObject(body: unknown, path: string, fields?: readonly string[]): Row {
  if (!isRow(body)) throw unexpectedBody(path, 'it is not an object');
  const { errors } = body;
  if (errors !== undefined && errors !== null) {
    const message = quoted(errorsText(errors));
    throw unexpectedBody(path, message === '' ? 'the API reports an unknown error' : `the API reports "${message}"`);
  }
  if (fields !== undefined && !fields.some((field) => Object.hasOwn(body, field))) {
    throw unexpectedBody(path, `it contains none of the fields ${fields.join(', ')}`);
  }
  return body;
}

/** The flattened rows of a list. */
export function embeddedRows(body: unknown, name: string, path: string): ParsedPage {
  const page = embeddedList(body, name, path);
  for (const row of page.rows) if (isRow(row)) flatten(row);
  return page;
}

/** Removes `_links`, and moves the lists in `_embedded` to the top level. */
export function flatten(row: Row): Row {
  // Set removed fields to undefined, which JSON.stringify omits: `delete` would put the row in V8's slow dictionary mode.
  if (row['_links'] !== undefined) row['_links'] = undefined;
  const embedded = row['_embedded'];
  if (embedded === undefined) return row;
  row['_embedded'] = undefined;
  if (isRow(embedded)) for (const [name, list] of Object.entries(embedded)) row[name] ??= list;
  return row;
}
