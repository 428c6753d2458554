import { afterEach, expect, test } from 'vitest';
import type { IbmCloudSandbox, IbmCloudSandboxOptions } from '../server.ts';
import { get, startAtNoon, tokenOf } from './client.ts';

const running: IbmCloudSandbox[] = [];
const start = async (options?: Partial<IbmCloudSandboxOptions>): Promise<IbmCloudSandbox> => {
  const sandbox = await startAtNoon(options);
  running.push(sandbox);
  return sandbox;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

// The effects of time on tasks, backups and instances are tested in integration_tests/ibm-cloud/history.test.ts.

const DAY = 24 * 3600;
const INSTANCES = '/resource-controller/v2/resource_instances';

function costOf(sandbox: IbmCloudSandbox, month: string): number {
  const ofMonth = [...sandbox.rows('billables')].filter((row) => row['month'] === month);
  return ofMonth.reduce((total, row) => total + Number(row['cost']), 0);
}

test('sandboxes with the same seed and time return the same bodies, and another seed changes the bodies', async () => {
  const sandboxes = [await start(), await start(), await start({ seed: 2 })];
  const bodies = await Promise.all(
    sandboxes.map(async (sandbox) => (await get(sandbox, await tokenOf(sandbox), INSTANCES)).text()),
  );
  expect(bodies[1]).toBe(bodies[0]);
  expect(bodies[2]).not.toBe(bodies[0]);
});

test('the request log recognizes the API key in every encoding', async () => {
  const apiKey = 'a key "of" +/=& characters';
  const sandbox = await start({ apiKey });
  const token = await tokenOf(sandbox);
  await get(sandbox, token, `${INSTANCES}?name=${encodeURIComponent(apiKey)}`);
  await get(sandbox, token, `${INSTANCES}?name=another`);
  expect(sandbox.requests.map(({ credential }) => credential)).toEqual([true, true, false]);
});

test('each service has its own quota', async () => {
  const sandbox = await start({ quota: 1, quotaWindowMs: 3_600_000 });
  const token = await tokenOf(sandbox);
  const status = async (path: string): Promise<number> => (await get(sandbox, token, path)).status;
  expect(await status('/iam/v2/roles')).toBe(429);
  for (const path of [INSTANCES, '/databases/us-south/v5/ibm/regions', '/databases/eu-de/v5/ibm/regions']) {
    expect(await status(path), path).toBe(200);
    expect(await status(path), path).toBe(429);
  }
});

test("usage of the open month grows, is corrected after the month's end, and then becomes final", async () => {
  const sandbox = await start();
  const open = costOf(sandbox, '2026-11');
  const final = costOf(sandbox, '2026-09');
  sandbox.passTime(DAY);
  expect(costOf(sandbox, '2026-11')).toBeGreaterThan(open);
  sandbox.passTime(10 * DAY);
  const over = costOf(sandbox, '2026-11');
  sandbox.passTime(10 * DAY);
  expect(costOf(sandbox, '2026-11')).toBeGreaterThan(over);
  sandbox.passTime(10 * DAY);
  const settled = costOf(sandbox, '2026-11');
  sandbox.passTime(40 * DAY);
  expect(costOf(sandbox, '2026-11')).toBe(settled);
  expect(costOf(sandbox, '2026-09')).toBe(final);
});

test('usage of a month can be changed until the month is final', async () => {
  const sandbox = await start();
  const before = costOf(sandbox, '2026-11');
  expect([...sandbox.keys('billables')]).toContain(sandbox.touchUsage());
  expect(costOf(sandbox, '2026-11')).toBeGreaterThan(before);
  expect(() => sandbox.touchUsage('2026-10')).toThrow('the month 2026-10 is final');
  expect(() => sandbox.touchUsage('1999-01')).toThrow('there is no usage for the month 1999-01');
});

test('another process can advance the clock, change usage, add events and revoke tokens over HTTP', async () => {
  const sandbox = await start();
  const token = await tokenOf(sandbox);
  const control = async (path: string, body: object = {}): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body: JSON.stringify(body) };
    return (await fetch(`${sandbox.baseUrl}/_sandbox/${path}`, request)).json();
  };
  const before = sandbox.counts().audit_events;
  expect(await control('events', { add: 1000, late: 1800 })).toEqual({ audit_events: sandbox.counts().audit_events });
  expect(sandbox.counts().audit_events).toBeGreaterThan(before + 500);
  expect(await control('usage', { touch: 1 })).toEqual({ touched: [expect.stringMatching(/^2026-11\//)] });
  await control('tokens');
  expect((await get(sandbox, token, '/iam/v2/roles')).status).toBe(401);
  expect(await control('time', { pass: DAY })).toEqual({ now: '2026-11-25T12:00:00.000Z' });
});
