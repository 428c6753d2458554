import type { Rate } from '../../core/stream/request.ts';

/** A safety margin, because requests may arrive at the server closer together than they were sent. */
const MARGIN_MS = 1_000;

/** Keeps requests below a known rate limit. Requests within the limit are not delayed. */
export class RateLimiter {
  readonly #rate: Rate;
  readonly #now: () => number;
  /** The send times of the last `rate.requests` requests, oldest first. */
  readonly #times: number[] = [];

  /** `now` returns the time in ms. */
  constructor(rate: Rate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Reserves the next possible time for a request, and returns the ms until then. */
  reserve(): number {
    const now = this.#now();
    const { requests, ms } = this.#rate;
    const oldest = this.#times.length < requests ? undefined : this.#times.shift();
    const time = oldest === undefined ? now : Math.max(now, oldest + ms + MARGIN_MS);
    this.#times.push(time);
    return time - now;
  }
}
