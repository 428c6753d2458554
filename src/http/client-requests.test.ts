import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { Auth } from './auth.ts';
import { skippedTime } from '../../test-support/unit/virtual-time.ts';
import { answer, bodyOf, createClient, startServer } from '../../test-support/unit/http.ts';

/** Starts a server that sends these responses in turn, then repeats the last one. The server records the bodies of requests. */
async function serve(...replies: Array<[status: number, headers?: Record<string, string>]>) {
  const bodies: string[] = [];
  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    bodies.push(await bodyOf(request));
    const [status, headers] = (replies.length > 1 ? replies.shift() : replies[0]) ?? [200];
    answer(response, status, '{"id":1}', headers);
  };
  const server = await startServer((request, response) => void reply(request, response));
  return { ...server, bodies };
}

describe('a request', () => {
  test("a request's own headers are sent in addition to the usual headers", async () => {
    const { origin, requests } = await serve();
    const { client } = createClient({ address: origin });
    await client.get({ path: 'a', headers: { 'iam-apikey': 'k' } }, 'a');
    await client.get({ path: 'b' }, 'b');
    expect(requests[0]?.headers).toMatchObject({ 'iam-apikey': 'k', authorization: 'Bearer the-token' });
    expect(requests[0]?.headers).toMatchObject({ accept: 'application/json', 'user-agent': 'source-compose/1.2.3' });
    expect(requests[1]?.headers).not.toHaveProperty('iam-apikey');
  });

  test('a request with a body is sent as a POST with its content type, and a retry sends the whole body again', async () => {
    const { origin, requests, bodies } = await serve([503], [200]);
    const { client, retries } = createClient({ address: origin });
    const post = { type: 'application/json', body: '{"query":"ü"}' };
    expect(await client.get({ path: 'query', post }, 'events')).toEqual({ id: 1 });
    expect(requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
    expect(requests[1]?.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': '14',
      authorization: 'Bearer the-token',
    });
    expect(bodies).toEqual([post.body, post.body]);
    expect(retries).toMatchObject([{ request: { path: 'query' }, stream: 'events' }]);
  });

  test.each([undefined, { type: 'text/plain', body: 'x' }])(
    'an anonymous request neither sends nor requests credentials (body: %j)',
    async (post) => {
      const { origin, requests } = await serve();
      const auth = {
        header: () => expect.fail('no authorization is wanted'),
        meaningOf: () => expect.fail('nothing is rejected'),
      };
      const { client } = createClient({ address: origin, auth });
      const request = { path: 'a', anonymous: true, headers: { 'x-own': '1' }, ...(post && { post }) } as const;
      expect(await client.get(request, 'a')).toEqual({ id: 1 });
      expect(requests[0]?.headers).not.toHaveProperty('authorization');
      expect(requests[0]?.headers).toMatchObject({ 'x-own': '1', accept: 'application/json' });
    },
  );

  test('HTTP 401 for an anonymous request does not mean that the credentials are rejected', async () => {
    const { origin } = await serve([401]);
    const told: unknown[] = [];
    const { client } = createClient({ address: origin, onCredentialsRejected: (error) => told.push(error) });
    await expect(client.get({ path: 'a', anonymous: true }, 'a')).rejects.toMatchObject({ status: 401 });
    expect(told).toEqual([]);
  });
});

describe('a client with one permit', () => {
  test.each([
    ['another attempt', 503],
    ['the end of a rate limit', 429],
  ])('a request that waits for %s does not block requests to another origin', async (_, status) => {
    const waiting = await serve([status], [200]);
    const other = await serve();
    const { client } = createClient({
      permits: 1,
      onRetry: () => second.resolve(client.get({ origin: other.origin, path: 'b' }, 'b')),
    });
    const second = Promise.withResolvers<unknown>();
    const first = client.get({ origin: waiting.origin, path: 'a' }, 'a');
    expect(await Promise.all([second.promise, first])).toEqual([{ id: 1 }, { id: 1 }]);
  });

  test('a response keeps its permit until it is released, so the next request has to wait', async () => {
    const { origin, requests } = await serve();
    const { client } = createClient({ address: origin, permits: 1 });
    const { release } = await client.send({ path: 'a' }, 'a');
    const next = client.get({ path: 'b' }, 'b');
    // Another client's exchange gives the next request enough time to be sent.
    await createClient({ address: origin }).client.get({ path: 'other' }, 'other');
    expect(requests.map(({ url }) => url)).toEqual(['/a', '/other']);
    release();
    release();
    await next;
    expect(requests.map(({ url }) => url)).toEqual(['/a', '/other', '/b']);
  });

  test('a token that expires while a request waits is renewed before the request is sent, although both requests need the permit', async () => {
    const { origin, requests } = await serve();
    const iam = await serve();
    let token: string | undefined = 'Bearer old';
    let renewing: Promise<string> | undefined;
    const auth: Auth = {
      header: (send) =>
        token ??
        (renewing ??= send({ origin: iam.origin, path: 'token', anonymous: true }).then(() => (token = 'Bearer new'))),
      meaningOf: () => expect.fail('nothing is rejected'),
    };
    let now = 0;
    const timing = { ...skippedTime(), monotonic: () => now };
    const { client } = createClient({ address: origin, permits: 1, auth, timing });
    const { release } = await client.send({ path: 'a' }, 'a');
    const next = client.get({ path: 'b' }, 'b');
    await new Promise((done) => setImmediate(done));
    now += 60_000;
    token = undefined;
    release();
    await next;
    expect(requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
    expect(iam.requests).toHaveLength(1);
  });
});
