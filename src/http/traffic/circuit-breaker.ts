import type { Failure, Outcome } from '../failure.ts';
import { type Timing, rateLimitWait } from './retry.ts';

/** The circuit opens after this many consecutive trials without a complete response. */
const MAX_TRIALS = 3;
/** An outage opens the circuit only after this time, measured from the start of the first trial without a complete response. */
const MIN_OUTAGE_MS = 60_000;
/** The circuit opens if an origin returns nothing but HTTP 429 for this long. */
export const MAX_RATE_LIMIT_MS = 30 * 60_000;
/** The wait after the second trial without a complete response. After later trials, the wait is twice this long. */
const TRIAL_WAIT_MS = 1_000;

/** The circuit breaker's permission to send one request. */
export interface Pass {
  /** When the attempt began, according to the monotonic clock. */
  since: number;
}

interface Waiter extends PromiseWithResolvers<Pass> {
  hasFailed: boolean;
  onLimited: (waitMs: number) => void;
}

/**
 * Decides when a request may be sent to an origin, based on the outcomes of earlier requests.
 * - Half-open: initially, and after HTTP 429 or an attempt without a complete response. Requests are sent one at a time,
 *   as trials. Trials alternate between retries and new requests, so that neither a single failing request nor a long
 *   backoff determines the outcome.
 * - Closed: after a complete response. All requests are sent immediately.
 * - Open: for the rest of the sync. No requests are sent, because `signal` is aborted.
 */
export class CircuitBreaker {
  /** Aborted with a `Failure` when the circuit opens, or with the reason of `life`. */
  readonly signal: AbortSignal;
  readonly #timing: Timing;
  readonly #opened = new AbortController();
  #isClosed = false;
  #trial: Pass | undefined;
  #waiting: Waiter[] = [];
  #isFailedNext = false;
  #isAsleep = false;
  /** When the next trial may begin. All times are from the monotonic clock. */
  #trialFrom = -Infinity;
  #answeredAt = -Infinity;
  #unanswered = 0;
  #unansweredSince = 0;
  /** The current series of HTTP 429s. Any other response to a trial ends the series. */
  #limit: { since: number; inARow: number } | undefined;

  constructor(timing: Timing, life: AbortSignal) {
    this.#timing = timing;
    this.signal = AbortSignal.any([life, this.#opened.signal]);
    this.signal.addEventListener('abort', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(this.signal.reason);
    });
  }

  /** The time until the next trial may begin, in ms. */
  get waitMs(): number {
    return Math.max(0, this.#trialFrom - this.#timing.monotonic());
  }

  /**
   * Resolves when the request may be sent. The caller must end the pass with `reportOutcome` or `cancel`. If `signal` is
   * aborted, rejects with its reason. If a rate limit delays the request, `onLimited` is called with each new wait, in ms.
   */
  async enter(hasFailed: boolean, onLimited: (waitMs: number) => void): Promise<Pass> {
    this.signal.throwIfAborted();
    if (this.#isClosed) return { since: 0 };
    const waiter = { ...Promise.withResolvers<Pass>(), hasFailed, onLimited };
    this.#waiting.push(waiter);
    if (this.#limit !== undefined) onLimited(this.waitMs);
    this.#startTrial();
    return waiter.promise;
  }

  /** Begins the attempt. Returns false if the request may no longer be sent, because the circuit has changed since `enter`. */
  begin(pass: Pass): boolean {
    pass.since = this.#timing.monotonic();
    return this.#trial === pass || this.#isClosed;
  }

  reportOutcome(pass: Pass, outcome: Outcome, retryAfterMs?: number): void {
    if (this.signal.aborted) return;
    const isTrial = this.#trial === pass;
    if (outcome !== 'unanswered') {
      this.#unanswered = 0;
      this.#answeredAt = this.#timing.monotonic();
    }
    if (outcome === 'answered') {
      // A response that was already on its way when the limit was reached doesn't end the limit.
      if (this.#limit === undefined || isTrial) this.#close();
    } else if (outcome === 'limited') {
      this.#reachLimit(isTrial, retryAfterMs);
    } else if (isTrial || this.#isClosed) {
      this.#missResponse(pass.since);
    }
    this.cancel(pass);
  }

  /** Ends a pass whose attempt has no known outcome, so that the next trial may begin. */
  cancel(pass: Pass): void {
    if (this.#trial !== pass) return;
    this.#trial = undefined;
    this.#startTrial();
  }

  #close(): void {
    this.#isClosed = true;
    this.#trial = undefined;
    this.#limit = undefined;
    for (const { resolve } of this.#waiting.splice(0)) resolve({ since: 0 });
  }

  #reachLimit(isTrial: boolean, retryAfterMs: number | undefined): void {
    const now = this.#timing.monotonic();
    this.#limit ??= { since: now, inARow: 0 };
    // Requests that were in flight when the limit was reached are rejected, too, but don't prolong the wait.
    if (isTrial || this.#limit.inARow === 0) this.#limit.inARow += 1;
    const limitedMs = now - this.#limit.since;
    if (limitedMs >= MAX_RATE_LIMIT_MS) {
      this.open({ problem: 'rate_limited', reason: `only HTTP 429 responses for ${Math.round(limitedMs / 1_000)} s` });
      return;
    }
    const waitMs = rateLimitWait(this.#limit.inARow, this.#timing.random(), retryAfterMs);
    this.#halfOpen(now + waitMs);
    // A trial that is still in flight may have been sent before the limit was reached, so another trial must follow.
    this.#trial = undefined;
    for (const { onLimited } of this.#waiting) onLimited(this.waitMs);
    this.#startTrial();
  }

  #missResponse(began: number): void {
    const now = this.#timing.monotonic();
    if (this.#answeredAt > began) {
      // The origin has responded to another request since this attempt began.
      this.#halfOpen(now);
      return;
    }
    if (this.#unanswered === 0) this.#unansweredSince = began;
    this.#unanswered += 1;
    const outageMs = now - this.#unansweredSince;
    if (this.#unanswered >= MAX_TRIALS && outageMs >= MIN_OUTAGE_MS) {
      const seconds = String(Math.round(outageMs / 1_000));
      this.open({ problem: 'host_unresponsive', reason: `no response for ${seconds} s`, facts: { seconds } });
    } else this.#halfOpen(now + Math.min(this.#unanswered - 1, 2) * TRIAL_WAIT_MS);
  }

  #halfOpen(trialFrom: number): void {
    this.#isClosed = false;
    this.#trialFrom = Math.max(this.#trialFrom, trialFrom);
  }

  /** Opens the circuit, which ends all requests to the origin and all waits for the origin with `failure`. */
  open(failure: Failure): void {
    this.#opened.abort(failure);
  }

  #startTrial(): void {
    if (this.#isClosed || this.#isAsleep || this.#trial !== undefined || this.#waiting.length === 0) return;
    if (this.waitMs > 0) {
      this.#isAsleep = true;
      // Check the wait again, because a later HTTP 429 may have prolonged it.
      const wake = (): void => {
        this.#isAsleep = false;
        this.#startTrial();
      };
      void this.#timing.sleep(this.waitMs, this.signal).then(wake, wake);
      return;
    }
    const preferred = this.#waiting.findIndex(({ hasFailed }) => hasFailed === this.#isFailedNext);
    const [next] = this.#waiting.splice(Math.max(0, preferred), 1);
    this.#isFailedNext = next?.hasFailed === false;
    this.#trial = { since: 0 };
    next?.resolve(this.#trial);
  }
}
