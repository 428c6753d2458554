import type { Fault } from './faults/fault.ts';

/** A row or body as an API returns it. */
export type Row = Record<string, unknown>;

/** A response: a status, a body, and headers in addition to the content type. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Set if each character of the body is one byte, which makes long bodies cheap to send. */
  readonly oneByte?: true;
  /** The content type, if it differs from the API's usual content type. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A repeated parameter becomes a list. */
export type QueryParameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The parts of a request that an API can use. */
export interface Received {
  /** The path as in faults and statistics, without the prefix and query. */
  readonly path: string;
  /** The decoded path parameters, such as `:id`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: QueryParameters;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body of a POST request. JSON is parsed, and a form remains a string. */
  readonly body: unknown;
}

/** Returns the response for a path, given its parameters, the query and, if needed, the whole request. */
export type Route = (id: string, other: string, query: QueryParameters, received: Received) => Answer;

export type Shape = Extract<Fault, { kind: 'envelope' }>['shape'];

/** A parsed body, with rows that faults can change. */
export interface OpenedBody {
  readonly rows: readonly Row[];
  /** The field that a client uses as a row's key. */
  readonly key: string;
  /** Rebuilds the body with other rows. The rows and the body are JSON text. */
  close(rows: readonly string[]): string;
}

/** The interface through which the server, the faults and the control endpoints use a simulated API. */
export interface Platform<Stream extends string = string> {
  /** The prefix of every path, such as `/2016-07`. */
  readonly prefix: string;
  readonly contentType: string;
  /** Every path below the prefix, in fastify's notation. Paths of POST requests start with `POST `. */
  readonly routes: Readonly<Record<string, Route>>;
  /** The API's token or key. The request log shows which requests contain it. */
  readonly credential: string;
  /** The response to a request with a missing or wrong token, or undefined if the token is valid. */
  admit(received: Received): Answer | undefined;
  /** The account that a request is for, so that faults can apply to one account. */
  accountOf?(received: Received): string | undefined;
  /** The service that a path belongs to. Each service has its own quota. */
  serviceOf(path: string): string;
  /** The API's error response for a path and a status, with the given text, if any. */
  refusal(path: string, status: number, text?: string): Answer;
  /** Returns the body with a malformed envelope, list, row or next-page link. */
  spoil(body: unknown, shape: Shape, otherOrigin: string): unknown;
  open(body: unknown): OpenedBody;
  /** Expires all cursors or page tokens issued for a path. */
  forgetCursors(path: string): void;
  readonly deploymentIds: readonly string[];
  /** The streams that a connector can read. */
  readonly streams: readonly Stream[];
  /** The number of records that a full read of each stream must emit. */
  counts(): Readonly<Record<Stream, number>>;
  /** The primary keys that a full read of the stream must emit. */
  keys(stream: Stream): Iterable<string>;
  /** The changes that another process can make, by name. Each change accepts named integers and returns its effect. */
  readonly changes: Readonly<Record<string, (numbers: Readonly<Record<string, number>>) => unknown>>;
}

export function json(status: number, value: unknown): Answer {
  return { status, body: JSON.stringify(value) };
}

/** JSON in ASCII, so that each character is one byte. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
