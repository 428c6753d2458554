import { setTimeout as sleep } from 'node:timers/promises';

/** Retries after the first attempt. The vendor's own client made as many (compose-api.md 7.3). */
export const MAX_RETRIES = 5;
const FIRST_WAIT_MS = 1_000;
const LONGEST_BACKOFF_MS = 30_000;
/** However long the API asks us to wait, the sync must not stand still for longer at a time. */
export const LONGEST_WAIT_MS = 600_000;
/** A shorter Retry-After after a 429 says nothing that a client could go by: it would ask hundreds of times a second. */
const SHORTEST_RATE_LIMIT_MS = 1_000;

/** What may be gone at the next attempt. 429 is not among them: it is the gate's. */
export const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 500, 502, 503, 504]);

/**
 * How long to wait in ms before the next attempt: exponential, with jitter over the upper half, so that all five waits
 * take 15 s at least (compose-api.md 15: real outages lasted that long), and no less than what the API asked for.
 * `attempt` counts from 1; `random` is from 0 to 1.
 */
export function backoff(attempt: number, random: number, retryAfterMs: number | undefined): number {
  const ceiling = Math.min(LONGEST_BACKOFF_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  const wait = Math.round(ceiling * (0.5 + random / 2));
  return Math.min(LONGEST_WAIT_MS, Math.max(wait, retryAfterMs ?? 0));
}

/**
 * How long in ms to hold everybody back after a 429: what the API asked for, if that is a second or more, else a growing
 * wait with a jitter of a quarter. `streak` counts the 429s in a row, from 1.
 */
export function rateLimitWait(streak: number, random: number, retryAfterMs: number | undefined): number {
  if (retryAfterMs !== undefined && retryAfterMs >= SHORTEST_RATE_LIMIT_MS) {
    return Math.min(LONGEST_WAIT_MS, retryAfterMs);
  }
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(streak - 1, 30));
  return Math.round(wait * (0.75 + random / 4));
}

/** A `Retry-After` header in ms from now: a number of seconds or an HTTP date. Undefined if it is neither. */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1_000;
  // An HTTP date begins with the name of a day; Date.parse alone would take far too much.
  const date = /^[A-Z][a-z]{2,8}, /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Time and chance, so that tests can bring their own. All times are in ms. */
export interface Timing {
  now(): number;
  /** Rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** From 0 up to, but not including, 1. */
  random(): number;
}

export const realTiming: Timing = {
  now: Date.now,
  random: Math.random,
  async sleep(ms, signal) {
    try {
      await sleep(ms, undefined, { signal });
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    }
  },
};
