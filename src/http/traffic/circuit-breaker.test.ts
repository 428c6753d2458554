import { describe, expect, test } from 'vitest';
import { VirtualTime } from '../../../test-support/unit/virtual-time.ts';
import type { Outcome } from '../failure.ts';
import { CircuitBreaker, MAX_RATE_LIMIT_MS, type Pass } from './circuit-breaker.ts';

const MINUTE = 60_000;
const never = new AbortController().signal;
const ignore = (): void => undefined;

interface Breaker {
  time: VirtualTime;
  breaker: CircuitBreaker;
  /** The names of the requests that the breaker admitted, in order. */
  gone: string[];
  /** Enters the breaker with a named request. If the name contains `again`, the request is a retry. */
  go: (name: string) => Promise<Pass>;
  /** Sends a request that ends with `outcome` after `takes` ms. */
  attempt: (outcome: Outcome, takes?: number, retryAfterMs?: number) => Promise<void>;
}

function open(life = never): Breaker {
  const time = new VirtualTime();
  const breaker = new CircuitBreaker(time, life);
  const gone: string[] = [];
  const go = async (name: string): Promise<Pass> => {
    const pass = await breaker.enter(name.includes('again'), ignore);
    gone.push(name);
    return pass;
  };
  const attempt = async (outcome: Outcome, takes = 0, retryAfterMs?: number): Promise<void> => {
    const pass = await go('');
    breaker.begin(pass);
    if (takes > 0) await time.sleep(takes, never);
    breaker.reportOutcome(pass, outcome, retryAfterMs);
  };
  return { time, breaker, gone, go, attempt };
}

/** A breaker that received a complete response, and then an HTTP 429 with a Retry-After of ten seconds. */
async function limited(): Promise<Breaker> {
  const opened = open();
  await opened.attempt('answered');
  await opened.attempt('limited', 0, 10_000);
  opened.gone.length = 0;
  return opened;
}

describe('a half-open circuit', () => {
  test.each<[string, Outcome[]]>([
    ['initially', []],
    ['after an attempt without a response', ['answered', 'unanswered']],
  ])(
    '%s, one request is sent at a time until a response with any status lets all others through',
    async (_, before) => {
      const { time, breaker, gone, go, attempt } = open();
      for (const outcome of before) await attempt(outcome);
      gone.length = 0;
      const [first, ...others] = [go('a'), go('b'), go('c')];
      await time.standStill();
      expect(gone).toEqual(['a']);
      breaker.reportOutcome(await first, 'answered');
      await time.pass(Promise.all(others));
      expect(time.now()).toBe(0);
    },
  );

  test('trials alternate between new requests and retries, and begin after waits of 0, 1, 2, 2, … s', async () => {
    const { time, breaker, gone, go } = open();
    const at: number[] = [];
    const names = ['a', 'b', 'c', 'd', 'x again', 'y again'];
    const trials = names.map(async (name) => {
      const pass = await go(name);
      at.push(time.now());
      breaker.reportOutcome(pass, 'unanswered');
    });
    await time.pass(Promise.all(trials));
    expect(gone).toEqual(['a', 'x again', 'b', 'y again', 'c', 'd']);
    expect(at).toEqual([0, 0, 1_000, 3_000, 5_000, 7_000]);
  });

  test('canceling a trial lets the next trial begin at once', async () => {
    const { time, breaker, go } = open();
    const [first, second] = [go('a'), go('b')];
    breaker.cancel(await first);
    await time.pass(second);
    expect(time.now()).toBe(0);
  });

  test('earlier passes are invalid until a late response closes the circuit', async () => {
    const { breaker, go, attempt } = open();
    await attempt('answered');
    const [slow, lost, waiting] = await Promise.all([go('a'), go('b'), go('c')]);
    breaker.reportOutcome(lost, 'unanswered');
    expect(breaker.begin(waiting)).toBe(false);
    const trial = await go('d');
    expect(breaker.begin(trial)).toBe(true);
    breaker.reportOutcome(slow, 'answered');
    expect(breaker.begin(waiting)).toBe(true);
    await Promise.all([go('e'), go('f')]);
  });
});

