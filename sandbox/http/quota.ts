import { SECOND } from '../data/calendar.ts';

/** Lets so many requests through in each window of time; none at all is no quota. */
export class Quota {
  readonly #most: number;
  readonly #windowMs: number;
  readonly #now: () => number;
  #windowEnd = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(most: number, windowMs: number, now: () => number = () => performance.now()) {
    this.#most = most;
    this.#windowMs = windowMs;
    this.#now = now;
  }

  /** Takes one request off the quota. Otherwise says how many whole seconds to wait. */
  take(): number | undefined {
    if (this.#most === 0) return undefined;
    const now = this.#now();
    if (now >= this.#windowEnd) {
      this.#windowEnd = now + this.#windowMs;
      this.#used = 0;
    }
    this.#used += 1;
    return this.#used <= this.#most ? undefined : Math.max(1, Math.ceil((this.#windowEnd - now) / SECOND));
  }
}
