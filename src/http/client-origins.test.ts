import { expect, test } from 'vitest';
import { type LocalServer, answer, createClient, startServer } from '../../test-support/unit/http.ts';

const fine = (): Promise<LocalServer> => startServer((_, response) => answer(response, 200, '{"id":1}'));

test('a request that names an origin is sent there with the same credentials, and all others to the base URL', async () => {
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

test('the error for a failed request names the host', async () => {
  const home = await fine();
  const other = await startServer((_, response) => answer(response, 401, '{"errors":"invalid_token"}'));
  const { client } = createClient({ address: home.origin });
  await expect(client.get({ origin: other.origin, path: 'metrics' }, 'metrics')).rejects.toThrow(
    `at 127.0.0.1:${other.port} rejected the API token`,
  );
});

test('consecutive requests to the same origin share one connection', async () => {
  const home = await fine();
  const other = await fine();
  const { client } = createClient({ address: home.origin, permits: 1 });
  for (let i = 0; i < 3; i += 1) {
    await client.get({ path: 'teams' }, 'teams');
    await client.get({ origin: other.origin, path: 'metrics' }, 'metrics');
  }
  expect([home.connections(), other.connections()]).toEqual([1, 1]);
});
