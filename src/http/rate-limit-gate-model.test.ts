import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualTime } from '../../test-support/unit/virtual-time.ts';
import { RateLimitGate } from './rate-limit-gate.ts';

const never = new AbortController().signal;

/** An API that answers `most` requests per period and refuses the others; what it says of the wait differs. */
interface Quota {
  most: number;
  periodMs: number;
  says: 'the rest of the period' | 'nothing';
}

interface Load {
  quota: Quota;
  /** How many requests each worker has to make. */
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

/** Every request of a load as the gate lets it through; checks each against what the gate was told before. */
async function work({ quota, workers, latencies }: Load): Promise<{ answered: number; refused: number }> {
  const time = new VirtualTime();
  const gate = new RateLimitGate(time);
  let period = -1;
  let left = 0;
  let sent = 0;
  let closedUntil = 0;
  /** Closed: nobody may go. First: one may go, once the time has come. Out: that one is under way. */
  let phase: 'open' | 'first' | 'out' = 'open';
  const seen = { answered: 0, refused: 0 };

  const request = async (): Promise<boolean> => {
    expect(await gate.enter(never)).toBe(true);
    expect(time.now()).toBeGreaterThanOrEqual(closedUntil);
    expect(phase).not.toBe('out');
    if (phase === 'first') phase = 'out';
    await time.sleep(latencies[sent++ % latencies.length] ?? 0, never);
    if (Math.floor(time.now() / quota.periodMs) !== period) {
      period = Math.floor(time.now() / quota.periodMs);
      left = quota.most;
    }
    left -= 1;
    if (left >= 0) {
      gate.passed();
      if (phase === 'out') phase = 'open';
      seen.answered += 1;
      return true;
    }
    const rest = (period + 1) * quota.periodMs - time.now();
    const until = gate.refused(quota.says === 'nothing' ? undefined : rest);
    expect(until).toBeGreaterThan(time.now());
    closedUntil = Math.max(closedUntil, until ?? 0);
    phase = 'first';
    seen.refused += 1;
    return false;
  };
  const worker = async (requests: number): Promise<void> => {
    for (let done = 0; done < requests;) if (await request()) done += 1;
  };
  await time.pass(Promise.all(workers.map(worker)));
  return seen;
}

test('workers who share a gate obey the API, one goes first after each wait, and all get their answers in the end', async () => {
  await fc.assert(
    fc.asyncProperty(load, async (given) => {
      const { answered } = await work(given);
      expect(answered).toBe(given.workers.reduce((sum, requests) => sum + requests, 0));
    }),
    { numRuns: 200 },
  );
});

test('without a limit nobody is held back', async () => {
  const quota: Quota = { most: 1_000, periodMs: 60_000, says: 'nothing' };
  expect(await work({ quota, workers: [5, 5, 5], latencies: [10] })).toEqual({ answered: 15, refused: 0 });
});
