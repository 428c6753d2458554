import type { Rate } from '../../core/stream/request.ts';

/**
 * Added because server and client don't count from the same moment: one request may take longer to arrive than the
 * next.
 */
const MARGIN_MS = 1_000;

/** Keeps requests below a known rate limit. As many as allowed go at once, the rest one after the other. */
export class RateLimiter {
  readonly #rate: Rate;
  readonly #now: () => number;
  /** When the last requests go, oldest first: as many as the rate allows. */
  readonly #times: number[] = [];

  /** `now` returns ms. */
  constructor(rate: Rate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Reserves the next time to send a request, and returns the ms until then. */
  reserve(): number {
    const now = this.#now();
    const { requests, ms } = this.#rate;
    const oldest = this.#times.length < requests ? undefined : this.#times.shift();
    const time = oldest === undefined ? now : Math.max(now, oldest + ms + MARGIN_MS);
    this.#times.push(time);
    return time - now;
  }
}
