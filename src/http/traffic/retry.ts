import { setTimeout as sleep } from 'node:timers/promises';

/** The number of retries after the first attempt, as in the vendor's own client (compose-api.md 7.3). */
export const MAX_RETRIES = 5;
const FIRST_WAIT_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;
/** The longest wait between two attempts, even if the API requests a longer wait. */
export const MAX_WAIT_MS = 600_000;
/** A shorter wait in the Retry-After header of an HTTP 429 is ignored, because it would allow hundreds of requests a second. */
const MIN_RATE_LIMIT_MS = 1_000;

/** HTTP statuses after which a retry may succeed. The circuit breaker handles HTTP 429. */
export const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 425, 500, 502, 503, 504]);

/**
 * The ms to wait before the next attempt. The wait grows exponentially, with jitter of up to 50%. A longer Retry-After is respected, up to
 * MAX_WAIT_MS. The five waits add up to at least 15 s, the length of past outages (compose-api.md 15). `attempt` starts at 1; `random` is
 * between 0 and 1.
 */
export function backoff(attempt: number, random: number, retryAfterMs: number | undefined): number {
  const ceiling = Math.min(MAX_BACKOFF_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  const wait = Math.round(ceiling * (0.5 + random / 2));
  return Math.min(MAX_WAIT_MS, Math.max(wait, retryAfterMs ?? 0));
}

/** The ms to wait after `inARow` consecutive 429s: a Retry-After of at least 1 s, or a growing wait with jitter; at most MAX_WAIT_MS. */
export function rateLimitWait(inARow: number, random: number, retryAfterMs: number | undefined): number {
  if (retryAfterMs !== undefined && retryAfterMs >= MIN_RATE_LIMIT_MS) {
    return Math.min(MAX_WAIT_MS, retryAfterMs);
  }
  const wait = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (inARow - 1));
  return Math.round(wait * (0.75 + random / 4));
}

/** Converts a `Retry-After` header (seconds or an HTTP date) to ms from `now` (Unix ms). Returns undefined if the header is invalid. */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  const ms = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Whether a header, such as `x-ratelimit-limit`, is about a rate limit. */
export function isAboutRate(header: string): boolean {
  return /^(x-)?rate-?limit(-[a-z-]{1,30})?$/.test(header);
}

/** The source of time and random numbers, which tests replace. All times are in ms. */
export interface Timing {
  /** The Unix time. */
  now(): number;
  /** A clock that never jumps. Only differences between its values are meaningful. */
  monotonic(): number;
  /** Rejects with the signal's reason as soon as the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Returns a number from 0 (inclusive) to 1 (exclusive). */
  random(): number;
}

export const realTiming: Timing = {
  now: Date.now,
  monotonic: () => performance.now(),
  random: Math.random,
  async sleep(ms, signal) {
    try {
      await sleep(ms, undefined, { signal });
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    }
  },
};
