import { ConnectorError } from '../../core/errors.ts';
import { errorsText } from '../../http/error-text.ts';

type Json = Record<string, unknown>;

/** Rows as they came, not yet checked, and what a user should be warned of. */
export interface Extracted {
  rows: unknown[];
  warnings: string[];
  /** The API left its list out, which is not the same as an empty one. */
  missing?: true;
}

/**
 * The rows of a list: `{"_embedded": {"<name>": [ … ]}}`, as every list of the API comes (compose-api.md 5). A list
 * that is missing, or null, has no rows, and is warned about. Throws `unexpected_body` for anything else, so that
 * damage never looks like an empty list.
 */
export function embeddedList(body: unknown, name: string, path: string): Extracted {
  const envelope = halObject(body, path);
  const warnings =
    envelope['_links'] !== undefined && nextLink(envelope['_links'])
      ? [`${path} says that there are more pages, which the Compose API was not known to have; only the first was read`]
      : [];
  const embedded = envelope['_embedded'] ?? {};
  if (typeof embedded !== 'object' || Array.isArray(embedded))
    throw unexpected(path, `_embedded is ${typeOf(embedded)}`);
  const list = (embedded as Json)[name];
  if (Array.isArray(list)) return { rows: list as unknown[], warnings };
  if (list !== undefined && list !== null) throw unexpected(path, `_embedded.${name} is ${typeOf(list)}, not an array`);
  const other = Object.keys(embedded).find((key) => Array.isArray((embedded as Json)[key]));
  if (list === undefined && other !== undefined) {
    throw unexpected(path, `it holds ${listOf(other)} where ${name} was expected`);
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
export function halObject(body: unknown, path: string, fields?: readonly string[]): Json {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw unexpected(path, `it is ${typeOf(body)}`);
  const { errors } = body as Json;
  if (errors !== undefined && errors !== null) {
    const said = errorsText(errors);
    throw unexpected(
      path,
      said === ''
        ? `the API reports errors without saying which (errors is ${emptyOf(errors)})`
        : `the API reports "${said}"`,
    );
  }
  if (fields !== undefined && !fields.some((field) => Object.hasOwn(body, field))) {
    throw unexpected(path, `it has none of the fields ${fields.join(', ')}`);
  }
  return body as Json;
}

export function unexpected(path: string, detail: string): ConnectorError {
  return new ConnectorError(
    'unexpected_body',
    { path, detail },
    { internalMessage: `GET ${path}: HTTP 200, ${detail}` },
  );
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

/** A longer name is not shown: it could be cut in the middle of a secret. */
const LONGEST_NAME = 100;

function listOf(name: string): string {
  return name.length <= LONGEST_NAME ? `the list ${name}` : `a list with a name of ${name.length} characters`;
}

function nextLink(links: unknown): boolean {
  return typeof links === 'object' && links !== null && 'next' in links && links.next !== null;
}
