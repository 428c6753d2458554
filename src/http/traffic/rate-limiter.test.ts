import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rateLimiter } from './rate-limiter.ts';

const MINUTE = 60_000;

test('the allowed number of requests is sent at once, and the next request is sent a minute after the first', () => {
  let now = 5_000;
  const reserve = rateLimiter({ requests: 3, ms: MINUTE }, () => now);
  expect([reserve(), reserve(), reserve()]).toEqual([0, 0, 0]);
  now += 20_000;
  expect(reserve()).toBe(41_000);
  now += 41_000;
  // The first three requests were sent at the same time, so two more requests are allowed now.
  expect([reserve(), reserve()]).toEqual([0, 0]);
  expect(reserve()).toBe(61_000);
});

test('under any load, no minute exceeds the rate limit, and no request waits unnecessarily', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 120 }),
      (requests, gaps) => {
        let now = 1_000_000;
        const reserve = rateLimiter({ requests, ms: MINUTE }, () => now);
        const sent: number[] = [];
        for (const gap of gaps) {
          now += gap;
          const wait = reserve();
          const recent = sent.filter((time) => time > now - MINUTE - 1_000);
          if (recent.length < requests) expect(wait).toBe(0);
          sent.push(now + wait);
        }
        for (const [i, time] of sent.entries()) {
          const next = sent[i + requests];
          if (next !== undefined) expect(next - time).toBeGreaterThan(MINUTE);
        }
        expect(sent).toEqual(sent.toSorted((a, b) => a - b));
      },
    ),
  );
});
