import type { Exchange } from './exchange.ts';

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