describe('an unresponsive origin', () => {
  test('three trials without a response open the circuit for waiting and new requests', async () => {
    const { time, breaker, go, attempt } = open();
    const trials = [1, 2, 3].map(() => attempt('unanswered', MINUTE));
    const waiting = expect(go('a')).rejects.toEqual({
      problem: 'host_unresponsive',
      reason: 'no response for 181 s',
      facts: { seconds: '181' },
    });
    await time.pass(Promise.all(trials));
    await waiting;
    await expect(go('b')).rejects.toBe(breaker.signal.reason);
  });

  test('the circuit does not open until a minute after the first failed trial began', async () => {
    const { time, breaker, attempt } = open();
    while (!breaker.signal.aborted) await time.pass(attempt('unanswered', 10));
    expect(time.now()).toBeGreaterThanOrEqual(MINUTE);
    expect(time.now()).toBeLessThan(MINUTE + 3_000);
  });

  test('the circuit opens just as fast if the origin stops responding later with many requests in flight', async () => {
    const { time, breaker, attempt } = open();
    await attempt('answered');
    await time.pass(Promise.all([1, 2, 3, 4].map(() => attempt('unanswered', MINUTE))));
    expect(breaker.signal.aborted).toBe(false);
    for (let i = 0; i < 2; i += 1) await time.pass(attempt('unanswered', MINUTE));
    expect(breaker.signal.aborted).toBe(true);
    expect(time.now()).toBe(3 * MINUTE + 1_000);
  });

  test('the circuit does not open if the origin responds to other requests in the meantime', async () => {
    const { time, breaker, attempt } = open();
    await attempt('answered');
    for (let i = 0; i < 20; i += 1) {
      await time.pass(Promise.all([attempt('unanswered', MINUTE), attempt('answered', MINUTE / 2)]));
    }
    expect(breaker.signal.aborted).toBe(false);
  });

  test('a request that began before the last response does not make the circuit open earlier', async () => {
    const { time, breaker, attempt } = open();
    await attempt('answered');
    await time.pass(Promise.all([attempt('unanswered', MINUTE), attempt('answered', MINUTE - 1)]));
    const outage = time.now();
    for (let i = 0; i < 5; i += 1) await time.pass(attempt('unanswered', 10));
    expect(breaker.signal.aborted).toBe(false);
    while (!breaker.signal.aborted) await time.pass(attempt('unanswered', 10));
    expect(time.now() - outage).toBeGreaterThanOrEqual(MINUTE);
  });
});

describe('HTTP 429', () => {
  test('a late response does not end the wait for a rate limit, and another HTTP 429 can only prolong it', async () => {
    const { time, breaker, go, attempt } = open();
    await attempt('answered');
    const [one, two, three, four] = await Promise.all([go('a'), go('b'), go('c'), go('d')]);
    breaker.reportOutcome(one, 'limited', 10_000);
    const waiting = go('e');
    breaker.reportOutcome(two, 'answered');
    breaker.reportOutcome(three, 'limited', 3_000);
    expect(breaker.waitMs).toBe(10_000);
    await time.standStill();
    breaker.reportOutcome(four, 'limited', 30_000);
    await time.pass(waiting);
    expect(time.now()).toBe(30_000);
  });

  test('all waiting requests are told how long they have to wait, even if they wait for a trial', async () => {
    const { time, breaker, go } = await limited();
    const waits: number[] = [];
    const enter = (): Promise<Pass> => breaker.enter(false, (ms) => void waits.push(time.now() + ms));
    const first = go('a');
    const others = [enter()];
    const trial = await time.pass(first);
    others.push(enter());
    breaker.reportOutcome(trial, 'limited', 20_000);
    expect(waits).toEqual([10_000, 10_000, 30_000, 30_000]);
    breaker.reportOutcome(await time.pass(Promise.race(others)), 'answered');
    await Promise.all(others);
  });

  test('without Retry-After, waits grow with each trial and start over after a response', async () => {
    const { time, breaker, attempt } = open();
    const waits: number[] = [];
    for (let i = 0; i < 12; i += 1) {
      await time.pass(attempt(i === 5 ? 'answered' : 'limited'));
      waits.push(breaker.waitMs);
    }
    expect(waits.slice(0, 7)).toEqual([875, 1_750, 3_500, 7_000, 14_000, 0, 875]);
  });

  test('requests that are in flight when the limit is reached count as a single HTTP 429', async () => {
    const { breaker, go, attempt } = open();
    await attempt('answered');
    const passes = await Promise.all(Array.from({ length: 32 }, () => go('')));
    for (const pass of passes) breaker.reportOutcome(pass, 'limited');
    expect(breaker.waitMs).toBe(875);
  });

  test('the circuit opens after half an hour of nothing but HTTP 429', async () => {
    const { time, breaker, go, attempt } = open();
    let trials = 0;
    for (; !breaker.signal.aborted; trials += 1) await time.pass(attempt('limited'));
    await expect(go('late')).rejects.toMatchObject({ problem: 'rate_limited' });
    expect(time.now()).toBeGreaterThanOrEqual(MAX_RATE_LIMIT_MS);
    expect(time.now()).toBeLessThanOrEqual(MAX_RATE_LIMIT_MS + 10 * MINUTE);
    expect(trials).toBeGreaterThan(10);
  });

  test('the circuit does not open if the API accepts a request now and then', async () => {
    const { time, breaker, attempt } = open();
    while (time.now() < 300 * MINUTE) {
      await time.pass(attempt('limited', 0, 9 * MINUTE));
      await time.pass(attempt('answered'));
    }
    expect(breaker.signal.aborted).toBe(false);
  });
});

test("an abort rejects all waiting and new requests with the signal's reason", async () => {
  const stop = new AbortController();
  const { time, go, attempt } = open(stop.signal);
  await attempt('limited', 0, 10 * MINUTE);
  const reasons = Promise.allSettled([go('a'), go('b')]);
  await time.standStill();
  stop.abort('SIGTERM');
  for (const result of await reasons) expect(result).toMatchObject({ status: 'rejected', reason: 'SIGTERM' });
  await expect(go('c')).rejects.toBe('SIGTERM');
});
