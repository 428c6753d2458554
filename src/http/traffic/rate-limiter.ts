import type { Rate } from '../../core/stream/request.ts';

/** A safety margin, because requests may arrive at the server closer together than they were sent. */
const MARGIN_MS = 1_000;

/**
 * Keeps requests below a known rate limit, without delaying requests within the limit. `now` returns the time in ms. The returned function
 * reserves the next possible time for a request, and returns the ms until then.
 */
export function rateLimiter({ requests, ms }: Rate, now: () => number): () => number {
  /** The send times of the last `requests` requests, oldest first. */
  const times: number[] = [];
  return () => {
    const current = now();
    const oldest = times.length < requests ? undefined : times.shift();
    const time = oldest === undefined ? current : Math.max(current, oldest + ms + MARGIN_MS);
    times.push(time);
    return time - current;
  };
}
