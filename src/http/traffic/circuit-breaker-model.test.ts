import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualTime } from '../../../test-support/unit/virtual-time.ts';
import { CircuitBreaker } from './circuit-breaker.ts';

const never = new AbortController().signal;

/** An API that accepts `most` requests per period and rejects the others, with varying Retry-After headers. */
interface Quota {
  most: number;
  periodMs: number;
  says: 'the rest of the period' | 'nothing';
}

interface Load {
  quota: Quota;
  /** How many requests each worker sends. */
  workers: number[];
  /** How long requests take, in turn. */
  latencies: number[];
}

const load: fc.Arbitrary<Load> = fc.record({
  quota: fc.record({
    most: fc.integer({ min: 1, max: 8 }),
    periodMs: fc.integer({ min: 100, max: 120_000 }),
    says: fc.constantFrom<Quota['says'][]>('the rest of the period', 'nothing'),
  }),
  workers: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 }),
  latencies: fc.array(fc.nat(3_000), { minLength: 1, maxLength: 20 }),
});

/**
 * Every request of a load, in the order in which the breaker lets them go. Checks each against the outcomes reported
 * before.
 */
async function work({ quota, workers, latencies }: Load): Promise<{ answered: number; rejected: number }> {
  const time = new VirtualTime();
  const breaker = new CircuitBreaker(time, never);
  let period = -1;
  let left = 0;
  let sent = 0;
  let waitUntil = 0;
  /** `first`: one trial may be sent once the wait is over. `out`: it is in flight. `closed`: requests are sent freely. */
  let phase: 'closed' | 'first' | 'out' = 'first';
  const seen = { answered: 0, rejected: 0 };

  const request = async (): Promise<boolean> => {
    const pass = await breaker.enter(false, () => undefined);
    expect(breaker.admits(pass)).toBe(true);
    expect(time.now()).toBeGreaterThanOrEqual(waitUntil);
    expect(phase).not.toBe('out');
    const isTrial = phase === 'first';
    if (isTrial) phase = 'out';
    await time.sleep(latencies[sent++ % latencies.length] ?? 0, never);
    if (Math.floor(time.now() / quota.periodMs) !== period) {
      period = Math.floor(time.now() / quota.periodMs);
      left = quota.most;
    }
    left -= 1;
    if (left >= 0) {
      if (isTrial) phase = 'closed';
      breaker.reportOutcome(pass, 'answered');
      seen.answered += 1;
      return true;
    }
    const rest = (period + 1) * quota.periodMs - time.now();
    breaker.reportOutcome(pass, 'limited', quota.says === 'nothing' ? undefined : rest);
    expect(breaker.waitMs).toBeGreaterThan(0);
    waitUntil = Math.max(waitUntil, time.now() + breaker.waitMs);
    phase = 'first';
    seen.rejected += 1;
    return false;
  };
  const worker = async (requests: number): Promise<void> => {
    for (let done = 0; done < requests;) if (await request()) done += 1;
  };
  await time.pass(Promise.all(workers.map(worker)));
  return seen;
}

test('any quota is respected: one request goes first after each wait, and all get their responses in the end', async () => {
  await fc.assert(
    fc.asyncProperty(load, async (given) => {
      const { answered } = await work(given);
      expect(answered).toBe(given.workers.reduce((sum, requests) => sum + requests, 0));
    }),
    { numRuns: 200 },
  );
});

test('without a limit, no request is delayed', async () => {
  const quota: Quota = { most: 1_000, periodMs: 60_000, says: 'nothing' };
  expect(await work({ quota, workers: [5, 5, 5], latencies: [10] })).toEqual({ answered: 15, rejected: 0 });
});
