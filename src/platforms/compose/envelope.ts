import { unexpectedBody } from '../../core/failure/errors.ts';
import type { ParsedPage } from '../../core/stream/request.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { errorsText } from '../../http/error-text.ts';
import { quoted } from '../../text/quoted.ts';
import { serverText } from '../../text/server-text.ts';

/**
 * The rows of a list: `{"_embedded": {"<name>": [ … ]}}`, as every list of the API comes (compose-api.md 5). A list
 * that is missing, or null, has no rows, and is warned about. Throws `unexpected_body` for anything else, so that
 * damage never looks like an empty list.
 */
export function embeddedList(body: unknown, name: string, path: string): ParsedPage {
  const envelope = halObject(body, path);
  const warnings =
    envelope['_links'] !== undefined && nextLink(envelope['_links'])
      ? [`${path} says that there are more pages, which the Compose API was not known to have; only the first was read`]
      : [];
  const embedded = envelope['_embedded'] ?? {};
  if (typeof embedded !== 'object' || Array.isArray(embedded))
    throw unexpectedBody(path, `_embedded is ${typeOf(embedded)}`);
  const list = (embedded as Row)[name];
  if (Array.isArray(list)) return { rows: list as unknown[], warnings };
  if (list !== undefined && list !== null)
    throw unexpectedBody(path, `_embedded.${name} is ${typeOf(list)}, not an array`);
  const other = Object.keys(embedded).find((key) => Array.isArray((embedded as Row)[key]));
  if (list === undefined && other !== undefined) {
    throw unexpectedBody(path, `it holds the list ${quoted(serverText(other))} where ${name} was expected`);
  }
  return {
    rows: [],
    warnings: [...warnings, `${path} was answered without its list ${name}, which is taken as empty`],
    missing: true,
  };
}

/**
 * A body that must be one object and no error; if `fields` are given, with one of them at least, so that just any object
 * does not pass for the report. Throws `unexpected_body`, with the API's text if it sent one.
 */
export function halObject(body: unknown, path: string, fields?: readonly string[]): Row {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw unexpectedBody(path, `it is ${typeOf(body)}`);
  const { errors } = body as Row;
  if (errors !== undefined && errors !== null) {
    const said = quoted(errorsText(errors));
    throw unexpectedBody(
      path,
      said === ''
        ? `the API reports errors without saying which (errors is ${emptyOf(errors)})`
        : `the API reports "${said}"`,
    );
  }
  if (fields !== undefined && !fields.some((field) => Object.hasOwn(body, field))) {
    throw unexpectedBody(path, `it has none of the fields ${fields.join(', ')}`);
  }
  return body as Row;
}

/**
 * The rows of a list, each without its links and with its nested lists under their plain names, as records are to have
 * them.
 */
export function embeddedRows(body: unknown, name: string, path: string): ParsedPage {
  const extracted = embeddedList(body, name, path);
  for (const row of extracted.rows) if (isRow(row)) flatten(row);
  return extracted;
}

/**
 * Takes `_links` out of a row, and lifts the lists under `_embedded` to their plain names. What is taken out is set to
 * undefined, which JSON.stringify leaves out: `delete` would turn the row into a slow dictionary.
 */
export function flatten(row: Row): Row {
  if (row['_links'] !== undefined) row['_links'] = undefined;
  const embedded = row['_embedded'];
  if (embedded === undefined) return row;
  row['_embedded'] = undefined;
  if (typeof embedded !== 'object' || embedded === null) return row;
  for (const [name, list] of Object.entries(embedded)) row[name] ??= list as unknown;
  return row;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function emptyOf(value: unknown): string {
  if (typeof value === 'string') return 'an empty text';
  return Array.isArray(value) ? 'an empty list' : 'an empty object';
}

function nextLink(links: unknown): boolean {
  return typeof links === 'object' && links !== null && 'next' in links && links.next !== null;
}
