import type { CircuitBreaker, Outcome } from './circuit-breaker.ts';
import type { Permit, Permits } from './permits.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { Timing } from './retry.ts';

/** What a request must pass on its way to one origin. */
export interface Traffic {
  address: string;
  limiter: RateLimiter | undefined;
  breaker: CircuitBreaker;
  permits: Permits;
  timing: Timing;
  /** Ends all waits. */
  signal: AbortSignal;
}

/** Leave to send one request, which holds a permit until it is released. */
export interface Admission {
  reportOutcome(outcome: Outcome, retryAfterMs?: number): void;
  release(): void;
}

/**
 * Resolves when the request may go: paced by the rate limiter, gated by the circuit breaker, with a permit. No permit is held during
 * a wait. `onLimited` is called with the ms for which a rate limit delays the request.
 */
export async function admit(
  { address, limiter, breaker, permits, timing, signal }: Traffic,
  stream: string,
  hasFailed: boolean,
  onLimited: (waitMs: number) => void,
): Promise<Admission> {
  const waitMs = limiter?.reserve() ?? 0;
  if (waitMs > 0) {
    onLimited(waitMs);
    await timing.sleep(waitMs, signal);
  }
  for (;;) {
    const pass = await breaker.enter(hasFailed, onLimited);
    let permit: Permit | undefined;
    const release = (): void => {
      breaker.cancel(pass);
      permit?.release();
    };
    try {
      permit = await permits.acquire(address, stream);
    } catch (thrown) {
      release();
      throw thrown;
    }
    // The circuit may have changed while the request waited for its permit.
    if (breaker.admits(pass)) {
      return { release, reportOutcome: (outcome, retryAfterMs) => breaker.reportOutcome(pass, outcome, retryAfterMs) };
    }
    release();
  }
}
