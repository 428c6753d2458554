import { containerNote } from './address.ts';
import { ConnectorError } from '../core/errors.ts';
import type { FactsOf, ProblemId, Words } from '../core/problems.ts';
import { quoted } from '../text/quoted.ts';
import { type ServerText, serverText } from '../text/server-text.ts';
import type { Outcome } from './attempt.ts';
import type { Proxy } from './proxy.ts';
import { PASSING_STATUSES } from './retry.ts';

/** What a message about a request may mention. */
type HttpFact =
  | keyof Words['facts']
  | 'path'
  | 'host'
  | 'attempts'
  | 'seconds'
  | 'megabytes'
  | 'proxy'
  | 'variable'
  | 'code'
  | 'detail'
  | 'status'
  | 'said'
  | 'target';

/** The problems whose messages need no other facts. */
type HttpProblem = { [Id in ProblemId]: keyof FactsOf<Id> extends HttpFact ? Id : never }[ProblemId];

export type Failure =
  | Exclude<Outcome, { kind: 'answer' }>
  | {
      kind: 'status';
      status: number;
      problem: HttpProblem;
      apiText: ServerText;
      requestId: string | undefined;
      location: string | undefined;
    }
  | { kind: 'damaged'; detail: string };

/** How an API says no. */
export interface Refusals {
  /** What it says; empty if it says nothing. */
  textOf(body: ServerText): ServerText;
  /** What a status means to this API, if that is not what it means to all. */
  problemOf?(status: number): HttpProblem | undefined;
}

/** Where it happened, for the texts. `path` is the report's path below base_url, without its query. */
export interface FailureContext {
  path: string;
  method: 'GET' | 'POST';
  host: string;
  words: Words;
  attempts: number;
  timeoutMs: number;
  maxBodyBytes: number;
  proxy: Proxy | undefined;
  /** The API accepts the token elsewhere, so a 401 is about the one thing that was asked for. */
  tokenAccepted?: boolean;
  /** A sentence on why it was asked for, if that is not plain. */
  why?: string | undefined;
  /** The request's own messages, in place of the platform's. */
  messages?: Words['messages'] | undefined;
}

/** What node calls a certificate that it does not trust. */
const UNTRUSTED =
  /^(?:ERR_TLS_CERT_|CERT_|CRL_|ERROR_IN_C|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$|HOSTNAME_MISMATCH$)/;
const UNKNOWN_HOST = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME']);
/** Anything else is not shown as the id of a request. */
const REQUEST_ID = /^[\w.:-]{1,64}$/;
/** What undici says of a pool that was closed: the read is over. */
const CLOSED = 'UND_ERR_DESTROYED';
export function statusFailure(
  { status, headers, text }: Extract<Outcome, { kind: 'answer' }>,
  refusals: Refusals,
): Extract<Failure, { kind: 'status' }> {
  const header = (name: string): string | undefined => [headers[name]].flat()[0];
  const id = header('x-request-id') ?? header('request-id') ?? header('x-correlation-id');
  const requestId = id !== undefined && REQUEST_ID.test(id) ? id : undefined;
  const problem = refusals.problemOf?.(status) ?? problemOfStatus(status);
  return {
    kind: 'status',
    status,
    problem,
    apiText: refusals.textOf(serverText(text)),
    requestId,
    location: header('location'),
  };
}

/** Whether the server, or what stands before it, answered at all. */
export function isAnswer({ kind }: Failure): boolean {
  return kind === 'status' || kind === 'damaged' || kind === 'too_large';
}

/** Whether another attempt may succeed. */
export function isTransient(failure: Failure): boolean {
  switch (failure.kind) {
    case 'status':
      return failure.problem === 'server_error';
    case 'timed_out':
    case 'damaged':
      return true;
    case 'too_large':
      return false;
    case 'failed':
      return !UNTRUSTED.test(failure.code) && !isPlainText(failure) && failure.code !== CLOSED;
    case 'proxy_failed':
      // The proxy's own limits pass too.
      return (
        failure.status === undefined ||
        failure.status === 429 ||
        failure.status >= 500 ||
        PASSING_STATUSES.has(failure.status)
      );
  }
}

/** Whether nobody is there at all: not worth a wait for someone who has just typed the address. */
export function nobodyThere(failure: Failure): boolean {
  if (failure.kind === 'proxy_failed') return !failure.reached;
  return failure.kind === 'failed' && (UNKNOWN_HOST.has(failure.code) || failure.code === 'ECONNREFUSED');
}

/** In a few words, for the line that tells of a retry. */
export function reasonOf(failure: Failure): string {
  switch (failure.kind) {
    case 'status': {
      const said = quoted(failure.apiText);
      return `HTTP ${failure.status}${said === '' ? '' : ` (${said})`}`;
    }
    case 'timed_out':
      return 'time-out';
    case 'too_large':
      return 'body too large';
    case 'failed':
      return `${failure.code} (${failure.detail})`;
    case 'proxy_failed':
      return `proxy: ${failure.code} (${failure.detail})`;
    case 'damaged':
      return `damaged answer (${failure.detail})`;
  }
}

