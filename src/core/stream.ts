import type { ConnectorError } from './errors.ts';
import type { Field } from './fields.ts';
import type { ProblemId } from './problems.ts';
import type { WindowRules } from './time-windows.ts';

export type Row = Record<string, unknown>;
export type Query = Record<string, string | number | undefined>;

/** One request, mostly a GET. */
export interface Request {
  /** The address that `path` is relative to, such as `https://host/v2`; without it the platform's own. */
  origin?: string;
  path: string;
  query?: Query;
  /** Sent beside the headers that every request carries. */
  headers?: Readonly<Record<string, string>>;
  /** What a POST sends: a body and its type. */
  post?: { type: string; body: string };
  /** It does not say who asks. */
  anonymous?: true;
  /** The body is a stream of server-sent events, and what comes of it the list of their items; without it, JSON. */
  reads?: 'events';
  /** No more than so many go to its origin in so long (ms). */
  rate?: { requests: number; ms: number };
  /** In place of the platform's messages about what the API says to it. */
  messages?: Partial<Record<ProblemId, string>>;
}

/** The response to a request. */
export interface Received {
  /** The parsed body of a 200. */
  body: unknown;
  /**
   * Lets another request go. To be called when what was made of the body is emitted, so that nothing piles up behind a stalled
   * reader; and before the next request, or the read waits for itself.
   */
  release: () => void;
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
  /** Slices of one lane wait for each other, those of different lanes do not: a server that is down holds up no other. */
  lane?: string;
  /** Its rows, if the list of slices brought them along: nothing more is asked for. */
  rows?: Row[];
  /** Why the list of slices could not be completed with it: nothing more is asked for, and the stream fails in the end. */
  failed?: ConnectorError;
  /** Its mark stays at or before this time, since a row from then on may turn out to be its own. */
  heldAt?: string | undefined;
}

export interface Slices {
  /** Those to read. */
  chosen: readonly Slice[];
  /** The ids of all that there are, chosen or not; undefined if that is not known. */
  all: ReadonlySet<string> | undefined;
  /** The user's choice leaves nothing out: a row that no slice brings any more is gone. */
  isWhole?: boolean;
  /** What has no slice on purpose, for the line at the stream's end: `3 deployments of generation 2`. */
  leftOut?: readonly string[];
}

/** A list that several streams share and is asked for once a run. */
export interface Listed<S> {
  path: string;
  /**
   * Gives the rows, which are the stream's to change, and how many requests they took. `failed` is why some of them are not
   * whole: they come, and then the stream fails. Throws a ConnectorError.
   */
  load(shared: S): Promise<{ rows: Row[]; requests: number; failed?: Error | undefined }>;
}

/** One more request for each row, whose answer completes it. */
export interface Detail<S> {
  /** Whether the user wants it. */
  wanted(shared: S): boolean;
  /** Undefined for a row that has no more than it came with. */
  request(row: Row, shared: S): Request | undefined;
  /** The fields that come with it, and are taken out of the rows that have it when they are not wanted. */
  fields: readonly string[];
  /** The answer as an object. Throws `unexpected_body`. */
  values(body: unknown, at: Request): Row;
  /** What is said of rows that the API refuses to complete: `deployment 5a2b… comes without its connection strings`. */
  without(rows: readonly Row[]): string;
}

/** Which page of a newest-first list to request; undefined: without that parameter. */
export interface Position {
  newerThan: string | undefined;
  /** The key of the row that the page follows. */
  after: string | undefined;
}

/** What came for a window of time. */
export interface Windowed {
  rows: unknown[];
  /** For each row what tells it from others: two with the same are one that came twice. */
  identities: string[];
  /** What a user should be told once a read. */
  warnings: string[];
  /** How the API says that it left rows out, and so that a shorter time must be asked for; undefined: all came. */
  cut: string | undefined;
  /** How many came that are not the stream's. */
  others: number;
  /** How many of the rows hold only the text of what cannot be read, in the field `raw`. */
  unreadable: number;
}

/** How a list is asked for by windows of time, each slice by itself. */
export interface Windows<S> extends WindowRules {
  /** Times are UTC texts. */
  request(slice: Slice, window: { from: string; to: string }, shared: S): Request;
  /** Throws `unexpected_body`. */
  rows(body: unknown, at: Request): Windowed;
  /** How texts call what comes, and that of it which is not the stream's: `events`, `of other services`. */
  things: string;
  others: string;
}

