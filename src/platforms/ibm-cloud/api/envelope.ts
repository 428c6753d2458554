import { unexpectedBody } from '../../../core/failure/errors.ts';
import type { ParsedPage } from '../../../core/stream/request.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { quoted } from '../../../text/quoted.ts';
import { ibmErrorIn } from './error-text.ts';

/** A body that must be an object and no error. Throws `unexpected_body`. */
export function objectOf(body: unknown, path: string): Row {
  if (!isRow(body)) throw unexpectedBody(path, 'it is no object');
  if (body['errors'] !== undefined && body['errors'] !== null) {
    const said = quoted(ibmErrorIn(body));
    throw unexpectedBody(path, said === '' ? 'the API reports errors in an unknown form' : `the API reports "${said}"`);
  }
  return body;
}

/** The object that is a body's only content, under its name. Throws `unexpected_body`. */
export function objectIn(body: unknown, name: string, path: string): Row {
  const value = objectOf(body, path)[name];
  if (!isRow(value)) throw unexpectedBody(path, `its ${name} is missing or no object`);
  return value;
}

/** The list in a body that must be there: without it rows would be lost in silence. Throws `unexpected_body`. */
export function listIn(body: unknown, name: string, path: string): unknown[] {
  const list = objectOf(body, path)[name];
  if (!Array.isArray(list)) throw unexpectedBody(path, `its list ${name} is missing or no list`);
  return list as unknown[];
}

/** The rows of a list, each as `shape` makes it; what is no object stays, to be told of as a row that cannot be one. */
export function rowsIn(body: unknown, name: string, path: string, shape: (row: Row) => Row = (row) => row): ParsedPage {
  const rows = listIn(body, name, path).map((row) => (isRow(row) ? shape(withoutOrigin(row)) : row));
  return { rows, warnings: [] };
}

/** A row without what the API says of where it belongs: what was asked about is what other records go by. */
export function withoutOrigin({ deployment_id: _asked, generation: _gen1, account_id: _own, ...row }: Row): Row {
  return row;
}

/** A text that is there; IBM writes null, "" and nothing at all for one that is not. */
export function textOrNull(value: unknown): unknown {
  return value === '' || value === undefined ? null : value;
}

/**
 * What a part of a row holds under a name. If the part is there and no object, a list of it: that fits no field of one
 * value, so that the record has null there and says so, where nothing at all would have said that nothing was sent.
 */
export function within(part: unknown, name: string): unknown {
  if (part === null || part === undefined) return null;
  return isRow(part) ? (part[name] ?? null) : [part];
}
