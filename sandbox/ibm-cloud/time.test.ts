import { afterEach, expect, test } from 'vitest';
import type { Row } from '../platform.ts';
import { type IbmCloudSandbox, type IbmCloudSandboxOptions, startSandbox } from '../server.ts';
import { Crawler, tokenOf } from './crawl.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

const running: IbmCloudSandbox[] = [];
const start = async (options?: Partial<IbmCloudSandboxOptions>): Promise<IbmCloudSandbox> => {
  const sandbox = await startSandbox({ now: '2026-11-24T12:00:00Z', ...options, platform: 'ibm_cloud' });
  running.push(sandbox);
  return sandbox;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

// A token ends with time, so each look takes a new one.
const crawlerOf = async (sandbox: IbmCloudSandbox): Promise<Crawler> => new Crawler(sandbox, await tokenOf(sandbox));

const read = async (sandbox: IbmCloudSandbox, report: '/tasks' | '/backups', deployment = 1): Promise<Row[]> =>
  (await (await crawlerOf(sandbox)).database(sandbox.deploymentIds[deployment] ?? '', report)) as Row[];

const statusOf = (rows: readonly Row[], id: unknown): unknown => rows.find((row) => row['id'] === id)?.['status'];

const oneWith = (rows: readonly Row[], status: string): Row => {
  const row = rows.find((one) => one['status'] === status);
  if (row === undefined) throw new Error(`none is ${status}`);
  return row;
};

test('without time passing, two reads find the same', async () => {
  const sandbox = await start();
  expect(await read(sandbox, '/tasks')).toEqual(await read(sandbox, '/tasks'));
});

test('a task that runs gets on, ends, and is forgotten', async () => {
  const sandbox = await start();
  const task = oneWith(await read(sandbox, '/tasks'), 'running');
  sandbox.passTime(5 * 60);
  const later = (await read(sandbox, '/tasks')).find((row) => row['id'] === task['id']);
  expect(Number(later?.['progress_percent'])).toBeGreaterThan(Number(task['progress_percent']));
  sandbox.passTime(HOUR);
  expect(['completed', 'failed', 'expired']).toContain(statusOf(await read(sandbox, '/tasks'), task['id']));
  sandbox.passTime(8 * DAY);
  expect(statusOf(await read(sandbox, '/tasks'), task['id'])).toBeUndefined();
});

test('a finished task is forgotten after a day, a failed one after a week', async () => {
  const sandbox = await start();
  const before = await read(sandbox, '/tasks');
  const completed = oneWith(before, 'completed')['id'];
  const failed = oneWith(before, 'failed');
  sandbox.passTime(DAY + HOUR);
  expect(statusOf(await read(sandbox, '/tasks'), completed)).toBeUndefined();
  const age = sandbox.now() - Date.parse(String(failed['created_at']));
  sandbox.passTime(Math.max(0, 6 * DAY - age / 1000));
  expect(statusOf(await read(sandbox, '/tasks'), failed['id'])).toBe('failed');
  sandbox.passTime(2 * DAY);
  expect(statusOf(await read(sandbox, '/tasks'), failed['id'])).toBeUndefined();
});

test('a backup that runs ends, new ones come daily, and the oldest go', async () => {
  const sandbox = await start({ backupDays: 5 });
  const before = await read(sandbox, '/backups');
  expect(before.length).toBe(5);
  const backup = oneWith(before, 'running');
  sandbox.passTime(HOUR);
  expect(['completed', 'failed']).toContain(statusOf(await read(sandbox, '/backups'), backup['id']));
  sandbox.passTime(DAY);
  const after = await read(sandbox, '/backups');
  expect(after.length).toBe(5);
  expect(after.filter(({ id }) => before.some((row) => row['id'] === id)).length).toBe(4);
  expect([...sandbox.keys('deployments_backups')]).toEqual(expect.arrayContaining(after.map(({ id }) => id)));
});

test('instances change their state: backups end, come and go, and a new deployment gets its extensions', async () => {
  const sandbox = await start();
  const instances = async (): Promise<Row[]> => (await crawlerOf(sandbox)).instances();
  const states = (rows: Row[]): Record<string, unknown> =>
    Object.fromEntries(rows.map((row) => [row['id'], row['state']]));
  const before = await instances();
  const waiting = before.filter(({ state }) => state === 'provisioning');
  const [deployment] = waiting.filter((row) => !('extensions' in row));
  expect(waiting.length).toBeGreaterThan(1);
  expect(deployment).toBeDefined();
  sandbox.passTime(2 * HOUR);
  const after = await instances();
  for (const { id } of waiting) expect(states(after)[String(id)]).toMatch(/^(active|failed)$/);
  expect(after.find(({ id }) => id === deployment?.['id'])).toHaveProperty('extensions');
  expect(sandbox.counts().deployments_scalings).toBeGreaterThan(0);
  sandbox.passTime(DAY);
  const tomorrow = states(await instances());
  expect(Object.keys(tomorrow)).not.toEqual(Object.keys(states(before)));
  expect(Object.keys(tomorrow).length).toBe(before.length);
});

const costs = async (sandbox: IbmCloudSandbox, month: string): Promise<number[]> => {
  const rows = await (await crawlerOf(sandbox)).usage(month);
  return rows.flatMap((row) => (row['usage'] as Row[]).map(({ cost }) => Number(cost)));
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

test('the open month grows, is corrected when it is over, and then never changes again', async () => {
  const sandbox = await start();
  const open = await costs(sandbox, '2026-11');
  const final = await costs(sandbox, '2026-09');
  sandbox.passTime(DAY);
  expect(sum(await costs(sandbox, '2026-11'))).toBeGreaterThan(sum(open));
  sandbox.passTime(10 * DAY);
  const over = await costs(sandbox, '2026-11');
  sandbox.passTime(10 * DAY);
  expect(sum(await costs(sandbox, '2026-11'))).toBeGreaterThan(sum(over));
  sandbox.passTime(10 * DAY);
  const settled = await costs(sandbox, '2026-11');
  sandbox.passTime(40 * DAY);
  expect(await costs(sandbox, '2026-11')).toEqual(settled);
  expect(await costs(sandbox, '2026-09')).toEqual(final);
});

test('a month can be touched until it is final', async () => {
  const sandbox = await start();
  const before = await costs(sandbox, '2026-11');
  const key = sandbox.touchUsage();
  expect(key).toMatch(/^2026-11\/crn:v1:/);
  expect([...sandbox.keys('billables')]).toContain(key);
  const after = await costs(sandbox, '2026-11');
  expect(after.filter((cost, index) => cost !== before[index]).length).toBeGreaterThan(0);
  expect(() => sandbox.touchUsage('2026-10')).toThrow('the month 2026-10 is final');
  expect(() => sandbox.touchUsage('1999-01')).toThrow('there is no usage of the month 1999-01');
});

test('months that are too old are 404, those that are yet to come are empty', async () => {
  const sandbox = await start({ usageMonths: 3 });
  const crawler = await crawlerOf(sandbox);
  const path = (month: string): string => `/billing/v4/accounts/${sandbox.accountId}/resource_instances/usage/${month}`;
  expect((await crawler.get(path('2026-08'))).status).toBe(404);
  expect((await crawler.get(path('2026-09'))).status).toBe(200);
  expect(await crawler.usage('2026-12')).toEqual([]);
  expect((await crawler.get(path('2026-13'))).status).toBe(400);
});

test('another process can let time pass, touch usage, add events and revoke tokens', async () => {
  const sandbox = await start();
  const control = async (path: string, body: object = {}): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${sandbox.baseUrl}/_sandbox/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return answer.json();
  };
  expect(await control('time', { pass: DAY })).toEqual({ now: '2026-11-25T12:00:00.000Z' });
  expect(await control('usage', { touch: 1 })).toEqual({ touched: [expect.stringMatching(/^2026-11\//)] });
  const before = sandbox.counts().audit_events;
  expect(await control('events', { add: 1000, late: 1800 })).toEqual({ audit_events: sandbox.counts().audit_events });
  expect(sandbox.counts().audit_events).toBeGreaterThan(before + 500);
  const crawler = await crawlerOf(sandbox);
  await control('tokens');
  expect((await crawler.get('/iam/v2/roles')).status).toBe(401);
});

test('nothing that an instance did lies in the future, and what is being provisioned is not done', async () => {
  const sandbox = await start();
  const rows = await (await crawlerOf(sandbox)).instances();
  const provisioning = rows.filter((row) => row['state'] === 'provisioning');
  expect(provisioning.some(({ id }) => /backup/.test(String(id)))).toBe(true);
  for (const row of provisioning) expect(row['last_operation']).toMatchObject({ type: 'create', state: 'in progress' });
  for (const { created_at, updated_at, last_operation } of rows) {
    const { updated_at: done } = (last_operation ?? {}) as Row;
    for (const at of [created_at, updated_at, done ?? created_at]) {
      expect(Date.parse(String(at))).toBeLessThanOrEqual(Date.parse('2026-11-24T12:00:00Z'));
    }
  }
});
