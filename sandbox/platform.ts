import type { Fault } from './faults/fault.ts';

/** A row or body as an API gives it. */
export type Row = Record<string, unknown>;

/** What to send: a status, a body, and headers beyond the content type. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Every character of the body is one byte, which makes a long one cheap to send. */
  readonly oneByte?: true;
  /** A content type other than the API's own. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The parameters of a URL; one that stands there twice is a list. */
export type QueryParameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What an API may look at in a request. */
export interface Received {
  /** As faults and statistics name it: below the prefix, without the query. */
  readonly path: string;
  /** What stands in the path for `:id` and the like, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: QueryParameters;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Of a POST: JSON is parsed, a form is text. */
  readonly body: unknown;
}

/** Answers a path: its `:id` (and `:other`), the query, and for those who want more, all of the request. */
export type Route = (id: string, other: string, query: QueryParameters, received: Received) => Answer;

/** A spoiled envelope, by its name. */
export type Shape = Extract<Fault, { kind: 'envelope' }>['shape'];

/** The rows in a body, as faults need them. */
export interface OpenedBody {
  readonly rows: readonly Row[];
  /** The field that a client takes for the key of a row. */
  readonly key: string;
  /** The body again, around other rows; they are JSON texts, and so is the body. */
  close(rows: readonly string[]): string;
}

/** What an API is to the server, to the faults and to the control endpoints. */
export interface Platform<Stream extends string = string> {
  /** What every path begins with, such as `/2016-07`. */
  readonly prefix: string;
  readonly contentType: string;
  /** Every path below the prefix, in fastify's notation; `POST ` stands before one that is posted to. */
  readonly routes: Readonly<Record<string, Route>>;
  /** The token or key that opens the API; the log of requests says which of them carried it. */
  readonly credential: string;
  /** The refusal of a request that carries no token, or a wrong one. */
  admit(received: Received): Answer | undefined;
  /** The service that a path belongs to: each has a quota of its own. */
  serviceOf(path: string): string;
  /** The API's error body for a status at a path; with the text in it, if there is one. */
  refusal(path: string, status: number, text?: string): Answer;
  /** The body with its envelope, its list, one of its rows or its link to the next page spoiled. */
  spoil(body: unknown, shape: Shape, otherOrigin: string): unknown;
  open(body: unknown): OpenedBody;
  /** Makes every cursor or page token that a path has handed out so far an old one. */
  forgetCursors(path: string): void;
  readonly deploymentIds: readonly string[];
  /** The streams a connector can read. */
  readonly streams: readonly Stream[];
  /** How many records a full read of each stream must bring. */
  counts(): Readonly<Record<Stream, number>>;
  /** Their primary keys. */
  keys(stream: Stream): Iterable<string>;
  /** What another process can change, by name; each takes whole numbers by name and says what it did. */
  readonly changes: Readonly<Record<string, (numbers: Readonly<Record<string, number>>) => unknown>>;
}

/** Any value as an answer. */
export function json(status: number, value: unknown): Answer {
  return { status, body: JSON.stringify(value) };
}

/** JSON in ASCII alone: one byte a character. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
