import type { RequestListener } from 'node:http';
import { setImmediate as everyoneElse } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answer, createClient, startServer } from '../../test-support/unit/http.ts';
import { api, mockTheApi } from '../../test-support/unit/mocked-api.ts';
import { skippedTime } from '../../test-support/unit/virtual-time.ts';

mockTheApi();

test('a 429 is waited for as long as the API says, is announced, and uses up no attempt', async () => {
  api().get('/teams').times(9).reply(429, '', { 'retry-after': '30' });
  api().get('/teams').times(5).reply(503, '').get('/teams').reply(200, { id: 1 });
  const { client, slept, limits, retries } = createClient();
  expect(await client.get({ path: 'teams' }, 'teams')).toEqual({ id: 1 });
  expect(slept.slice(0, 9)).toEqual(Array.from({ length: 9 }, () => 30_000));
  expect(limits).toEqual(Array.from({ length: 9 }, (_, i) => 30_000 * (i + 1)));
  expect(retries[0]).toEqual({
    stream: 'teams',
    method: 'GET',
    path: 'teams',
    attempt: 1,
    reason: 'HTTP 429',
    waitMs: 30_000,
  });
  expect(retries.at(-1)).toMatchObject({ attempt: 5, reason: 'HTTP 503' });
});

test('a 429 of one request holds back all, until one that went first comes back', async () => {
  let whileFirstWasOut = 0;
  const { origin, requests } = await startServer((_, response) => {
    if (requests.length === 1) answer(response, 429, '', { 'retry-after': '60' });
    else if (requests.length > 2) answer(response, 200, '{}');
    else {
      void afterTurns(100, () => {
        whileFirstWasOut = requests.length - 2;
        answer(response, 200, '{}');
      });
    }
  });
  const others: Array<Promise<unknown>> = [];
  let isHeld = false;
  const onRateLimit = (): void => {
    // The others are told too, as they come to wait.
    if (isHeld) return;
    isHeld = true;
    for (const path of ['accounts', 'clusters', 'databases']) others.push(client.get({ path: path }, path));
  };
  const { client } = createClient({ address: origin, onRateLimit });
  await client.get({ path: 'teams' }, 'teams');
  await Promise.all(others);
  expect(requests).toHaveLength(5);
  expect(whileFirstWasOut).toBe(0);
});

/** Does something after so many turns of the event loop, in which requests that nothing holds back would arrive. */
async function afterTurns(turns: number, action: () => void): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await everyoneElse();
  action();
}

test('half an hour of refusals is a transient error', async () => {
  const { origin } = await startServer((_, response) => answer(response, 429, '{"errors":"slow down"}'));
  const timing = skippedTime();
  const { client } = createClient({ address: origin, timing });
  const ends = await Promise.allSettled(['teams', 'accounts'].map((name) => client.get({ path: name }, name)));
  for (const [i, path] of ['teams', 'accounts'].entries()) {
    expect(ends[i]).toMatchObject({
      status: 'rejected',
      reason: {
        problem: 'rate_limited',
        failureType: 'transient_error',
        status: 429,
        message: expect.stringContaining(path),
      },
    });
  }
  expect(timing.now()).toBeGreaterThanOrEqual(30 * 60_000);
});

test('an abort ends the waits of all, also of those who wait for the first request to come back', async () => {
  const stop = new AbortController();
  const { origin, requests } = await startServer((_, response) => {
    if (requests.length === 1) answer(response, 429, '', { 'retry-after': '60' });
    else stop.abort('SIGTERM');
  });
  const { client } = createClient({ address: origin, signal: stop.signal });
  const gets = ['teams', 'accounts', 'clusters'].map((path) =>
    client.get({ path: path }, path).catch((reason: unknown) => reason),
  );
  expect(await Promise.all(gets)).toEqual(['SIGTERM', 'SIGTERM', 'SIGTERM']);
});

test('a first request that fails otherwise lets the next ones go', async () => {
  let answers = 0;
  const statuses = [429, 500, 404];
  const { origin } = await startServer((_, response) => answer(response, statuses[answers++] ?? 200, '{}'));
  const { client } = createClient({ address: origin });
  const ends = await Promise.allSettled(['teams', 'accounts'].map((path) => client.get({ path: path }, path)));
  expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

test('a quota that the API tells of never makes a read fail, however small it is and however many ask', async () => {
  const load = fc.record({
    most: fc.integer({ min: 1, max: 5 }),
    periodMs: fc.integer({ min: 1_000, max: 300_000 }),
    workers: fc.integer({ min: 1, max: 8 }),
    requests: fc.integer({ min: 1, max: 25 }),
    spelling: fc.constantFrom('seconds', 'date', 'none'),
  });
  await fc.assert(
    fc.asyncProperty(load, async ({ most, periodMs, workers, requests, spelling }) => {
      const timing = skippedTime();
      const { origin } = await startServer(quota(most, periodMs, spelling, () => timing.now()));
      const { client } = createClient({ address: origin, timing, permits: workers });
      let left = requests;
      const worker = async (): Promise<void> => {
        while (left-- > 0) expect(await client.get({ path: 'teams' }, 'teams')).toEqual({ id: 1 });
      };
      await Promise.all(Array.from({ length: workers }, worker));
      await client.close();
    }),
    { numRuns: 25 },
  );
});

function quota(most: number, periodMs: number, spelling: string, now: () => number): RequestListener {
  let period = -1;
  let left = 0;
  return (_, response) => {
    if (Math.floor(now() / periodMs) !== period) left = most;
    period = Math.floor(now() / periodMs);
    if (left-- > 0) {
      answer(response, 200, '{"id":1}');
      return;
    }
    const end = (period + 1) * periodMs;
    const seconds = Math.ceil((end - now()) / 1_000);
    const date = new Date(Math.ceil(end / 1_000) * 1_000).toUTCString();
    const header = spelling === 'date' ? date : String(seconds);
    answer(response, 429, '', spelling === 'none' ? {} : { 'retry-after': header });
  };
}
