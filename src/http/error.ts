import { containerNote } from './address.ts';
import { ConnectorError } from '../core/failure/errors.ts';
import type { ProblemId } from '../core/failure/problems.ts';
import { type Request, methodOf } from '../core/stream/request.ts';
import type { ClientOptions } from './client-options.ts';
import type { Proxy } from './connection/proxy.ts';
import { type Failure, type HttpFact, inQuotes } from './failure.ts';

export interface FailureContext extends Pick<ClientOptions, 'account' | 'terms' | 'timeoutMs' | 'maxBodyBytes'> {
  request: Request;
  host: string;
  attempts: number;
  proxy: Proxy | undefined;
  /** A sentence to append to the error. It explains why the stream requests data other than its own. */
  why?: string | undefined;
}

/** Converts a failure to an error for the user, with details of the request and the response for the log. */
export function toError({ reason, response, facts, ...failure }: Failure, context: FailureContext): ConnectorError {
  const { request, host, terms, proxy } = context;
  const problem = response?.status === 407 && proxy !== undefined ? 'proxy_login' : failure.problem;
  const attempts = context.attempts === 1 ? 'on the first attempt' : `after ${context.attempts} attempts`;
  const known: Record<HttpFact, string> = {
    ...terms.facts,
    role: request.role ?? terms.facts.role,
    path: readable(request.path),
    host,
    attempts,
    seconds: String(context.timeoutMs / 1_000),
    megabytes: String(context.maxBodyBytes / 2 ** 20),
    proxy: proxy?.host ?? '',
    variable: proxy?.variable ?? '',
    answer: response === undefined ? '' : `HTTP ${response.status}${inQuotes(response.said)}`,
    ...{ code: '', detail: '', status: '', said: '', target: '' },
    ...facts,
  };
  return new ConnectorError(problem, known, {
    internalMessage: `${methodOf(request)} ${request.path}: ${reason}, ${attempts}`,
    note: noteOf(problem, context),
    account: context.account,
    template: request.messages?.[problem] ?? terms.messages?.[problem],
    ...(response && { ...response, answer: known.answer }),
  });
}

/** Decodes ids in a path: users see `crn:v1:…`, not `crn%3Av1%3A…`. Paths with spaces or non-ASCII characters stay encoded. */
function readable(path: string): string {
  try {
    const text = decodeURIComponent(path);
    return /^[\x21-\x7e…]+$/.test(text) ? text : path;
  } catch {
    return path;
  }
}

function noteOf(problem: ProblemId, { host, terms, proxy, why }: FailureContext): string | undefined {
  const notes = [why, terms.hostHint?.(host)];
  if (problem === 'connection_refused') notes.push(containerNote(host));
  if (['timed_out', 'connection_lost', 'tls_failed', 'host_unresponsive'].includes(problem))
    notes.push(proxyNote(proxy));
  return notes.filter((note) => note !== undefined).join(' ') || undefined;
}

/** Without this note, users would mistake an unresponsive proxy for an unresponsive API. */
export function proxyNote(proxy: Proxy | undefined): string | undefined {
  return proxy === undefined ? undefined : `Requests go through the proxy ${proxy.host} (${proxy.variable}).`;
}
