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
