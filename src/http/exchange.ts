import type { Dispatcher } from 'undici';

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
