import type { Dispatcher } from 'undici';
import { ProxyError } from './connection/route.ts';

type Controller = Dispatcher.DispatchController;

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** What an exchange that brings more bytes than it may rejects with. */
export const TOO_LARGE = new Error('too large');

/** So many pieces are put together, since a piece of a byte costs a hundred. */
const MANY_PIECES = 512;

/**
 * Takes in one answer as undici hands it over, piece by piece. Its `request` would make a stream of every body only to
 * read it to the end, which was measured as 7 % of a read.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #whole = Promise.withResolvers<Answer>();
  readonly #maxBodyBytes: number;
  readonly #blocks: Buffer[] = [];
  readonly #pieces: Buffer[] = [];
  #bytes = 0;
  #status = 0;
  #headers: Answer['headers'] = {};
  #controller: Controller | undefined;
  #stopped: Error | undefined;

  constructor(maxBodyBytes = Infinity) {
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** Rejects with what undici says when the connection fails, wherever that is, or with the reason of `stop`. */
  get answer(): Promise<Answer> {
    return this.#whole.promise;
  }

  /** Whether there was a connection, on which the request was sent. */
  get connected(): boolean {
    return this.#controller !== undefined;
  }

  /** Gives up at once, even while the connection has not come about; should it still do so, nothing is sent. */
  stop(reason: Error): void {
    this.#stopped = reason;
    this.#blocks.length = 0;
    this.#pieces.length = 0;
    this.#controller?.abort(reason);
    this.#whole.reject(reason);
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#stopped !== undefined) controller.abort(this.#stopped);
  }

  onResponseStart(_: Controller, status: number, headers: Answer['headers']): void {
    this.#status = status;
    this.#headers = headers;
    if (Number(headers['content-length']) > this.#maxBodyBytes) this.stop(TOO_LARGE);
  }

  onResponseData(_: Controller, piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#maxBodyBytes) {
      this.stop(TOO_LARGE);
      return;
    }
    this.#pieces.push(piece);
    if (this.#pieces.length < MANY_PIECES) return;
    this.#blocks.push(Buffer.concat(this.#pieces));
    this.#pieces.length = 0;
  }

  onResponseEnd(): void {
    const all = this.#blocks.length === 0 ? this.#pieces : [...this.#blocks, ...this.#pieces];
    const [first] = all;
    // Mostly there is one, which needs no copy.
    const body = first !== undefined && all.length === 1 ? first : Buffer.concat(all);
    this.#whole.resolve({ status: this.#status, headers: this.#headers, text: DECODER.decode(body) });
  }

  onResponseError(_: Controller, error: Error): void {
    this.#whole.reject(error);
  }
}

const DECODER = new TextDecoder();

const STOPPED = new Error('stopped');
export const TIMED_OUT = new Error('timed out');

/**
 * Stops exchanges: each when its time is up, all when the signal is aborted. One timer and one listener serve them all;
 * a pair for each was measured as 2 % of a read.
 */
export class AttemptWatch {
  readonly signal: AbortSignal;
  readonly #timeoutMs: number;
  /** When each has to be over. All have the same time, so those that are due come first. */
  readonly #due = new Map<Exchange, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number, signal: AbortSignal) {
    this.#timeoutMs = timeoutMs;
    this.signal = signal;
    signal.addEventListener('abort', () => {
      for (const exchange of this.#due.keys()) exchange.stop(STOPPED);
    });
  }

  add(exchange: Exchange): void {
    this.#due.set(exchange, performance.now() + this.#timeoutMs);
    if (this.#timer === undefined) this.#wakeIn(this.#timeoutMs);
  }

  delete(exchange: Exchange): void {
    this.#due.delete(exchange);
  }

  #wakeIn(ms: number): void {
    // It outlives what it was set for, and must not keep a finished process waiting.
    this.#timer = setTimeout(() => this.#check(), ms).unref();
  }

  #check(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const [exchange, due] of this.#due) {
      if (due > now) {
        this.#wakeIn(due - now);
        return;
      }
      exchange.stop(TIMED_OUT);
      this.#due.delete(exchange);
    }
  }
}

export interface ApiRequest {
  origin: string;
  /** Path and query, as they stand in the request line. */
  target: string;
  headers: Record<string, string>;
  method: 'GET' | 'POST';
  body: string | null;
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
 * Sends one request and reads its whole body. The watch ends it, from connecting to the last byte, so that a server which
 * drips bytes cannot hold a worker for ever. Rejects only with the signal's reason, once that is aborted.
 */
export async function attempt(dispatcher: Dispatcher, request: ApiRequest, watch: AttemptWatch): Promise<Outcome> {
  watch.signal.throwIfAborted();
  const exchange = new Exchange(request.maxBodyBytes);
  watch.add(exchange);
  try {
    const { origin, target, headers, method, body } = request;
    dispatcher.dispatch({ origin, path: target, method, headers, body }, exchange);
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
