import type { Extracted } from '../platforms/compose/envelope.ts';
import type { Field } from './fields.ts';

export type Row = Record<string, unknown>;

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function hasText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** Whether a key comes out as it is: what is no valid Unicode is printed as U+FFFD, which makes different keys equal. */
export function isPrintedAsItIs(key: string): boolean {
  return key.isWellFormed() && !key.includes('\uFFFD');
}

/** How the rows of a report are come by. */
export type Reading =
  /** One request, one list. */
  | { kind: 'list'; path: string }
  /** The list of deployments, which the other reports share, each row completed with one more request if wanted. */
  | { kind: 'deployment_list'; path: string; details: Details }
  /** One request per deployment. `absentEverywhere: 'empty'`: an API without this report has no rows of it. */
  | { kind: 'per_deployment'; path: (deploymentId: string) => string; absentEverywhere?: 'empty' }
  /** Page after page from the newest row down to what is known. */
  | { kind: 'newest_first'; path: string; itemPath: (id: string) => string };

export interface Details {
  path: (id: string) => string;
  /** The fields that come with them, and are taken out of every row when they are not wanted. */
  fields: readonly string[];
  /** Texts in the details that must never show in a log. */
  secrets: (details: Row) => string[];
}

/** A report of the API, declared as data: one file in streams/, one line in its registry. */
export interface StreamDefinition {
  name: string;
  description: string;
  reading: Reading;
  /** The rows in the body of a 200; `path` is for errors. Throws `unexpected_body`. */
  rows: (body: unknown, path: string) => Extracted;
  /** Every property of a record, in the order in which the docs show them. */
  fields: Record<string, Field>;
  /** The field whose value is unique over the whole stream. */
  primaryKey?: string;
  /** The fields whose values, with slashes in between, make the primary key where the API sends none. */
  keyParts?: readonly string[];
  /** Those of them that a row must have. */
  keyNeeds?: readonly string[];
  /** Declares the stream as incremental by this timestamp. */
  cursorField?: string;
  /** Rows whose timestamp here is before the user's start_date are left out. */
  startDateField?: string;
}

/** Checks what the types cannot: that the fields which a definition names are declared. */
export function defineStream(definition: StreamDefinition): StreamDefinition {
  const { name, fields, primaryKey, cursorField, startDateField, keyParts = [], keyNeeds = [] } = definition;
  for (const field of [primaryKey, cursorField, startDateField, ...keyParts, ...keyNeeds]) {
    if (field !== undefined && !(field in fields)) throw new Error(`${name} declares no field ${field}`);
  }
  return definition;
}

/** A made key: the parts with slashes in between. Undefined if the row lacks one of `needs`. */
export function joinedKey(row: Row, parts: readonly string[], needs: readonly string[]): string | undefined {
  if (needs.some((part) => row[part] === null || row[part] === undefined || row[part] === '')) return undefined;
  return parts.map((part) => String((row[part] ?? '') as string | number)).join('/');
}
