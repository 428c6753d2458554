import { unexpectedBody } from '../../../core/failure/errors.ts';
import type { ParsedPage } from '../../../core/stream/request.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { quoted } from '../../../text/quoted.ts';
import { ibmErrorIn } from './error-text.ts';
import { textOf } from './values.ts';

// These functions throw `unexpected_body` if the body has an unexpected form, so that an invalid response never looks like an empty list.

/** Returns the body if it is an object that reports no error. */
export function objectOf(body: unknown, path: string): Row {
  if (!isRow(body)) throw unexpectedBody(path, 'it is not an object');
  if (body['errors'] !== undefined && body['errors'] !== null) {
    const message = quoted(ibmErrorIn(body));
    throw unexpectedBody(path, message === '' ? 'the API reports an unknown error' : `the API reports "${message}"`);
  }
  return body;
}

export function objectIn(body: unknown, name: string, path: string): Row {
  const value = objectOf(body, path)[name];
  if (!isRow(value)) throw unexpectedBody(path, `${name} is missing or not an object`);
  return value;
}

/** The non-empty text with this name in a body. */
export function textIn(body: unknown, name: string, path: string): string {
  const text = textOf(objectOf(body, path)[name]);
  if (text === undefined) throw unexpectedBody(path, `${name} is missing or not text`);
  return text;
}

export function listIn(body: unknown, name: string, path: string): unknown[] {
  const list = objectOf(body, path)[name];
  if (!Array.isArray(list)) throw unexpectedBody(path, `${name} is missing or not a list`);
  return list as unknown[];
}

/** The list of objects with this name in a body. */
export function rowsOf(body: unknown, name: string, path: string): Row[] {
  return listIn(body, name, path).map((row, i, list) => {
    if (!isRow(row)) throw unexpectedBody(path, `row ${i + 1} of ${list.length} is not an object`);
    return row;
  });
}

/** The rows of a list of the databases API, each converted by `shape`. */
export function rowsIn(body: unknown, name: string, path: string, shape: (row: Row) => Row = (row) => row): ParsedPage {
  return { rows: rowsOf(body, name, path).map(shape) };
}
