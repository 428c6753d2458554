import type { Dispatcher } from 'undici';
import { type AttemptWatch, TIMED_OUT } from './attempt-watch.ts';
import { type Answer, Exchange } from './exchange.ts';

export interface ApiRequest {
  origin: string;
  /** Path and query, as they stand in the request line. */
  target: string;
  headers: Record<string, string>;
}

/** How one attempt ended. A connection that fails in the middle of the body counts as failed, whatever came before. */
export type Outcome =
  ({ kind: 'answer' } & Answer) | { kind: 'timed_out' } | { kind: 'failed'; code: string; detail: string };

/**
 * Sends one GET and reads its whole body. The watch ends it, from connecting to the last byte, so that a server which
 * drips bytes cannot hold a worker for ever. Rejects only with the signal's reason, once that is aborted.
 */
export async function attempt(dispatcher: Dispatcher, request: ApiRequest, watch: AttemptWatch): Promise<Outcome> {
  watch.signal.throwIfAborted();
  const exchange = new Exchange();
  watch.add(exchange);
  try {
    const { origin, target, headers } = request;
    dispatcher.dispatch({ origin, path: target, method: 'GET', headers }, exchange);
    return { kind: 'answer', ...(await exchange.answer) };
  } catch (error) {
    watch.signal.throwIfAborted();
    if (error === TIMED_OUT) return { kind: 'timed_out' };
    const { code, detail } = describe(error);
    return code === 'UND_ERR_CONNECT_TIMEOUT' ? { kind: 'timed_out' } : { kind: 'failed', code, detail };
  } finally {
    watch.delete(exchange);
  }
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
