import type { Dispatcher } from 'undici';
import { type AttemptWatch, TIMED_OUT } from './attempt-watch.ts';
import { ProxyError } from './dispatcher.ts';
import { type Answer, Exchange, TOO_LARGE } from './exchange.ts';

export interface ApiRequest {
  origin: string;
  /** Path and query, as they stand in the request line. */
  target: string;
  headers: Record<string, string>;
  /** A larger body is not read to its end. */
  maxBodyBytes: number;
}

/** How one attempt ended. A connection that fails in the middle of the body counts as failed, whatever came before. */
export type Outcome =
  | ({ kind: 'answer' } & Answer)
  | { kind: 'timed_out' }
  | { kind: 'too_large' }
  /** `connected`: the request was sent, so neither an address nor a TLS handshake failed. */
  | { kind: 'failed'; code: string; detail: string; connected: boolean }
  /** `reached`: the proxy can be spoken to; `status` is its answer to CONNECT. */
  | { kind: 'proxy_failed'; code: string; detail: string; reached: boolean; status: number | undefined };

/**
 * Sends one GET and reads its whole body. The watch ends it, from connecting to the last byte, so that a server which
 * drips bytes cannot hold a worker for ever. Rejects only with the signal's reason, once that is aborted.
 */
export async function attempt(dispatcher: Dispatcher, request: ApiRequest, watch: AttemptWatch): Promise<Outcome> {
  watch.signal.throwIfAborted();
  const exchange = new Exchange(request.maxBodyBytes);
  watch.add(exchange);
  try {
    const { origin, target, headers } = request;
    dispatcher.dispatch({ origin, path: target, method: 'GET', headers }, exchange);
    return { kind: 'answer', ...(await exchange.answer) };
  } catch (error) {
    watch.signal.throwIfAborted();
    return failureOf(error, exchange.connected);
  } finally {
    watch.delete(exchange);
  }
}

function failureOf(error: unknown, connected: boolean): Outcome {
  if (error === TIMED_OUT) return { kind: 'timed_out' };
  if (error === TOO_LARGE) return { kind: 'too_large' };
  if (error instanceof ProxyError) {
    const { reached, status, cause } = error;
    const { code, detail } = status === undefined ? describe(cause) : { code: `HTTP ${status}`, detail: error.message };
    return { kind: 'proxy_failed', code, detail, reached, status };
  }
  const { code, detail } = describe(error);
  return code === 'UND_ERR_CONNECT_TIMEOUT' ? { kind: 'timed_out' } : { kind: 'failed', code, detail, connected };
}

/** Node hides the reason of a failed connection one level down, and of one to several addresses in a list. */
function describe(error: unknown): { code: string; detail: string } {
  const chain: Array<Error & { code?: string }> = [];
  for (let next: unknown = error; next instanceof Error && chain.length < 5;) {
    chain.push(next);
    next = next instanceof AggregateError ? (next.errors as unknown[])[0] : next.cause;
  }
  const code = chain.map((link) => link.code).findLast((value) => value !== undefined);
  return { code: code ?? chain[0]?.name ?? 'unknown', detail: chain.map((link) => link.message).join(': ') };
}
