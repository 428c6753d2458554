import type { Dispatcher } from 'undici';
import { type Answer, type Failure, TIMED_OUT, TOO_LARGE, connectionFailure } from './failure.ts';

type Controller = Dispatcher.DispatchController;

const DECODER = new TextDecoder();

/**
 * Receives one response from undici, piece by piece. undici's `request` makes a stream of every body, which was measured as 7 % of a
 * read.
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #ended = Promise.withResolvers<Answer | Failure>();
  readonly #maxBodyBytes: number;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;
  #status = 0;
  #headers: Answer['headers'] = {};
  #controller: Controller | undefined;
  #isStopped = false;

  constructor(maxBodyBytes: number) {
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** If the connection fails in the middle of the body, the attempt fails, whatever was received before. */
  get ended(): Promise<Answer | Failure> {
    return this.#ended.promise;
  }

  /** Ends the exchange at once, even while it is connecting. Nothing is sent then. */
  stop(failure: Failure): void {
    this.#isStopped = true;
    this.#pieces.length = 0;
    this.#ended.resolve(failure);
    this.#controller?.abort(new Error(failure.reason));
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#isStopped) controller.abort(new Error('stopped'));
  }

  onResponseStart(_: Controller, status: number, headers: Answer['headers']): void {
    this.#status = status;
    this.#headers = headers;
    if (Number(headers['content-length']) > this.#maxBodyBytes) this.stop(TOO_LARGE);
  }

  onResponseData(_: Controller, piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#maxBodyBytes) this.stop(TOO_LARGE);
    else this.#pieces.push(piece);
  }

  onResponseEnd(): void {
    const [first] = this.#pieces;
    // A single piece needs no copy.
    const body = first !== undefined && this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces);
    this.#ended.resolve({ status: this.#status, headers: this.#headers, text: DECODER.decode(body) });
  }

  onResponseError(_: Controller, error: Error): void {
    this.#ended.resolve(connectionFailure(error, this.#controller !== undefined));
  }
}

/**
 * Sends requests to one origin, each within the time-out, which includes connecting and the whole body, so a server that drips bytes
 * can't hold a worker. One timer and one listener serve all requests: a pair for each was measured as 2 % of a read.
 */
export class Attempts {
  readonly #dispatcher: Dispatcher;
  readonly #timeoutMs: number;
  readonly #maxBodyBytes: number;
  readonly #signal: AbortSignal;
  /** When each exchange times out, the earliest first. */
  readonly #due = new Map<Exchange, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(dispatcher: Dispatcher, limits: { timeoutMs: number; maxBodyBytes: number }, signal: AbortSignal) {
    this.#dispatcher = dispatcher;
    this.#timeoutMs = limits.timeoutMs;
    this.#maxBodyBytes = limits.maxBodyBytes;
    this.#signal = signal;
    signal.addEventListener('abort', () => {
      for (const exchange of this.#due.keys()) exchange.stop({ problem: 'connection_lost', reason: 'stopped' });
    });
  }

  /** Sends one request and reads its whole body. Rejects only with the signal's reason. */
  async send(request: Dispatcher.DispatchOptions): Promise<Answer | Failure> {
    this.#signal.throwIfAborted();
    const exchange = new Exchange(this.#maxBodyBytes);
    this.#due.set(exchange, performance.now() + this.#timeoutMs);
    if (this.#timer === undefined) this.#wakeIn(this.#timeoutMs);
    this.#dispatcher.dispatch(request, exchange);
    const ended = await exchange.ended;
    this.#due.delete(exchange);
    if ('problem' in ended) this.#signal.throwIfAborted();
    return ended;
  }

  #wakeIn(ms: number): void {
    // The timer may outlive its exchange, and must not keep the process running.
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
    }
  }
}
