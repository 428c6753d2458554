import { containerNote } from './address.ts';
import { CircuitOpenError, ConnectorError } from '../core/failure/errors.ts';
import type { ProblemId } from '../core/failure/problems.ts';
import type { Terms } from '../core/failure/terms.ts';
import { quoted } from '../text/quoted.ts';
import { type ServerText, serverText } from '../text/server-text.ts';
import { faultOf } from './connection/fault.ts';
import type { Proxy } from './connection/proxy.ts';
import { type Failure, type HttpFact, type HttpProblem, isTransient, reasonOf, secondsOf } from './failure.ts';

/** Where it happened, for the texts. `path` is the report's path below base_url, without its query. */
export interface FailureContext {
  path: string;
  method: 'GET' | 'POST';
  host: string;
  terms: Terms;
  attempts: number;
  timeoutMs: number;
  maxBodyBytes: number;
  proxy: Proxy | undefined;
  /** The API accepts the token elsewhere, so a 401 is about the one thing that was asked for. */
  tokenAccepted?: boolean;
  /** A sentence on why it was asked for, if that is not plain. */
  why?: string | undefined;
  /** The request's own messages, in place of the platform's. */
  messages?: Terms['messages'] | undefined;
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
    ...context.terms.facts,
    path: readable(path),
    host,
    attempts,
    seconds: failure.kind === 'circuit_open' ? secondsOf(failure.circuit) : String(timeoutMs / 1_000),
    megabytes: String(maxBodyBytes / 2 ** 20),
    proxy: proxy?.host ?? '',
    variable: proxy?.variable ?? '',
    code: 'code' in failure ? failure.code : '',
    detail: 'detail' in failure ? failure.detail : '',
    status: String(answered?.status ?? ''),
    said: answered === undefined ? '' : inQuotes(answered.apiText),
    target: targetOf(answered?.location),
  };
  return new (failure.kind === 'circuit_open' ? CircuitOpenError : ConnectorError)(problem, facts, {
    internalMessage,
    note: noteOf(problem, context),
    template: context.messages?.[problem] ?? context.terms.messages?.[problem],
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
    case 'circuit_open':
      return CIRCUIT_PROBLEMS[failure.circuit.cause];
    case 'proxy_failed':
      if (failure.status === 407) return 'proxy_login';
      if (!failure.reached) return 'proxy_unreachable';
      return isTransient(failure) ? 'proxy_failed' : 'proxy_refused';
    case 'failed':
      return faultOf(failure);
    case 'status':
      if (failure.status === 407 && proxy !== undefined) return 'proxy_login';
      if (failure.status === 401 && tokenAccepted === true) return 'unauthorized';
      return failure.problem;
  }
}

const CIRCUIT_PROBLEMS = { outage: 'host_unresponsive', rate_limit: 'rate_limited', token: 'token_rejected' } as const;

/** An id in a path as people know it: `crn:v1:…`, not `crn%3Av1%3A…`. Anything that is no plain text stays encoded. */
function readable(path: string): string {
  try {
    const text = decodeURIComponent(path);
    return /^[\x21-\x7e…]+$/.test(text) ? text : path;
  } catch {
    return path;
  }
}

/** What only some must know: whose API is gone, who asks this machine, who goes through a proxy. */
function noteOf(problem: ProblemId, { host, terms, proxy, why }: FailureContext): string | undefined {
  const notes = [why, terms.hostHint(host)];
  if (problem === 'connection_refused') notes.push(containerNote(host));
  if (THROUGH_PROXY.has(problem)) notes.push(proxyNote(proxy));
  const told = notes.filter((note) => note !== undefined);
  return told.length === 0 ? undefined : told.join(' ');
}

const THROUGH_PROXY: ReadonlySet<ProblemId> = new Set<ProblemId>([
  'timed_out',
  'connection_lost',
  'tls_failed',
  'host_unresponsive',
]);

/** Without it, a proxy that keeps silent would be taken for the API. */
export function proxyNote(proxy: Proxy | undefined): string | undefined {
  return proxy === undefined ? undefined : `Requests go through the proxy ${proxy.host} (${proxy.variable}).`;
}

function answerOf(failure: Failure): { status?: number; answer?: string; said?: ServerText } {
  if (failure.kind === 'circuit_open' && failure.circuit.cause === 'rate_limit')
    return { status: 429, answer: 'HTTP 429' };
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
