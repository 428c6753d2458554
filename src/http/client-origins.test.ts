import { expect, test } from 'vitest';
import { type LocalServer, answer, createClient, startServer } from '../../test-support/unit/http.ts';
import { skippedTime } from '../../test-support/unit/virtual-time.ts';

const fine = (): Promise<LocalServer> => startServer((_, response) => answer(response, 200, '{"id":1}'));

test('a request with an origin of its own goes there, with the same credentials, and the others to the address', async () => {
  const home = await fine();
  const other = await fine();
  const { client } = createClient({ address: `${home.origin}/2016-07` });
  await client.get({ origin: other.origin, path: 'metrics', query: { limit: 1 } }, 'metrics');
  await client.get({ origin: `${other.origin}/v2/`, path: 'metrics' }, 'metrics');
  expect(home.requests).toEqual([]);
  expect(other.requests.map(({ url }) => url)).toEqual(['/metrics?limit=1', '/v2/metrics']);
  expect(other.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer the-token', 'Bearer the-token']);
  expect(other.requests[0]?.headers.host).toBe(`127.0.0.1:${other.port}`);
  await client.get({ path: 'teams' }, 'teams');
  expect(home.requests.map(({ url }) => url)).toEqual(['/2016-07/teams']);
});

test('a failure names the host that was asked', async () => {
  const home = await fine();
  const other = await startServer((_, response) => answer(response, 401, '{"errors":"invalid_token"}'));
  const { client } = createClient({ address: home.origin });
  await expect(client.get({ origin: other.origin, path: 'metrics' }, 'metrics')).rejects.toThrow(
    `at 127.0.0.1:${other.port} does not accept`,
  );
});

test('a rate limit of one origin holds up no request to another', async () => {
  const limited = await startServer((_, response) => {
    if (limited.requests.length === 1) answer(response, 429, '', { 'retry-after': '60' });
    else answer(response, 200, '{"id":"late"}');
  });
  const other = await fine();
  const time = skippedTime();
  const held = Promise.withResolvers<void>();
  const asleep = Promise.withResolvers<void>();
  const sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    asleep.resolve();
    await held.promise;
    await time.sleep(ms, signal);
  };
  const { client, limits } = createClient({ address: limited.origin, timing: { ...time, sleep } });
  const late = client.get({ path: 'teams' }, 'teams');
  await asleep.promise;
  expect(limits).toEqual([60_000]);
  await expect(client.get({ origin: other.origin, path: 'metrics' }, 'metrics')).resolves.toEqual({ id: 1 });
  expect(limited.requests).toHaveLength(1);
  held.resolve();
  await expect(late).resolves.toEqual({ id: 'late' });
});

test('an origin whose rate limit is given up for good leaves the others as they are', async () => {
  const limited = await startServer((_, response) => answer(response, 429, ''));
  const other = await fine();
  const { client } = createClient({ address: limited.origin });
  await expect(client.get({ path: 'teams' }, 'teams')).rejects.toMatchObject({ problem: 'rate_limited' });
  await expect(client.get({ path: 'teams' }, 'teams')).rejects.toMatchObject({ problem: 'rate_limited' });
  await expect(client.get({ origin: other.origin, path: 'metrics' }, 'metrics')).resolves.toEqual({ id: 1 });
});

test('an origin that never responds takes up one permit, and no connection of another', async () => {
  const asked = Promise.withResolvers<void>();
  const silent = await startServer(() => asked.resolve());
  const other = await fine();
  const stop = new AbortController();
  const { client } = createClient({ address: silent.origin, permits: 2, signal: stop.signal });
  const waiting = client.get({ path: 'teams' }, 'teams');
  await asked.promise;
  await expect(client.get({ origin: other.origin, path: 'metrics' }, 'metrics')).resolves.toEqual({ id: 1 });
  stop.abort('SIGTERM');
  await expect(waiting).rejects.toBe('SIGTERM');
});

test('an origin that is down fails by itself', async () => {
  const down = await startServer((_, response) => answer(response, 503, ''));
  const other = await fine();
  const { client, retries } = createClient({ address: other.origin });
  const ends = await Promise.allSettled([
    client.get({ origin: down.origin, path: 'metrics' }, 'metrics'),
    client.get({ path: 'teams' }, 'teams'),
  ]);
  expect(ends).toMatchObject([
    { status: 'rejected', reason: { problem: 'server_error' } },
    { status: 'fulfilled', value: { id: 1 } },
  ]);
  expect(new Set(retries.map(({ stream }) => stream))).toEqual(new Set(['metrics']));
  expect(other.requests).toHaveLength(1);
});

test('each origin is connected to once, however often it is asked', async () => {
  const home = await fine();
  const other = await fine();
  const { client } = createClient({ address: home.origin, permits: 1 });
  for (let i = 0; i < 3; i += 1) {
    await client.get({ path: 'teams' }, 'teams');
    await client.get({ origin: other.origin, path: 'metrics' }, 'metrics');
  }
  expect([home.connections(), other.connections()]).toEqual([1, 1]);
});
