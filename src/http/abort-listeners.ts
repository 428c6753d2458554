/**
 * Calls listeners when a signal is aborted, through one listener on the signal. Node.js links each removed listener of a
 * signal to the next one, so the listeners of finished requests would keep each other, and the response bodies, in memory
 * until the next full garbage collection.
 */
export class AbortListeners {
  readonly signal: AbortSignal;
  /** An array rather than a set, because V8 links a set's outdated tables in the same way. */
  readonly #listeners: Array<() => void> = [];

  constructor(signal: AbortSignal) {
    this.signal = signal;
    signal.addEventListener('abort', () => {
      for (const listener of [...this.#listeners]) listener();
    });
  }

  add(listener: () => void): void {
    this.#listeners.push(listener);
  }

  remove(listener: () => void): void {
    this.#listeners.splice(this.#listeners.indexOf(listener), 1);
  }
}
