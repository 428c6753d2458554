import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualTime } from '../../../test-support/unit/virtual-time.ts';
import { CircuitBreaker } from './circuit-breaker.ts';

const never = new AbortController().signal;

/** An API that accepts `most` requests per period and rejects the rest, with or without a Retry-After header. */
interface Quota {
  most: number;
  periodMs: number;
  says: 'the rest of the period' | 'nothing';
}

interface Load {
  quota: Quota;
  /** The number of requests that each worker sends. */
  workers: number[];
  /** The durations of successive requests. */
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

/** Simulates a load, and checks each request that the breaker admits against the outcomes reported so far. */
async function work({ quota, workers, latencies }: Load): Promise<{ answered: number; rejected: number }> {
  const time = new VirtualTime();
  const breaker = new CircuitBreaker(time, never);
  let period = -1;
  let left = 0;
  let sent = 0;
  let waitUntil = 0;
  /** `first`: a trial may be sent after the wait. `out`: the trial is in flight. `closed`: any request may be sent. */
  let phase: 'closed' | 'first' | 'out' = 'first';
  const seen = { answered: 0, rejected: 0 };

  const request = async (): Promise<boolean> => {
    const pass = await breaker.enter(false, () => undefined);
    expect(breaker.begin(pass)).toBe(true);
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

test('under any quota, a single request is sent after each wait, and every request eventually gets a response', async () => {
  await fc.assert(
    fc.asyncProperty(load, async (given) => {
      const { answered } = await work(given);
      expect(answered).toBe(given.workers.reduce((sum, requests) => sum + requests, 0));
    }),
    { numRuns: 200 },
  );
});

test('no request is delayed as long as no limit is reached', async () => {
  const quota: Quota = { most: 1_000, periodMs: 60_000, says: 'nothing' };
  expect(await work({ quota, workers: [5, 5, 5], latencies: [10] })).toEqual({ answered: 15, rejected: 0 });
});
