import { describe, expect, test } from 'vitest';
import { VirtualTime } from '../../test-support/unit/virtual-time.ts';
import { GIVE_UP_AFTER_MS, RateLimitGate } from './rate-limit-gate.ts';

const MINUTE = 60_000;
const never = new AbortController().signal;

/** A gate that one refusal has closed for ten seconds, and the names of those who went through since. */
function closedGate(): { time: VirtualTime; gate: RateLimitGate; gone: string[]; go: (name: string) => Promise<void> } {
  const time = new VirtualTime();
  const gate = new RateLimitGate(time);
  gate.refused(10_000);
  const gone: string[] = [];
  const go = async (name: string): Promise<void> => {
    if (await gate.enter(never)) gone.push(name);
  };
  return { time, gate, gone, go };
}

test('an open gate holds nobody', async () => {
  const gate = new RateLimitGate(new VirtualTime());
  expect(await Promise.all([gate.enter(never), gate.enter(never)])).toEqual([true, true]);
});

test('after a refusal nobody goes before the time that the API named', async () => {
  const { time, gone, go } = closedGate();
  const first = go('a');
  await time.standStill();
  expect(gone).toEqual([]);
  await time.pass(first);
  expect(time.now()).toBe(10_000);
});

describe('when the wait is over', () => {
  test('one goes first, and the others follow at once when it was not refused', async () => {
    const { time, gate, gone, go } = closedGate();
    const all = [go('a'), go('b'), go('c')];
    await time.pass(Promise.race(all));
    await time.standStill();
    expect(gone).toHaveLength(1);
    const late = go('late');
    await time.standStill();
    expect(gone).toHaveLength(1);
    gate.passed();
    await time.pass(Promise.all([...all, late]));
    expect(gone.toSorted()).toEqual(['a', 'b', 'c', 'late']);
    expect(time.now()).toBe(10_000);
  });

  test('all wait again when the first one was refused', async () => {
    const { time, gate, gone, go } = closedGate();
    const all = [go('a'), go('b')];
    await time.pass(Promise.race(all));
    expect(gate.refused(5_000)).toBe(15_000);
    await time.standStill();
    expect(gone).toHaveLength(1);
    await time.pass(Promise.all(all));
    expect(gone).toHaveLength(2);
    expect(time.now()).toBe(15_000);
  });
});

test('an answer that was on its way when the gate closed does not open it', async () => {
  const { time, gate, gone, go } = closedGate();
  gate.passed();
  const waiting = go('a');
  await time.standStill();
  expect(gone).toEqual([]);
  await time.pass(waiting);
  expect(time.now()).toBe(10_000);
});

test('a later refusal may prolong the wait of those who sleep already, but never shortens it', async () => {
  const { time, gate, go } = closedGate();
  const waiting = go('a');
  await time.standStill();
  expect(gate.refused(3_000)).toBe(10_000);
  expect(gate.refused(30_000)).toBe(30_000);
  await time.pass(waiting);
  expect(time.now()).toBe(30_000);
});

test('without Retry-After the waits grow from one refused try to the next', async () => {
  const time = new VirtualTime();
  const gate = new RateLimitGate(time);
  const waits: number[] = [];
  for (let i = 0; i < 5; i++) {
    await time.pass(gate.enter(never));
    waits.push((gate.refused(undefined) ?? NaN) - time.now());
  }
  expect(waits).toEqual([875, 1_750, 3_500, 7_000, 14_000]);
});

test('requests that were all under way when the limit was reached count as one refusal', () => {
  const gate = new RateLimitGate(new VirtualTime());
  const untils = Array.from({ length: 32 }, () => gate.refused(undefined));
  expect(new Set(untils)).toEqual(new Set([875]));
});

test('the waits begin small again when a request has passed', async () => {
  const time = new VirtualTime();
  const gate = new RateLimitGate(time);
  for (let i = 0; i < 6; i++) {
    await time.pass(gate.enter(never));
    gate.refused(undefined);
  }
  await time.pass(gate.enter(never));
  gate.passed();
  expect((gate.refused(undefined) ?? NaN) - time.now()).toBe(875);
});

test('after thirty minutes of refusals it gives up, and tells so everyone who waits or comes', async () => {
  const time = new VirtualTime();
  const gate = new RateLimitGate(time);
  gate.refused(undefined);
  let refusals = 1;
  while (await time.pass(gate.enter(never))) {
    refusals += 1;
    const waiting = gate.enter(never);
    if (gate.refused(undefined) !== undefined) {
      waiting.catch(() => undefined);
      continue;
    }
    expect(await waiting).toBe(false);
    expect(await gate.enter(never)).toBe(false);
  }
  expect(time.now()).toBeGreaterThanOrEqual(GIVE_UP_AFTER_MS);
  expect(time.now()).toBeLessThanOrEqual(GIVE_UP_AFTER_MS + 10 * MINUTE);
  expect(refusals).toBeGreaterThan(10);
});

test('an API that lets one request through now and then is never given up', async () => {
  const time = new VirtualTime();
  const gate = new RateLimitGate(time);
  for (let hours = 0; hours < 5;) {
    gate.refused(9 * MINUTE);
    expect(await time.pass(gate.enter(never))).toBe(true);
    gate.passed();
    hours = time.now() / (60 * MINUTE);
  }
});

test('an abort ends all waits at once, with its reason', async () => {
  const time = new VirtualTime();
  const gate = new RateLimitGate(time);
  gate.refused(10 * MINUTE);
  const stop = new AbortController();
  const waits = Array.from({ length: 50 }, () => gate.enter(stop.signal));
  const reasons = Promise.all(waits.map((wait) => wait.then(String, (reason: unknown) => reason)));
  await time.standStill();
  stop.abort('SIGTERM');
  expect(new Set(await reasons)).toEqual(new Set(['SIGTERM']));
  expect(time.now()).toBe(0);
});

test('those who wait for the first request end with it, when that is aborted', async () => {
  const { time, gate } = closedGate();
  const stop = new AbortController();
  await time.pass(gate.enter(stop.signal));
  const waiting = gate.enter(stop.signal).catch((reason: unknown) => reason);
  await time.standStill();
  stop.abort('SIGTERM');
  gate.passed(); // What the client tells of a request that ends by an abort.
  expect(await waiting).toBe('SIGTERM');
});
