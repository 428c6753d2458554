import type { FactsOf, ProblemId } from '../core/failure/problems.ts';
import type { Terms } from '../core/failure/terms.ts';
import type { Request } from '../core/stream/request.ts';
import { quoted } from '../text/quoted.ts';
import { type ServerText, serverText } from '../text/server-text.ts';
import type { Outcome } from './attempt.ts';
import { faultOf } from './connection/fault.ts';
import type { OpenCircuit, Outcome as TrafficOutcome } from './traffic/circuit-breaker.ts';
import { TRANSIENT_STATUSES } from './traffic/retry.ts';

/** What a message about a request may mention. */
export type HttpFact =
  | keyof Terms['facts']
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
export type HttpProblem = { [Id in ProblemId]: keyof FactsOf<Id> extends HttpFact ? Id : never }[ProblemId];

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
  | { kind: 'damaged'; detail: string }
  | { kind: 'circuit_open'; circuit: OpenCircuit };

/** How an API says no. */
export interface Refusals {
  /** What it says; empty if it says nothing. */
  textOf(body: ServerText): ServerText;
  /** What a status means to this API, if that is not what it means to all. */
  problemOf?(status: number, said: ServerText, reads: Request['reads']): HttpProblem | undefined;
}

/** Anything else is not shown as the id of a request. */
const REQUEST_ID = /^[\w.:-]{1,64}$/;
export function statusFailure(
  { status, headers, text }: Extract<Outcome, { kind: 'answer' }>,
  refusals: Refusals,
  reads?: Request['reads'],
): Extract<Failure, { kind: 'status' }> {
  const header = (name: string): string | undefined => [headers[name]].flat()[0];
  const id = header('x-request-id') ?? header('request-id') ?? header('x-correlation-id');
  const requestId = id !== undefined && REQUEST_ID.test(id) ? id : undefined;
  const apiText = refusals.textOf(serverText(text));
  const problem = refusals.problemOf?.(status, apiText, reads) ?? problemOfStatus(status);
  return {
    kind: 'status',
    status,
    problem,
    apiText,
    requestId,
    location: header('location'),
  };
}

/** What a failed attempt says about its origin. */
export function outcomeOf(failure: Failure): TrafficOutcome {
  if (failure.kind === 'status' && failure.status === 429) return 'limited';
  const isAnswer = failure.kind === 'status' || failure.kind === 'damaged' || !isTransient(failure);
  return isAnswer ? 'answered' : 'unanswered';
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
    case 'circuit_open':
      return false;
    case 'failed':
      return !['certificate_refused', 'tls_not_spoken'].includes(faultOf(failure));
    case 'proxy_failed':
      // The proxy's own limits pass too.
      return (
        failure.status === undefined ||
        failure.status === 429 ||
        failure.status >= 500 ||
        TRANSIENT_STATUSES.has(failure.status)
      );
  }
}

/** Whether nobody is there at all: not worth a wait for someone who has just typed the address. */
export function nobodyThere(failure: Failure): boolean {
  if (failure.kind === 'proxy_failed') return !failure.reached;
  return failure.kind === 'failed' && ['host_unknown', 'connection_refused'].includes(faultOf(failure));
}

/** In a few terms, for the line that tells of a retry. */
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
    case 'circuit_open':
      return CIRCUIT_REASONS[failure.circuit.cause](secondsOf(failure.circuit));
  }
}

const CIRCUIT_REASONS: Record<OpenCircuit['cause'], (seconds: string) => string> = {
  outage: (seconds) => `no response for ${seconds} s`,
  rate_limit: (seconds) => `no response but HTTP 429 for ${seconds} s`,
  token: () => 'HTTP 401 for a new token',
};

/** How long the origin had not responded when its circuit opened. */
export function secondsOf({ ms }: OpenCircuit): string {
  return String(Math.round(ms / 1_000));
}

function problemOfStatus(status: number): HttpProblem {
  if (status === 401) return 'token_refused';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limited';
  if (status >= 300 && status < 400) return 'redirected';
  return TRANSIENT_STATUSES.has(status) ? 'server_error' : 'unexpected_status';
}
