import { expect, test } from 'vitest';
import { answer, createClient, startServer } from '../../test-support/unit/http.ts';
import { api, mockTheApi } from '../../test-support/unit/mocked-api.ts';

mockTheApi();

const BODY = { _embedded: { accounts: [{ id: '5a1c3e7f9b20d4001200a001' }] } };

test('a request sends the token and the usual headers, and its response is parsed', async () => {
  const sent: Headers[] = [];
  api()
    .get('/accounts')
    .reply((request: Request) => {
      sent.push(request.headers);
      return [200, BODY];
    });
  const { client } = createClient({ accept: 'application/hal+json, application/json' });
  expect(await client.get({ path: 'accounts' }, 'accounts')).toEqual(BODY);
  expect(Object.fromEntries(sent[0] ?? [])).toMatchObject({
    authorization: 'Bearer the-token',
    accept: 'application/hal+json, application/json',
    'user-agent': 'source-compose/1.2.3',
  });
});

test('query parameters are encoded, and undefined parameters are omitted', async () => {
  const query = { limit: 50, newer_than: '2018-08-22T09:56:23.363Z', cursor: 'a b&c', older_than: undefined };
  api()
    .get('/audit_events')
    .query((sent) => {
      expect(sent).toEqual({ limit: '50', newer_than: '2018-08-22T09:56:23.363Z', cursor: 'a b&c' });
      return true;
    })
    .reply(200, BODY);
  await createClient().client.get({ path: 'audit_events', query }, 'audit_events');
});

test.each(['', '/', '/v1', '/v1/'])('request paths are appended to an address with the path "%s"', async (path) => {
  const { origin, requests } = await startServer((_, response) => answer(response, 200, '{}'));
  const { client } = createClient({ address: `${origin}${path}` });
  await client.get({ path: 'deployments/d1/backups' }, 'deployments_backups');
  expect(requests[0]?.url).toBe(`${path.replace(/\/$/, '')}/deployments/d1/backups`);
});

test('JSON is parsed regardless of its content type', async () => {
  api().get('/accounts').reply(200, JSON.stringify(BODY), { 'content-type': 'text/plain' });
  expect(await createClient().client.get({ path: 'accounts' }, 'accounts')).toEqual(BODY);
});

test('redirects are not followed, so the token is not sent to other servers', async () => {
  const elsewhere = await startServer((_, response) => answer(response, 200, '{}'));
  const { origin } = await startServer((_, response) => answer(response, 302, '', { location: elsewhere.origin }));
  const { client } = createClient({ address: origin });
  await expect(client.get({ path: 'accounts' }, 'accounts')).rejects.toMatchObject({
    problem: 'redirected',
    message: expect.stringContaining(elsewhere.origin) as string,
  });
  expect(elsewhere.requests).toEqual([]);
});

test('every response is reported with its status', async () => {
  const answers: unknown[] = [];
  api().get('/accounts').reply(503, '').get('/accounts').reply(200, BODY);
  const { client } = createClient({
    onExchange: ({ request, status, body, ms }) => answers.push([request.path, status, body, ms]),
  });
  await client.get({ path: 'accounts' }, 'accounts');
  expect(answers).toEqual([
    ['accounts', 503, undefined, 0],
    ['accounts', 200, BODY, 0],
  ]);
});

test("an abort ends requests in flight, waiting requests and new requests with the signal's reason", async () => {
  const stop = new AbortController();
  const { origin, requests } = await startServer((_, response) => {
    if (requests.length === 1) answer(response, 200, '{}');
    if (requests.length === 3) stop.abort('SIGTERM');
  });
  const { client } = createClient({ address: origin, permits: 2, signal: stop.signal });
  await client.get({ path: 'accounts' }, 'accounts');
  const gets = Array.from({ length: 5 }, () =>
    client.get({ path: 'accounts' }, 'accounts').catch((reason: unknown) => reason),
  );
  expect(await Promise.all(gets)).toEqual(Array.from(gets, () => 'SIGTERM'));
  await expect(client.get({ path: 'accounts' }, 'accounts')).rejects.toBe('SIGTERM');
  expect(requests).toHaveLength(3);
});
