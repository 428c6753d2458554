import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { realTiming } from './retry.ts';

test('a sleep lasts as long as requested', async () => {
  const began = performance.now();
  await realTiming.sleep(20, new AbortController().signal);
  // Timers count in whole milliseconds, so slightly less than 20 ms may have passed.
  expect(performance.now() - began).toBeGreaterThan(18);
});

test("an abort ends a sleep at once with the signal's reason and leaves no listener", async () => {
  const stop = new AbortController();
  const reason = new Error('stopped by SIGTERM');
  const sleep = realTiming.sleep(3_600_000, stop.signal);
  stop.abort(reason);
  await expect(sleep).rejects.toBe(reason);
  expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
});

test('a sleep that begins after the abort is rejected at once', async () => {
  await expect(realTiming.sleep(3_600_000, AbortSignal.abort('stopped'))).rejects.toBe('stopped');
});
