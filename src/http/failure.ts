import { closedNote } from '../base-url.ts';
import { ConnectorError } from '../errors.ts';
import type { ProblemId } from '../problems.ts';
import type { Outcome } from './attempt.ts';
import { errorText } from './error-text.ts';
import { isPassing } from './retry.ts';

export type Failure =
  | Exclude<Outcome, { kind: 'answer' }>
  | { kind: 'status'; status: number; apiText: string; requestId: string | undefined; location: string | undefined }
  | { kind: 'damaged'; detail: string };

/** Where it happened, for the texts. `path` is the report's path below base_url, without its query. */
export interface FailureContext {
  path: string;
  host: string;
  attempts: number;
  timeoutMs: number;
}

const UNTRUSTED = /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|EPROTO$|HOSTNAME_MISMATCH$)/;
const UNKNOWN_HOST = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME']);

export function statusFailure({ status, headers, text }: Extract<Outcome, { kind: 'answer' }>): Failure {
  const header = (name: string): string | undefined => [headers[name]].flat()[0];
  const requestId = header('x-request-id') ?? header('request-id') ?? header('x-correlation-id');
  return { kind: 'status', status, apiText: errorText(text), requestId, location: header('location') };
}

/** Whether another attempt may succeed. */
export function mayPass(failure: Failure): boolean {
  if (failure.kind === 'status') return isPassing(failure.status);
  return failure.kind !== 'failed' || !UNTRUSTED.test(failure.code);
}

/** Whether nobody is there at all: not worth a wait for someone who has just typed the address. */
export function nobodyThere(failure: Failure): boolean {
  return failure.kind === 'failed' && (UNKNOWN_HOST.has(failure.code) || failure.code === 'ECONNREFUSED');
}

/** In a few words, for the line that tells of a retry. */
export function reasonOf(failure: Failure): string {
  switch (failure.kind) {
    case 'status':
      return `HTTP ${failure.status}${failure.apiText === '' ? '' : ` (${failure.apiText})`}`;
    case 'timed_out':
      return 'time-out';
    case 'failed':
      return `${failure.code} (${failure.detail})`;
    case 'damaged':
      return `damaged answer (${failure.detail})`;
  }
}

/** The failure as an error for the user, with method, path, status, the API's text and request id for the log. */
export function toError(failure: Failure, context: FailureContext): ConnectorError {
  const { path, host, timeoutMs } = context;
  const attempts = context.attempts === 1 ? 'at the first attempt' : `in ${context.attempts} attempts`;
  const id = failure.kind === 'status' && failure.requestId !== undefined ? `, request id ${failure.requestId}` : '';
  const internalMessage = `GET ${path}: ${reasonOf(failure)}${id}, ${attempts}`;
  const facts: Record<string, string> = { path, host, attempts, seconds: String(timeoutMs / 1_000) };
  if (failure.kind === 'failed') facts['code'] = failure.code;
  if (failure.kind === 'damaged') facts['detail'] = failure.detail;
  if (failure.kind === 'status') {
    facts['status'] = String(failure.status);
    facts['said'] = failure.apiText === '' ? '' : ` ("${failure.apiText}")`;
    facts['target'] = targetOf(failure.location);
  }
  const status = failure.kind === 'status' ? { status: failure.status } : {};
  return new ConnectorError(problemOf(failure), facts, { internalMessage, note: closedNote(host), ...status });
}

function problemOf(failure: Failure): ProblemId {
  if (failure.kind === 'timed_out') return 'timed_out';
  if (failure.kind === 'damaged') return 'damaged_answer';
  if (failure.kind === 'failed') {
    if (UNTRUSTED.test(failure.code)) return 'certificate_refused';
    if (UNKNOWN_HOST.has(failure.code)) return 'host_unknown';
    return failure.code === 'ECONNREFUSED' ? 'connection_refused' : 'connection_lost';
  }
  const { status } = failure;
  if (status === 401) return 'token_refused';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limited';
  if (status >= 300 && status < 400) return 'redirected';
  return isPassing(status) ? 'server_error' : 'unexpected_status';
}

/** Where a redirect points, without its query: that may hold anything. */
function targetOf(location: string | undefined): string {
  if (location === undefined || location === '') return 'an unnamed place';
  return location.replace(/[?#].*$/s, '');
}
