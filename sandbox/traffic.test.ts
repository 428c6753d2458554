import { expect, test } from 'vitest';
import { Quota } from './traffic.ts';

test('all requests are rejected for a while once the quota is used up', () => {
  let now = 0;
  const quota = new Quota(2, 10_000, () => now);
  const take = (): number | undefined => quota.take('billing');
  expect(take()).toBeUndefined();
  now = 60_000;
  expect([take(), take()]).toEqual([undefined, 10]);
  now = 68_500;
  expect(take()).toBe(2);
  expect(quota.take('another service')).toBeUndefined();
  now = 69_999;
  expect(take()).toBe(1);
  now = 70_000;
  expect([take(), take(), take()]).toEqual([undefined, undefined, 10]);
});