/** The failure as an error for the user, with method, path, status, the API's text and request id for the log. */
export function toError(failure: Failure, context: FailureContext): ConnectorError {
  const { path, host, timeoutMs, maxBodyBytes, proxy } = context;
  const attempts = context.attempts === 1 ? 'on the first attempt' : `after ${context.attempts} attempts`;
  const id = failure.kind === 'status' && failure.requestId !== undefined ? `, request id ${failure.requestId}` : '';
  const internalMessage = `${context.method} ${path}: ${reasonOf(failure)}${id}, ${attempts}`;
  const problem = problemOf(failure, context);
  const answered = failure.kind === 'status' ? failure : undefined;
  const facts: Record<HttpFact, string> = {
    ...context.words.facts,
    path: readable(path),
    host,
    attempts,
    seconds: String(timeoutMs / 1_000),
    megabytes: String(maxBodyBytes / 2 ** 20),
    proxy: proxy?.host ?? '',
    variable: proxy?.variable ?? '',
    code: 'code' in failure ? failure.code : '',
    detail: 'detail' in failure ? failure.detail : '',
    status: String(answered?.status ?? ''),
    said: answered === undefined ? '' : inQuotes(answered.apiText),
    target: targetOf(answered?.location),
  };
  return new ConnectorError(problem, facts, {
    internalMessage,
    note: noteOf(problem, context),
    template: context.messages?.[problem] ?? context.words.messages?.[problem],
    ...answerOf(failure),
  });
}

function problemOf(failure: Failure, { proxy, tokenAccepted }: FailureContext): HttpProblem {
  switch (failure.kind) {
    case 'timed_out':
      return 'timed_out';
    case 'too_large':
      return 'body_too_large';
    case 'damaged':
      return 'damaged_answer';
    case 'proxy_failed':
      if (failure.status === 407) return 'proxy_login';
      if (!failure.reached) return 'proxy_unreachable';
      return isTransient(failure) ? 'proxy_failed' : 'proxy_refused';
    case 'failed':
      if (UNTRUSTED.test(failure.code)) return 'certificate_refused';
      if (isPlainText(failure)) return 'tls_not_spoken';
      if (isTls(failure)) return 'tls_failed';
      if (UNKNOWN_HOST.has(failure.code)) return 'host_unknown';
      return failure.code === 'ECONNREFUSED' ? 'connection_refused' : 'connection_lost';
    case 'status':
      if (failure.status === 407 && proxy !== undefined) return 'proxy_login';
      if (failure.status === 401 && tokenAccepted === true) return 'unauthorized';
      return failure.problem;
  }
}

function problemOfStatus(status: number): HttpProblem {
  if (status === 401) return 'token_refused';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limited';
  if (status >= 300 && status < 400) return 'redirected';
  return PASSING_STATUSES.has(status) ? 'server_error' : 'unexpected_status';
}

/** An id in a path as people know it: `crn:v1:…`, not `crn%3Av1%3A…`. Anything that is no plain text stays encoded. */
function readable(path: string): string {
  try {
    const text = decodeURIComponent(path);
    return /^[\x21-\x7e…]+$/.test(text) ? text : path;
  } catch {
    return path;
  }
}

type Broken = Extract<Failure, { kind: 'failed' }>;

/** Whether a TLS handshake was answered in plain text. */
function isPlainText({ code, detail, connected }: Broken): boolean {
  return !connected && (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || (code === 'EPROTO' && /wrong version/.test(detail)));
}

/** Whether a TLS handshake failed for another reason than the certificate, such as an alert of the server. */
function isTls({ code, connected }: Broken): boolean {
  return !connected && (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_'));
}

/** What only some must know: whose API is gone, who asks this machine, who goes through a proxy. */
function noteOf(problem: ProblemId, { host, words, proxy, why }: FailureContext): string | undefined {
  const notes = [why, words.noteOn(host)];
  if (problem === 'connection_refused') notes.push(containerNote(host));
  if (THROUGH_PROXY.has(problem)) notes.push(proxyNote(proxy));
  const told = notes.filter((note) => note !== undefined);
  return told.length === 0 ? undefined : told.join(' ');
}

const THROUGH_PROXY: ReadonlySet<ProblemId> = new Set<ProblemId>(['timed_out', 'connection_lost', 'tls_failed']);

/** Without it, a proxy that keeps silent would be taken for the API. */
export function proxyNote(proxy: Proxy | undefined): string | undefined {
  return proxy === undefined ? undefined : `Requests go through the proxy ${proxy.host} (${proxy.variable}).`;
}

function answerOf(failure: Failure): { status?: number; answer?: string; said?: ServerText } {
  if (failure.kind !== 'status') return {};
  const { status, apiText: said } = failure;
  return { status, said, answer: `HTTP ${status}${inQuotes(said)}` };
}

/** ` ("invalid_token")`, or nothing. */
function inQuotes(text: ServerText): string {
  const said = quoted(text);
  return said === '' ? '' : ` ("${said}")`;
}

/** Where a redirect points, without its query: that may hold anything. */
function targetOf(location: string | undefined): string {
  if (location === undefined || location === '') return 'an unnamed place';
  const end = location.search(/[?#]/);
  return quoted(serverText(end === -1 ? location : location.slice(0, end)));
}
