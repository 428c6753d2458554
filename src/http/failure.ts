import { type FactsOf, type ProblemId, problems, traits } from '../core/failure/problems.ts';
import { quoted } from '../text/quoted.ts';
import { type ServerText, serverText } from '../text/server-text.ts';
import { ProxyError } from './connection/route.ts';
import { TRANSIENT_STATUSES } from './traffic/retry.ts';

/** The problems of requests: all problems except those whose messages contain facts that no request has. */
type HttpProblem = Exclude<
  ProblemId,
  'api_not_found' | 'deployments_unknown' | 'partitions_rejected' | 'profile_rejected' | 'windows_cut_off'
>;

/** The facts that an error message about a request may contain. */
export type HttpFact = keyof FactsOf<HttpProblem>;

/** Why a request failed. */
export interface Failure {
  problem: HttpProblem;
  /** The reason for the failure, as a clause for the log. */
  reason: string;
  /** Facts for the message, in addition to the facts that every request has. */
  facts?: Partial<Record<HttpFact, string>>;
  /** The response, if it is the reason for the failure. */
  response?: { status: number; said: ServerText };
  retryAfterMs?: number | undefined;
}

export const TIMED_OUT: Failure = { problem: 'timed_out', reason: 'timeout' };
export const TOO_LARGE: Failure = { problem: 'body_too_large', reason: 'body too large' };

/** How an API reports rejected requests. */
export interface Rejections {
  /** Returns the API's error text, or an empty string if there is none. */
  textOf(body: ServerText): ServerText;
  /** Returns the problem that a status means in this API, if it differs from the default. */
  problemOf?(status: number, said: ServerText): HttpProblem | undefined;
}

/** A complete response with any status. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Converts a response with a status other than 200 to a failure. */
export function statusFailure({ status, headers, text }: Answer, rejections: Rejections): Failure {
  const header = (name: string): string | undefined => [headers[name]].flat()[0];
  const id = header('x-request-id') ?? header('request-id') ?? header('x-correlation-id');
  const requestId = id !== undefined && /^[\w.:-]{1,64}$/.test(id) ? `, request id ${id}` : '';
  const said = rejections.textOf(serverText(text));
  const shown = quoted(said);
  return {
    problem: rejections.problemOf?.(status, said) ?? problemOfStatus(status),
    reason: `HTTP ${status}${shown === '' ? '' : ` (${shown})`}${requestId}`,
    facts: { status: String(status), said: inQuotes(said), target: targetOf(header('location')) },
    response: { status, said },
  };
}

/** Formats text for the end of a message, such as ` ("invalid_token")`. Returns an empty string if there is no text. */
export function inQuotes(text: ServerText): string {
  const said = quoted(text);
  return said === '' ? '' : ` ("${said}")`;
}

function problemOfStatus(status: number): HttpProblem {
  if (status === 401) return 'credentials_rejected';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limited';
  if (status >= 300 && status < 400) return 'redirected';
  return TRANSIENT_STATUSES.has(status) ? 'server_error' : 'unexpected_status';
}

/** The target of a redirect, without its query, which may contain secrets. */
function targetOf(location: string | undefined): string {
  const [address = ''] = location?.split(/[?#]/) ?? [];
  return address === '' ? 'an unspecified address' : quoted(serverText(address));
}

/** The failure for an HTTP 200 response with an invalid body. `detail` is a clause about the body. */
export function damaged(detail: string): Failure {
  return { problem: 'damaged_answer', reason: `damaged response (${detail})`, facts: { detail } };
}

/** Converts an undici error to a failure. `connected` means that the connection, including TLS, had been established. */
export function connectionFailure(error: unknown, connected: boolean): Failure {
  const isProxy = error instanceof ProxyError;
  const { code, detail } = describe(isProxy ? error.cause : error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT' && !isProxy) return TIMED_OUT;
  const reason = `${isProxy ? 'proxy: ' : ''}${code} (${detail})`;
  return { problem: isProxy ? error.problem : connectionProblem(code, detail, connected), reason, facts: { code } };
}

/** Node.js hides the reason for a failed connection in the error's `cause`, or in a list of errors if it tried several addresses. */
function describe(error: unknown): { code: string; detail: string } {
  const chain: Array<Error & { code?: string }> = [];
  for (let next: unknown = error; next instanceof Error && chain.length < 5;) {
    chain.push(next);
    next = next instanceof AggregateError ? (next.errors as unknown[])[0] : next.cause;
  }
  const code = chain.map((link) => link.code).findLast((value) => value !== undefined);
  return { code: code ?? chain[0]?.name ?? 'unknown', detail: chain.map((link) => link.message).join(': ') };
}

/** Node.js error codes for untrusted certificates. */
const UNTRUSTED =
  /^(?:ERR_TLS_CERT_|CERT_|CRL_|ERROR_IN_C|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$|HOSTNAME_MISMATCH$)/;

function connectionProblem(code: string, detail: string, connected: boolean): HttpProblem {
  if (UNTRUSTED.test(code)) return 'certificate_untrusted';
  if (!connected) {
    if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || (code === 'EPROTO' && /wrong version/.test(detail)))
      return 'tls_not_spoken';
    if (code === 'EPROTO' || /^ERR_(?:SSL|TLS)_/.test(code)) return 'tls_failed';
  }
  if (['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME'].includes(code)) return 'host_unknown';
  return code === 'ECONNREFUSED' ? 'connection_refused' : 'connection_lost';
}

/** Whether to retry the request. The circuit breaker handles HTTP 429, and time windows whose queries take too long are halved. */
export function isTransient({ problem }: Failure): boolean {
  const isHandled = problem === 'rate_limited' || problem === 'query_too_long';
  return problems[problem].failureType === 'transient_error' && !isHandled;
}

/**
 * How an attempt ended.
 * - `answered`: with a complete response, whatever its status, or with a failure that no retry can fix, such as an untrusted
 *   certificate. Headers alone don't count as a response, because the body may stall.
 * - `limited`: with HTTP 429
 * - `unanswered`: without a complete response
 */
export type Outcome = 'answered' | 'limited' | 'unanswered';

export function outcomeOf(failure: Failure): Outcome {
  const { problem, response } = failure;
  if (response?.status === 429) return 'limited';
  const hasAnswer = response !== undefined || problem === 'damaged_answer';
  return hasAnswer || !isTransient(failure) ? 'answered' : 'unanswered';
}

/** Whether no connection could be established. A check then fails at once, because the address may be wrong. */
export function isUnreachable({ problem }: Failure): boolean {
  return traits.unreachable.includes(problem);
}
