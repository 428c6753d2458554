import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_WAIT_MS, MAX_RETRIES, backoff, rateLimitWait, retryAfter } from './retry.ts';

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const asked = fc.option(fc.oneof(fc.nat(2_000_000), fc.constant(Infinity)), { nil: undefined });

test('a backoff without Retry-After is between 50% and 100% of a ceiling that doubles from 1 s to 30 s', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), chance, (attempt, random) => {
      const ceiling = Math.min(30_000, 1_000 * 2 ** (attempt - 1));
      const wait = backoff(attempt, random, undefined);
      expect(wait).toBeGreaterThanOrEqual(ceiling / 2);
      expect(wait).toBeLessThanOrEqual(ceiling);
    }),
  );
});

test('all retries of a request together take at least 15 s, because past outages lasted that long', () => {
  const retry = fc.tuple(chance, asked);
  fc.assert(
    fc.property(fc.array(retry, { minLength: MAX_RETRIES, maxLength: MAX_RETRIES }), (retries) => {
      const waits = retries.map(([random, retryAfterMs], i) => backoff(i + 1, random, retryAfterMs));
      expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThanOrEqual(15_000);
    }),
  );
});

test('a backoff is never shorter than Retry-After, up to ten minutes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), chance, asked, (attempt, random, retryAfterMs) => {
      const wait = backoff(attempt, random, retryAfterMs);
      expect(wait).toBeGreaterThanOrEqual(Math.min(MAX_WAIT_MS, retryAfterMs ?? 0));
      expect(wait).toBeLessThanOrEqual(MAX_WAIT_MS);
    }),
  );
});

test('a wait for a rate limit lasts as long as Retry-After requires, but at most ten minutes', () => {
  expect(rateLimitWait(1, 0.5, 7_000)).toBe(7_000);
  expect(rateLimitWait(9, 0, 7_000)).toBe(7_000);
  expect(rateLimitWait(1, 0.5, 3_600_000)).toBe(MAX_WAIT_MS);
});

test('a wait for a rate limit without Retry-After grows with every consecutive 429', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2_000 }),
      chance,
      chance,
      fc.constantFrom(undefined, 0, 1, 999),
      (streak, first, second, nothing) => {
        const wait = rateLimitWait(streak, first, nothing);
        expect(wait).toBeGreaterThanOrEqual(750);
        expect(wait).toBeLessThanOrEqual(MAX_WAIT_MS);
        const next = rateLimitWait(streak + 1, second, nothing);
        if (streak < 10) expect(next).toBeGreaterThan(wait);
        else expect(next).toBeGreaterThanOrEqual(0.75 * MAX_WAIT_MS);
      },
    ),
  );
});

const NOW = Date.parse('2018-08-22T09:56:20Z');

test.each([
  [undefined, undefined],
  ['0', 0],
  ['3', 3_000],
  [' 120 ', 120_000],
  ['1.5', 1_500],
  ['Wed, 22 Aug 2018 09:56:23 GMT', 3_000],
  ['Wednesday, 22-Aug-18 09:56:23 GMT', 3_000],
  ['Wed, 22 Aug 2018 09:56:10 GMT', 0],
  ['', undefined],
  ['soon', undefined],
  ['Wed, 99 Foo 2018', undefined],
])('retryAfter(%j) returns %j', (header, ms) => {
  expect(retryAfter(header, NOW)).toBe(ms);
});

test('a Retry-After header may contain any number of seconds or any HTTP date', () => {
  const inSeconds = fc.integer({ min: 0, max: 4_000_000_000 });
  fc.assert(
    fc.property(inSeconds, fc.integer({ min: -1_000_000_000, max: 4_000_000_000 }), (seconds, ahead) => {
      expect(retryAfter(String(seconds), NOW)).toBe(seconds * 1_000);
      expect(retryAfter(new Date(NOW + ahead * 1_000).toUTCString(), NOW)).toBe(Math.max(0, ahead * 1_000));
    }),
  );
});

test('any text in a Retry-After header results in a valid wait', () => {
  const header = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[0-9]{1,400}(\.[0-9]+)?$/),
    fc.stringMatching(/^[A-Z][a-z]{2,8}, .{0,30}$/),
  );
  fc.assert(
    fc.property(header, (text) => {
      const ms = retryAfter(text, NOW);
      for (const wait of [backoff(1, 0.5, ms), rateLimitWait(1, 0.5, ms)]) {
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(MAX_WAIT_MS);
      }
    }),
  );
});