/** A report that is asked for by month, such as `2026-10`. */
export interface Monthly<S> {
  path: string;
  /**
   * Gives the rows of a month, which are the stream's to change, and how many requests they took. `isWhole` is false if a
   * part of them was refused, so that the month must come again. Throws a ConnectorError.
   */
  load(month: string, shared: S): Promise<{ rows: Row[]; requests: number; isWhole: boolean }>;
}

/**
 * Read incrementally by a timestamp: by a walk down from the newest row, by a mark for each slice, or by windows of time, also
 * with a mark for each slice; or by month, the field of which is none.
 */
interface Incremental {
  field: string;
  by: 'walk' | 'marks' | 'windows' | 'months';
  /** What the slices are called where a state names them; without it `deployment_id`. */
  slice?: string;
  /** For marks: whether a row stays as it is. One that does not is read again until it does. */
  isFinal?(row: Row): boolean;
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
  /** Fields that the API is known to send and that no record has. Given, an undeclared one is not passed on either. */
  dropped?: readonly string[];
  incremental?: Incremental;
  /** The option of the platform without which there is no such stream. */
  needsOption?: string;

  /** The slices that are asked for one by one; without it the stream is one request. */
  slices?(shared: S): Promise<Slices>;
  /** An API that has no slice's report does not have the report at all, and so no rows of it. */
  absentEverywhere?: 'empty';
  /** The first request of a slice; `slice` is undefined for a stream without slices. */
  first?(slice: Slice | undefined, shared: S): Request;
  /** The rows in the body of a 200. Throws `unexpected_body`. */
  rows?(body: unknown, at: Request): Extracted;
  /** The next page: a token or an offset from the body, never its URL. */
  next?(body: unknown, at: Request): Request | undefined;
  /** In place of `first` and `rows`. */
  listed?: Listed<S>;
  /** Likewise. */
  monthly?: Monthly<S>;
  detail?: Detail<S>;
  /** For a list that comes newest first, in place of `first`: the request for a page. */
  walk?(position: Position, shared: S): Request;
  /** In place of `first` and `rows`. */
  windows?: Windows<S>;
}

/** Checks what the types cannot: that the fields which a definition names are declared. */
export function defineStream<S>(definition: StreamDefinition<S>): StreamDefinition<S> {
  const { name, fields, primaryKey, startDateField, incremental, keyParts = [], keyNeeds = [] } = definition;
  for (const field of [primaryKey, startDateField, incremental?.field, ...keyParts, ...keyNeeds]) {
    if (field !== undefined && !(field in fields)) throw new Error(`${name} declares no field ${field}`);
  }
  const ways = (['listed', 'monthly', 'windows', 'first'] as const).filter((way) => way in definition);
  if (ways.length !== 1 || 'first' in definition !== 'rows' in definition) {
    throw new Error(`${name} is asked for in no way, or in two`);
  }
  if ((incremental?.by === 'months') !== (definition.monthly !== undefined))
    throw new Error(`${name} has half its months`);
  // The rows of a slice have to be put in order before its mark may move.
  if (incremental?.by === 'marks' && definition.next !== undefined) throw new Error(`${name} has marks and pages`);
  if ((incremental?.by === 'walk') !== (definition.walk !== undefined)) throw new Error(`${name} has half a walk`);
  const byWindows = definition.windows !== undefined;
  if ((incremental?.by === 'windows') !== byWindows || (byWindows && definition.slices === undefined)) {
    throw new Error(`${name} has windows without a cursor or slices`);
  }
  return definition;
}

/** Whether there is the stream for a config; `platform` is the part of it below that name. */
export function isOffered({ needsOption }: StreamDefinition, platform: Row): boolean {
  if (needsOption === undefined) return true;
  const value = platform[needsOption];
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
}

/** The sentence about a stream that is wanted and not offered. */
export function notOffered({ name, needsOption }: StreamDefinition): string {
  return `The stream ${name} needs the option platform.${needsOption}, which the config does not have. Set it, or leave the stream out.`;
}

/** The sentence about a stream that discover leaves out. */
export function omission({ name, needsOption }: StreamDefinition): string {
  return `The stream ${name} is omitted. To read it, set the option platform.${needsOption}.`;
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
