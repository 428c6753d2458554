import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Row } from '../platform.ts';
import type { IbmCloudSandbox } from '../server.ts';
import { get, startAtNoon, tokenOf } from './client.ts';

// What time does to tasks, backups and instances is proven by integration_tests/ibm-cloud/history.test.ts.

const DAY = 24 * 3600;

let sandbox: IbmCloudSandbox;
beforeEach(async () => {
  sandbox = await startAtNoon();
});
afterEach(() => sandbox.close());

/** What a month costs. */
function costOf(month: string): number {
  const ofMonth = [...sandbox.rows('billables')].filter((row) => row['month'] === month);
  return ofMonth.reduce((total, row) => total + Number(row['cost']), 0);
}

test('the open month grows, is corrected when it is over, and then never changes again', () => {
  const open = costOf('2026-11');
  const final = costOf('2026-09');
  sandbox.passTime(DAY);
  expect(costOf('2026-11')).toBeGreaterThan(open);
  sandbox.passTime(10 * DAY);
  const over = costOf('2026-11');
  sandbox.passTime(10 * DAY);
  expect(costOf('2026-11')).toBeGreaterThan(over);
  sandbox.passTime(10 * DAY);
  const settled = costOf('2026-11');
  sandbox.passTime(40 * DAY);
  expect(costOf('2026-11')).toBe(settled);
  expect(costOf('2026-09')).toBe(final);
});

test('a month can be touched until it is final', () => {
  const before = costOf('2026-11');
  expect([...sandbox.keys('billables')]).toContain(sandbox.touchUsage());
  expect(costOf('2026-11')).toBeGreaterThan(before);
  expect(() => sandbox.touchUsage('2026-10')).toThrow('the month 2026-10 is final');
  expect(() => sandbox.touchUsage('1999-01')).toThrow('there is no usage of the month 1999-01');
});

test('another process can let time pass, touch usage, add events and revoke tokens', async () => {
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

test('nothing that an instance did lies in the future, and what is being provisioned is not done', async () => {
  const answer = await get(sandbox, await tokenOf(sandbox), '/resource-controller/v2/resource_instances');
  const { resources } = (await answer.json()) as { resources: Row[] };
  const provisioning = resources.filter((row) => row['state'] === 'provisioning');
  expect(provisioning.some(({ id }) => /backup/.test(String(id)))).toBe(true);
  for (const row of provisioning) expect(row['last_operation']).toMatchObject({ type: 'create', state: 'in progress' });
  for (const { created_at, updated_at, last_operation } of resources) {
    const { updated_at: done } = (last_operation ?? {}) as Row;
    for (const at of [created_at, updated_at, done ?? created_at]) {
      expect(Date.parse(String(at))).toBeLessThanOrEqual(sandbox.now());
    }
  }
});
