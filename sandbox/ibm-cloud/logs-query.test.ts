import { afterEach, beforeEach, expect, test } from 'vitest';
import type { IbmCloudSandbox } from '../server.ts';
import { query, startAtNoon, tokenOf } from './client.ts';

// Everything that a read of audit events shows is proven by integration_tests/ibm-cloud/audit-events.test.ts.

const DAY = 86_400_000;

let sandbox: IbmCloudSandbox;
let token: string;
beforeEach(async () => {
  sandbox = await startAtNoon({ auditEvents: 2000, auditDays: 20 });
  token = await tokenOf(sandbox);
});
afterEach(() => sandbox.close());

const ask = (more: object = {}): Promise<Response> => {
  const [crn = ''] = sandbox.logsInstances;
  return query(sandbox, token, { crn, from: sandbox.now() - 7 * DAY, to: sandbox.now(), ...more });
};

/** The results in a stream of server-sent events, with the labels of each. */
const resultsIn = (text: string): Array<{ labels: Array<{ value: string }> }> =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: {"result"'))
    .flatMap((line) => (JSON.parse(line.slice('data: '.length)) as { result: { results: never[] } }).result.results);

test('an answer is a stream of events: a query id, results in pieces, comments between them', async () => {
  const answer = await ask();
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const text = await answer.text();
  expect(text).toMatch(/^: success\n[\s\S]*data: \{"query_id":\{"query_id":"[^"]+"\}\}\n/);
  expect(text).toContain('\n\n: keep-alive\n\n');
  expect(text.match(/^data: \{"result"/gm)?.length).toBeGreaterThan(1);
});

test('only as many rows as are allowed come without a warning', async () => {
  const all = resultsIn(await (await ask()).text()).length;
  expect(await (await ask({ limit: all })).text()).not.toContain('warning');
  const cut = await (await ask({ limit: all - 1 })).text();
  expect(resultsIn(cut)).toHaveLength(all - 1);
  expect(cut).toContain(`{"warning":{"number_of_results_limit_warning":{"number_of_results_limit":${all - 1}}}}`);
});

test('a query can name the subsystem, and gets what is logged by others otherwise', async () => {
  const labels = async (text: string): Promise<string[]> =>
    resultsIn(await (await ask({ text })).text()).map((result) => result.labels.map(({ value }) => value).join());
  expect((await labels('source logs')).some((text) => text.startsWith('web-shop'))).toBe(true);
  const some = await labels("source logs | filter $l.subsystemname ~ 'databases-for-'");
  expect(some.length).toBeGreaterThan(3);
  expect(some.every((text) => text.includes('databases-for-'))).toBe(true);
});

test('what is wrong with a query is a 400', async () => {
  const { status } = await ask({ from: sandbox.now() - 8 * DAY });
  expect(status).toBe(200);
  for (const wrong of [
    { from: sandbox.now() - 8 * DAY - 1 },
    { from: sandbox.now(), to: sandbox.now() - 1 },
    { tier: 'hot' },
    { limit: 0 },
    { text: 'x'.repeat(4097) },
  ]) {
    expect((await ask(wrong)).status, JSON.stringify(wrong).slice(0, 40)).toBe(400);
  }
});
