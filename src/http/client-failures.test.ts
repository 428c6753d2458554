import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { answer, createClient, startServer } from '../../test-support/unit/http.ts';
import { api, mockTheApi } from '../../test-support/unit/mocked-api.ts';
import { skippedTime } from '../../test-support/unit/virtual-time.ts';

mockTheApi();

const get = (options = {}): { result: Promise<unknown> } & ReturnType<typeof createClient> => {
  const created = createClient(options);
  return { ...created, result: created.client.get({ path: 'teams' }, 'teams') };
};

describe('a transient failure', () => {
  test.each([408, 425, 500, 502, 503, 504])('a request is retried after HTTP %i', async (status) => {
    api().get('/teams').reply(status, '{"errors":"not now"}').get('/teams').reply(200, { id: 1 });
    const { result, retries } = get();
    expect(await result).toEqual({ id: 1 });
    expect(retries).toEqual([
      { request: { path: 'teams' }, stream: 'teams', attempt: 1, reason: `HTTP ${status} (not now)`, waitMs: 750 },
    ]);
  });

  test.each([
    ['an empty body', '', 'it is empty'],
    ['truncated JSON', '{"_embedded":{"teams":[{"id"', 'it is not valid JSON'],
    ["a proxy's web page", '<!DOCTYPE html><title>Please wait</title>', 'it is a web page'],
  ])('a request is retried after an HTTP 200 with %s', async (_, body, detail) => {
    api().get('/teams').reply(200, body).get('/teams').reply(200, { id: 1 });
    const { result, retries } = get();
    expect(await result).toEqual({ id: 1 });
    expect(retries).toMatchObject([{ reason: `damaged response (${detail})` }]);
  });

  test('a request is retried if its connection is lost in the middle of the body', async () => {
    const { origin, requests } = await startServer((request, response) => {
      if (requests.length > 2) answer(response, 200, '{"id":1}');
      else response.write('{"id":1}', () => request.socket.destroy());
    });
    const { result, retries } = get({ address: origin });
    expect(await result).toEqual({ id: 1 });
    expect(retries).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
  });
});

test('the waits between attempts grow and are never shorter than Retry-After', async () => {
  api().get('/teams').times(3).reply(503, '').get('/teams').reply(503, '', { 'retry-after': '45' });
  api().get('/teams').reply(503, '', { 'retry-after': 'Thu, 01 Jan 1970 00:02:00 GMT' }).get('/teams').reply(200, {});
  const { result, slept, retries } = get();
  await result;
  const sum = 750 + 1_500 + 3_000 + 45_000;
  expect(slept).toEqual([750, 1_500, 3_000, 45_000, 120_000 - sum]);
  expect(retries.map(({ waitMs }) => waitMs)).toEqual(slept);
});

test('a request fails after five retries', async () => {
  api().get('/teams').times(6).reply(502, '', { 'x-request-id': 'r-17' });
  const { result, retries } = get();
  await expect(result).rejects.toMatchObject({
    problem: 'server_error',
    failureType: 'transient_error',
    status: 502,
    message: 'The request for teams failed after 6 attempts (HTTP 502). Run the sync again later.',
    internalMessage: 'GET teams: HTTP 502, request id r-17, after 6 attempts',
  });
  expect(retries.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5]);
});

test('HTTP 429 is reported, delays the retry by Retry-After, and does not count as an attempt', async () => {
  api().get('/teams').times(9).reply(429, '', { 'retry-after': '30' });
  api().get('/teams').times(5).reply(503, '').get('/teams').reply(200, { id: 1 });
  const { result, slept, limits, retries } = get();
  expect(await result).toEqual({ id: 1 });
  expect(slept.slice(0, 9)).toEqual(Array.from({ length: 9 }, () => 30_000));
  expect(limits).toEqual(Array.from({ length: 9 }, (_, i) => 30_000 * (i + 1)));
  expect(retries[0]).toMatchObject({ attempt: 1, reason: 'HTTP 429', waitMs: 30_000 });
  expect(retries.at(-1)).toMatchObject({ attempt: 5, reason: 'HTTP 503' });
});

test('a request fails with a transient error after half an hour of HTTP 429 responses', async () => {
  const { origin } = await startServer((_, response) => answer(response, 429, '{"errors":"slow down"}'));
  const timing = skippedTime();
  const { client } = createClient({ address: origin, timing });
  const ends = await Promise.allSettled(['teams', 'accounts'].map((name) => client.get({ path: name }, name)));
  for (const [i, path] of ['teams', 'accounts'].entries()) {
    expect(ends[i]).toMatchObject({
      status: 'rejected',
      reason: { problem: 'rate_limited', failureType: 'transient_error', message: expect.stringContaining(path) },
    });
  }
  expect(timing.now()).toBeGreaterThanOrEqual(30 * 60_000);
});

describe('a permanent failure', () => {
  test.each([
    [301, 'redirected'],
    [400, 'unexpected_status'],
    [401, 'credentials_rejected'],
    [402, 'unexpected_status'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [422, 'unexpected_status'],
    [501, 'unexpected_status'],
  ])('a request is not retried after HTTP %i', async (status, problem) => {
    api().get('/teams').reply(status, '{"errors":"invalid_token"}');
    const { result, retries } = get();
    await expect(result).rejects.toMatchObject({ problem, status });
    expect(retries).toEqual([]);
  });
});

describe('a client with a deadline', () => {
  test('a request fails instead of waiting beyond the deadline', async () => {
    api().get('/teams').times(3).reply(503, '');
    const { result, slept } = get({ deadline: 4_000 });
    await expect(result).rejects.toMatchObject({ problem: 'server_error' });
    expect(slept).toEqual([750, 1_500]);
  });

  test('a rate limit that ends after the deadline causes the request to fail at once', async () => {
    api().get('/teams').reply(429, '', { 'retry-after': '60' });
    const { result, limits } = get({ deadline: 30_000 });
    await expect(result).rejects.toMatchObject({ problem: 'rate_limited' });
    expect(limits).toEqual([]);
  });

  test('an unreachable host causes the request to fail at once', async () => {
    const { server, origin } = await startServer(() => undefined);
    server.close();
    await once(server, 'close');
    const { result, retries } = get({ address: origin, deadline: 30_000 });
    await expect(result).rejects.toMatchObject({ problem: 'connection_refused' });
    expect(retries).toEqual([]);
  });
});

test('a response that exceeds the size limit is not requested again', async () => {
  api()
    .get('/teams')
    .reply(200, `"${'x'.repeat(1_000)}"`);
  const { result, retries } = get({ maxBodyBytes: 1_000 });
  await expect(result).rejects.toMatchObject({
    problem: 'body_too_large',
    failureType: 'system_error',
    internalMessage: 'GET teams: body too large, on the first attempt',
  });
  expect(retries).toEqual([]);
});

test('an invalid body with millions of leading spaces is classified quickly', async () => {
  const spaces = ' '.repeat(4_000_000);
  api().get('/teams').times(6).reply(200, `${spaces}x`);
  await expect(get().result).rejects.toMatchObject({ message: expect.stringContaining('not valid JSON') as string });
  api().get('/teams').times(6).reply(200, `${spaces}<`);
  await expect(get().result).rejects.toMatchObject({ message: expect.stringContaining('a web page') as string });
});
