import type { Field } from './fields.ts';

export type Row = Record<string, unknown>;
export type Query = Record<string, string | number | undefined>;

/** One GET. `path` is relative to the platform's address, or to `origin`, if it has several. */
export interface Request {
  origin?: string;
  path: string;
  query?: Query;
}

/** Rows as they came, not yet checked, and what a user should be warned of. */
export interface Extracted {
  rows: unknown[];
  warnings: string[];
  /** The API left its list out, which is not the same as an empty one. */
  missing?: true;
}

/** A part of a stream that is asked for by itself, such as a deployment. */
export interface Slice {
  id: string;
  /** How texts name it: `deployment 5a2b…`. */
  label: string;
  /** What its rows get where the API leaves it out. */
  fields?: Row;
}

export interface Slices {
  /** Those to read. */
  chosen: readonly Slice[];
  /** The ids of all that there are, chosen or not; undefined if that is not known. */
  all: ReadonlySet<string> | undefined;
}

/** One more request for each row, whose answer completes it. */
export interface Detail<S> {
  /** Whether the user wants it. */
  wanted(shared: S): boolean;
  request(row: Row): Request;
  /** The fields that come with it, and are taken out of every row when they are not wanted. */
  fields: readonly string[];
  /** The answer as an object. Throws `unexpected_body`. */
  values(body: unknown, at: Request): Row;
  /** Texts of it that must never show in a log. */
  secrets(values: Row): string[];
  /** What is said of a row that the API refuses to complete, as the beginning of a sentence. */
  without(row: Row): string;
}

/** Where a walk stands, in the terms of a list that comes newest first; undefined: not asked for. */
export interface WalkPlace {
  newerThan: string | undefined;
  olderThan: string | undefined;
  /** The key of the row behind which the page begins. */
  cursor: string | undefined;
}

/** How a list that comes newest first is asked for. */
export interface Walk<S> {
  page(place: WalkPlace, shared: S): Request;
  /** A row by itself, to find out whether the API still knows it. */
  item(key: string): Request;
  /** The body of a row by itself; throws `unexpected_body`. */
  row(body: unknown, at: Request): Row;
}

/** A report of an API, declared as data: one file in its platform, one line in the platform's registry. */
export interface StreamDefinition<S = unknown> {
  name: string;
  description: string;
  /** Every property of a record, in the order in which the docs show them. */
  fields: Record<string, Field>;
  /** The field whose value is unique over the whole stream. */
  primaryKey: string;
  /** The fields whose values, with slashes in between, make the primary key where the API sends none. */
  keyParts?: readonly string[];
  /** Those of them that a row must have. */
  keyNeeds?: readonly string[];
  /** Rows whose timestamp here is before the user's start_date are left out. */
  startDateField?: string;
  /** Read incrementally by this timestamp: by a walk down from the newest row, or by a mark for each slice. */
  incremental?: { field: string; by: 'walk' | 'marks' };

  /** The slices that are asked for one by one; without it the stream is one request. */
  slices?(shared: S): Promise<Slices>;
  /** An API that refuses every slice as not found does not have the report, and so no rows of it. */
  absentEverywhere?: 'empty';
  /** The first request of a slice; `slice` is undefined for a stream without slices. */
  first(slice: Slice | undefined, shared: S): Request;
  /** The rows in the body of a 200. Throws `unexpected_body`. */
  rows(body: unknown, at: Request): Extracted;
  /** The next page: a token or an offset from the body, never its URL. */
  next?(body: unknown, at: Request): Request | undefined;
  /** The rows of a list that several streams share and is asked for once a run; in place of `first`. */
  listed?(shared: S): Promise<Row[]>;
  detail?: Detail<S>;
  walk?: Walk<S>;
}

/** Checks what the types cannot: that the fields which a definition names are declared. */
export function defineStream<S>(definition: StreamDefinition<S>): StreamDefinition<S> {
  const { name, fields, primaryKey, startDateField, incremental, keyParts = [], keyNeeds = [] } = definition;
  for (const field of [primaryKey, startDateField, incremental?.field, ...keyParts, ...keyNeeds]) {
    if (field !== undefined && !(field in fields)) throw new Error(`${name} declares no field ${field}`);
  }
  // The rows of a slice have to be put in order before its mark may move.
  if (incremental?.by === 'marks' && definition.next !== undefined) throw new Error(`${name} has marks and pages`);
  if ((incremental?.by === 'walk') !== (definition.walk !== undefined)) throw new Error(`${name} has half a walk`);
  return definition;
}

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a key comes out as it is: what is no valid Unicode is printed as U+FFFD, which makes different keys equal. */
export function isPrintedAsItIs(key: string): boolean {
  // Nearly every key is Latin-1, in which the pattern cannot match: the rest is a call into the engine for each row.
  return !SUSPICIOUS.test(key) || (key.isWellFormed() && !key.includes('\uFFFD'));
}

const SUSPICIOUS = /[\uD800-\uDFFF\uFFFD]/;

/** A made key: the parts with slashes in between. Undefined if the row lacks one of `needs`. */
export function joinedKey(row: Row, parts: readonly string[], needs: readonly string[]): string | undefined {
  if (needs.some((part) => row[part] === null || row[part] === undefined || row[part] === '')) return undefined;
  return parts.map((part) => String((row[part] ?? '') as string | number)).join('/');
}
