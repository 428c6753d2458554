import { setTimeout as sleep } from 'node:timers/promises';

/** Retries after the first attempt, as many as the vendor's own client makes (compose-api.md 7.3). */
export const MAX_RETRIES = 5;
const FIRST_WAIT_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;
/** The longest wait between two attempts, whatever the API requests. */
export const MAX_WAIT_MS = 600_000;
/** A shorter Retry-After with a 429 is ignored: it would permit hundreds of requests a second. */
const MIN_RATE_LIMIT_MS = 1_000;

/** Statuses that a retry may fix. The circuit breaker handles 429. */
export const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 425, 500, 502, 503, 504]);

/**
 * The ms before the next attempt: exponential, with jitter over the upper half, so that the five waits take at least 15 s in all
 * (compose-api.md 15: outages lasted that long), and never less than Retry-After. `attempt` starts at 1, `random` is from 0 to 1.
 */
export function backoff(attempt: number, random: number, retryAfterMs: number | undefined): number {
  const ceiling = Math.min(MAX_BACKOFF_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  const wait = Math.round(ceiling * (0.5 + random / 2));
  return Math.min(MAX_WAIT_MS, Math.max(wait, retryAfterMs ?? 0));
}

/**
 * The ms to wait after a 429: Retry-After if that is a second or more, otherwise a growing wait with a jitter of a quarter.
 * `inARow` counts consecutive 429s, starting at 1.
 */
export function rateLimitWait(inARow: number, random: number, retryAfterMs: number | undefined): number {
  if (retryAfterMs !== undefined && retryAfterMs >= MIN_RATE_LIMIT_MS) {
    return Math.min(MAX_WAIT_MS, retryAfterMs);
  }
  const wait = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (inARow - 1));
  return Math.round(wait * (0.75 + random / 4));
}

/** A `Retry-After` header in ms from now: seconds or an HTTP date. Undefined if it is neither. `now` is Unix ms. */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  const ms = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Whether a header, such as `x-ratelimit-limit`, is about a rate limit. */
export function isAboutRate(header: string): boolean {
  return /^(x-)?rate-?limit(-[a-z-]{1,30})?$/.test(header);
}

/** Time and randomness, which tests replace. All times are in ms. */
export interface Timing {
  /** Unix time. */
  now(): number;
  /** Only differences are meaningful; it never jumps. */
  monotonic(): number;
  /** Rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** From 0 up to, but not including, 1. */
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
