import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { AbortListeners } from './abort-listeners.ts';

test('an abort calls the listeners that were not removed, through one listener on the signal', () => {
  const stop = new AbortController();
  const listeners = new AbortListeners(stop.signal);
  const called: string[] = [];
  const first = (): void => void called.push('first');
  const second = (): void => void called.push('second');
  const third = (): void => void called.push('third');
  for (const listener of [first, second, third]) listeners.add(listener);
  listeners.remove(second);
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
  stop.abort();
  expect(called).toEqual(['first', 'third']);
});

test('a listener may remove itself when it is called', () => {
  const stop = new AbortController();
  const listeners = new AbortListeners(stop.signal);
  let calls = 0;
  const once = (): void => {
    calls += 1;
    listeners.remove(once);
  };
  listeners.add(once);
  listeners.add(() => (calls += 1));
  stop.abort();
  expect(calls).toBe(2);
});
