import { rateLimitWait } from './retry.ts';
import type { Timing } from './retry.ts';

/** A read gives up when the API has refused everything for so long. */
export const GIVE_UP_AFTER_MS = 30 * 60_000;

/**
 * Holds back every request after a 429. When the wait is over one request goes first, and the others follow once it was
 * not refused: an API with a small quota is not run over by all workers at once.
 */
export class RateLimitGate {
  readonly #timing: Timing;
  #state: 'open' | 'closed' | 'probing' | 'given_up' = 'open';
  #until = 0;
  #streak = 0;
  #refusedSince = 0;
  #changed = Promise.withResolvers<void>();

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Until when (Unix, ms) nothing is asked; undefined: it is open, or the next request is to find out. */
  get closedUntil(): number | undefined {
    return this.#state === 'closed' ? this.#until : undefined;
  }

  /** Resolves when the request may go; false if the API has refused everything for too long. */
  async enter(signal: AbortSignal): Promise<boolean> {
    for (;;) {
      signal.throwIfAborted();
      if (this.#state === 'open') return true;
      if (this.#state === 'given_up') return false;
      const wait = this.#until - this.#timing.now();
      if (this.#state === 'closed' && wait <= 0) {
        this.#state = 'probing';
        return true;
      }
      await (this.#state === 'probing' ? this.#changed.promise : this.#timing.sleep(wait, signal));
    }
  }

  /**
   * To be told of every 429. Gives the time (Unix, ms) until which the gate is closed, or undefined once the API has
   * refused everything for 30 minutes.
   */
  refused(retryAfterMs: number | undefined): number | undefined {
    const now = this.#timing.now();
    if (this.#streak === 0) this.#refusedSince = now;
    // Requests that were on their way when the gate closed are refused too; they do not make the wait grow.
    if (this.#state !== 'closed') this.#streak += 1;
    if (this.#state === 'given_up' || now - this.#refusedSince >= GIVE_UP_AFTER_MS) {
      this.#turn('given_up');
      return undefined;
    }
    this.#until = Math.max(this.#until, now + rateLimitWait(this.#streak, this.#timing.random(), retryAfterMs));
    this.#turn('closed');
    return this.#until;
  }

  /** To be told of every request that ended otherwise, also of one that failed: the next one may then try. */
  passed(): void {
    if (this.#state !== 'probing') return;
    this.#streak = 0;
    this.#turn('open');
  }

  #turn(state: 'open' | 'closed' | 'given_up'): void {
    this.#state = state;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
