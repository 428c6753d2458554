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
 * Sends one request and reads its whole body. The time-out includes connecting and the whole body, so a server that drips bytes
 * can't hold a worker. Rejects only with the signal's reason.
 */
export async function attempt(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { timeoutMs, maxBodyBytes }: { timeoutMs: number; maxBodyBytes: number },
  signal: AbortSignal,
): Promise<Answer | Failure> {
  signal.throwIfAborted();
  const exchange = new Exchange(maxBodyBytes);
  const stop = (): void => exchange.stop({ problem: 'connection_lost', reason: 'stopped' });
  const timer = setTimeout(() => exchange.stop(TIMED_OUT), timeoutMs);
  signal.addEventListener('abort', stop);
  try {
    dispatcher.dispatch(request, exchange);
    const ended = await exchange.ended;
    if ('problem' in ended) signal.throwIfAborted();
    return ended;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
