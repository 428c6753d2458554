import { afterEach, expect, test } from 'vitest';
import { type IbmCloudSandbox, type IbmCloudSandboxOptions, startSandbox } from '../server.ts';
import { Crawler, itemsOf, resultsOf, tokenOf } from './crawl.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const DAY = 86_400_000;

const running: IbmCloudSandbox[] = [];
const start = async (options?: Partial<IbmCloudSandboxOptions>): Promise<[IbmCloudSandbox, Crawler, string]> => {
  const now = new Date(NOW).toISOString();
  const sandbox = await startSandbox({ now, queriesPerMinute: 0, ...options, platform: 'ibm_cloud' });
  running.push(sandbox);
  return [sandbox, new Crawler(sandbox, await tokenOf(sandbox)), sandbox.logsInstances[0] ?? ''];
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

const week = async (crawler: Crawler, crn: string, more?: object, query?: string): Promise<string> =>
  (await crawler.query(crn, NOW - 7 * DAY, NOW, more, query)).text();

test('an answer is a stream of events: a query id, results in pieces, comments between them', async () => {
  const [, crawler, crn] = await start({ auditEvents: 5000 });
  const answer = await crawler.query(crn, NOW - 7 * DAY, NOW);
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const text = await answer.text();
  expect(text.startsWith(': success\n')).toBe(true);
  expect(text).toContain('\n\n: keep-alive\n\n');
  const [first, ...others] = itemsOf(text);
  expect(first).toEqual({ query_id: { query_id: expect.any(String) } });
  expect(others.length).toBeGreaterThan(5);
  expect(others.every((item) => 'result' in item)).toBe(true);
});

test.each([{ tier: 'frequent_search' }, { limit: 50 }])(
  'too many rows are cut, and a warning says so: %j',
  async (more) => {
    const [, crawler, crn] = await start({ auditEvents: 2000, resultLimit: 100 });
    const text = await week(crawler, crn, more);
    const limit = more.limit ?? 100;
    expect(resultsOf(text).length).toBe(limit);
    expect(itemsOf(text).at(-1)).toEqual({
      warning: { number_of_results_limit_warning: { number_of_results_limit: limit } },
    });
  },
);

test('as many rows as are allowed are no reason for a warning', async () => {
  const [, crawler, crn] = await start({ auditEvents: 100, auditDays: 5, resultLimit: 100 });
  const text = await week(crawler, crn);
  expect(resultsOf(text).length).toBe(100);
  expect(text).not.toContain('warning');
});

test('another warning can be chosen', async () => {
  const [, crawler, crn] = await start({ resultLimit: 1, truncationWarning: 'bytes_scanned_limit_warning' });
  expect(itemsOf(await week(crawler, crn)).at(-1)).toEqual({ warning: { bytes_scanned_limit_warning: {} } });
});

test('halves of a time have the rows of the whole, those of the very middle once or twice', async () => {
  const halves = async (windowEnd: 'inclusive' | 'exclusive'): Promise<number[]> => {
    const [, crawler, crn] = await start({ windowEnd });
    const text = await week(crawler, crn);
    const stamp = /"key":"timestamp","value":"([^"]+)"/.exec(text)?.[1] ?? '';
    const middle = Date.parse(`${stamp}Z`);
    const count = async (from: number, to: number): Promise<number> =>
      resultsOf(await (await crawler.query(crn, from, to)).text()).length;
    const [older, newer] = [await count(NOW - 7 * DAY, middle), await count(middle, NOW + 1)];
    return [older + newer - (await count(NOW - 7 * DAY, NOW + 1))];
  };
  expect(await halves('exclusive')).toEqual([0]);
  expect(await halves('inclusive')).toEqual([2]);
});

test.each([
  ['top', (data: string) => JSON.parse(data)],
  ['message_text', (data: string) => JSON.parse(JSON.parse(data).message)],
  ['message_object', (data: string) => JSON.parse(data).message],
] as const)('an event can stand at %s', async (eventNesting, eventIn) => {
  const [, crawler, crn] = await start({ eventNesting });
  const [result] = resultsOf(
    await week(crawler, crn, {}, "source logs | filter $l.applicationname == 'ibm-audit-event'"),
  );
  expect(eventIn(result?.user_data ?? '')).toMatchObject({ eventTime: expect.any(String), action: expect.any(String) });
});

