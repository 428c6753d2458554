import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AttemptWatch, TIMED_OUT } from './attempt.ts';
import { Exchange } from './attempt.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The watch of attempts that may take 1,000 ms, and how many of the exchanges it was given have been stopped. */
function watched(): {
  watch: AttemptWatch;
  stop: AbortController;
  add: () => { exchange: Exchange; ended: unknown[] };
} {
  const stop = new AbortController();
  const watch = new AttemptWatch(1_000, stop.signal);
  const add = (): { exchange: Exchange; ended: unknown[] } => {
    const exchange = new Exchange();
    const ended: unknown[] = [];
    exchange.answer.catch((reason: unknown) => ended.push(reason));
    watch.add(exchange);
    return { exchange, ended };
  };
  return { watch, stop, add };
}

test('each is stopped when its own time is up, however many there are', async () => {
  const { add } = watched();
  const first = add();
  await vi.advanceTimersByTimeAsync(400);
  const second = add();
  const third = add();
  await vi.advanceTimersByTimeAsync(599);
  expect(first.ended).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect([first.ended, second.ended]).toEqual([[TIMED_OUT], []]);
  await vi.advanceTimersByTimeAsync(399);
  expect([second.ended, third.ended]).toEqual([[], []]);
  await vi.advanceTimersByTimeAsync(1);
  expect([second.ended, third.ended]).toEqual([[TIMED_OUT], [TIMED_OUT]]);
});

test('one that is over in time is left alone, and its end does not shorten the time of a later one', async () => {
  const { watch, add } = watched();
  const over = add();
  await vi.advanceTimersByTimeAsync(900);
  watch.delete(over.exchange);
  const later = add();
  await vi.advanceTimersByTimeAsync(999);
  expect([over.ended, later.ended]).toEqual([[], []]);
  await vi.advanceTimersByTimeAsync(1);
  expect([over.ended, later.ended]).toEqual([[], [TIMED_OUT]]);
});

test('after a pause without attempts the time begins anew', async () => {
  const { watch, add } = watched();
  watch.delete(add().exchange);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(vi.getTimerCount()).toBe(0);
  const { ended } = add();
  await vi.advanceTimersByTimeAsync(999);
  expect(ended).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(ended).toEqual([TIMED_OUT]);
});
