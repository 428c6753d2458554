import { expect, test } from 'vitest';
import { get } from './crawl.ts';
import { startSandbox } from './server.ts';
import { Quota } from './traffic.ts';

test('when so many requests have been let through, all are refused for a while', () => {
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

test('a quota of none lets everything through', () => {
  const quota = new Quota(0, 1, () => 0);
  expect([quota.take(''), quota.take('')]).toEqual([undefined, undefined]);
});

test('over the quota the answer is 429 with Retry-After; refused tokens do not count', async () => {
  const sandbox = await startSandbox({ quota: 1, quotaWindowMs: 3_600_000 });
  expect((await get(sandbox, '/teams', 'wrong')).status).toBe(401);
  expect((await get(sandbox, '/teams')).status).toBe(200);
  const refused = await get(sandbox, '/teams');
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3000);
  expect(await refused.json()).toEqual({ errors: 'rate_limited' });
  await sandbox.close();
});