test('times are hundredths with a zone without a colon, now and then of the common form; few events have an id', async () => {
  const [, crawler, crn] = await start();
  const text = await week(crawler, crn, {}, "source logs | filter $l.applicationname == 'ibm-audit-event'");
  const events = resultsOf(text).map(({ user_data }) => JSON.parse(user_data) as Record<string, string>);
  const times = events.map(({ eventTime = '' }) => eventTime);
  expect(times.every((time) => /^[\d-]+T[\d:]+\.(\d\d\+0000|\d{3}Z)$/.test(time))).toBe(true);
  expect(new Set(times.map((time) => time.endsWith('Z')))).toEqual(new Set([true, false]));
  expect(new Set(events.map((event) => 'id' in event))).toEqual(new Set([true, false]));
});

test('a query can name the application and the subsystem, and gets what is logged by others otherwise', async () => {
  const [, crawler, crn] = await start();
  const applications = async (query: string): Promise<Set<string>> =>
    new Set(
      resultsOf(await week(crawler, crn, {}, query)).map(({ labels }) => labels.map(({ value }) => value).join()),
    );
  const all = [...(await applications('source logs'))];
  expect(all.some((text) => text.startsWith('web-shop'))).toBe(true);
  expect(all.some((text) => text.includes('iam-identity'))).toBe(true);
  const some = [
    ...(await applications(
      "source logs | filter $l.subsystemname ~ 'databases-for-' || $l.subsystemname ~ 'messages-for-'",
    )),
  ];
  expect(some.length).toBeGreaterThan(3);
  expect(some.every((text) => /databases-for-|messages-for-/.test(text))).toBe(true);
});

test('the oldest event is cut off in its text, and still has its correlation id', async () => {
  const [sandbox, crawler, crn] = await start({ auditDays: 5, unreadableEvents: 2 });
  const broken = resultsOf(await week(crawler, crn)).filter(({ user_data }) => !user_data.endsWith('}'));
  expect(broken.length).toBe(2);
  for (const { user_data } of broken) {
    expect(() => JSON.parse(user_data)).toThrow();
    expect([...sandbox.keys('audit_events')]).toContain(/correlationId":"([^"]+)/.exec(user_data)?.[1]);
  }
});

test('late events are dated before those that were there', async () => {
  const [sandbox, crawler, crn] = await start({ auditEvents: 50, auditDays: 1 });
  const before = resultsOf(await week(crawler, crn)).length;
  sandbox.addEvents(3, 1800);
  const halfAnHourAgo = await (await crawler.query(crn, NOW - 1_800_000, NOW - 1_800_000)).text();
  expect(resultsOf(halfAnHourAgo).length).toBe(3);
  expect(resultsOf(await week(crawler, crn)).length).toBe(before + 3);
});

test('what is wrong with a query is a 400', async () => {
  const [, crawler, crn] = await start();
  const status = async (from: number, to: number, more?: object, query?: string): Promise<number> =>
    (await crawler.query(crn, from, to, more, query)).status;
  expect(await status(NOW - 8 * DAY, NOW)).toBe(200);
  expect(await status(NOW - 8 * DAY - 1, NOW)).toBe(400);
  expect(await status(NOW, NOW - 1)).toBe(400);
  expect(await status(NOW - DAY, NOW, { tier: 'hot' })).toBe(400);
  expect(await status(NOW - DAY, NOW, { limit: 0 })).toBe(400);
  expect(await status(NOW - DAY, NOW, {}, 'x'.repeat(4097))).toBe(400);
  const elsewhere = crn.replace('us-south', 'eu-de');
  expect((await crawler.query(elsewhere, NOW - DAY, NOW)).status).toBe(404);
});

test('more queries in a minute than are allowed get 429', async () => {
  const [, crawler, crn] = await start({ queriesPerMinute: 2 });
  const statuses: number[] = [];
  for (let query = 0; query < 3; query += 1) statuses.push((await crawler.query(crn, NOW - DAY, NOW)).status);
  expect(statuses).toEqual([200, 200, 429]);
});

test('another stream can be played in a 200, and a stream cut off', async () => {
  const [sandbox, crawler, crn] = await start();
  const body = 'data: {"error":{"message":"broken"}}\n\n';
  sandbox.setFaults([{ path: '/logs/**', kind: 'status', status: 200, body }]);
  const answer = await crawler.query(crn, NOW - DAY, NOW);
  expect([answer.headers.get('content-type'), await answer.text()]).toEqual(['text/event-stream', body]);
  sandbox.setFaults([{ path: '/logs/**', kind: 'cut' }]);
  const cut = await crawler.query(crn, NOW - DAY, NOW);
  expect(cut.headers.get('content-type')).toBe('text/event-stream');
  await expect(cut.text()).rejects.toThrow();
});
