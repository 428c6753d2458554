import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { Turn } from '../core/request-slots.ts';
import { answer, bodyOf, createClient, startServer } from '../../test-support/unit/http.ts';

/** A server that gives these answers in turn, the last one again and again, and what it was sent. */
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
  test('with headers of its own sends them beside the usual ones', async () => {
    const { origin, requests } = await serve();
    const { client } = createClient({ address: origin });
    await client.get({ path: 'a', headers: { 'iam-apikey': 'k' } }, 'a');
    await client.get({ path: 'b' }, 'b');
    expect(requests[0]?.headers).toMatchObject({ 'iam-apikey': 'k', authorization: 'Bearer the-token' });
    expect(requests[0]?.headers).toMatchObject({ accept: 'application/json', 'user-agent': 'source-compose/1.2.3' });
    expect(requests[1]?.headers).not.toHaveProperty('iam-apikey');
  });

  test('with a body is a POST with its type, and is sent whole again after a failure', async () => {
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
    expect(retries).toMatchObject([{ method: 'POST', path: 'query', owner: 'events' }]);
  });

  test('without a body has no type', async () => {
    const { origin, requests } = await serve();
    await createClient({ address: origin }).client.get({ path: 'a' }, 'a');
    expect(requests[0]?.headers).not.toHaveProperty('content-type');
  });

  test.each([undefined, { type: 'text/plain', body: 'x' }])(
    'that is anonymous does not say who asks, and nobody is asked for it (body: %j)',
    async (post) => {
      const { origin, requests } = await serve();
      const auth = {
        header: () => expect.fail('no authorization is wanted'),
        refused: () => expect.fail('nothing is refused'),
      };
      const { client } = createClient({ address: origin, auth });
      const request = { path: 'a', anonymous: true, headers: { 'x-own': '1' }, ...(post && { post }) } as const;
      expect(await client.get(request, 'a')).toEqual({ id: 1 });
      expect(requests[0]?.headers).not.toHaveProperty('authorization');
      expect(requests[0]?.headers).toMatchObject({ 'x-own': '1', accept: 'application/json' });
    },
  );

  test('that is anonymous and answered with 401 fails, without a word about credentials', async () => {
    const { origin } = await serve([401]);
    const told: unknown[] = [];
    const { client } = createClient({ address: origin, onTokenRefused: (error) => told.push(error) });
    await expect(client.get({ path: 'a', anonymous: true }, 'a')).rejects.toMatchObject({ status: 401 });
    expect(told).toEqual([]);
  });

  test('carries the authorization of now, whatever the one before it did', async () => {
    const { origin, requests } = await serve();
    let n = 0;
    const auth = { header: () => `Bearer ${(n += 1)}`, refused: () => expect.fail('nothing is refused') };
    const { client } = createClient({ address: origin, auth });
    for (const path of ['a', 'b', 'c']) await client.get({ path }, path);
    expect(requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer 1', 'Bearer 2', 'Bearer 3']);
  });
});

describe('whoever waits lets others go on meanwhile', () => {
  /** Tells of every wait when it begins and ends. */
  function told(): { turn: Turn; waits: string[] } {
    const waits: string[] = [];
    const pause: Turn['pause'] = async (wait) => {
      waits.push('begins');
      const result = await wait();
      waits.push('ends');
      return result;
    };
    return { turn: { pause, retryAfter: pause, heard: () => undefined }, waits };
  }

  test('before another attempt', async () => {
    const { origin } = await serve([503], [200]);
    const { turn, waits } = told();
    const { client, slept } = createClient({ address: origin });
    await client.get({ path: 'a' }, 'a', turn);
    expect(slept).toHaveLength(1);
    expect(waits).toEqual(['begins', 'ends']);
  });

  test('for a rate limit to end', async () => {
    const { origin } = await serve([429, { 'retry-after': '9' }], [200]);
    const { turn, waits } = told();
    const { client, slept } = createClient({ address: origin });
    await client.get({ path: 'a' }, 'a', turn);
    expect(slept).toEqual([9_000]);
    expect(waits).toEqual(['begins', 'ends']);
  });

  test('but not for an answer', async () => {
    const { origin } = await serve();
    const { turn, waits } = told();
    await createClient({ address: origin }).client.get({ path: 'a' }, 'a', turn);
    expect(waits).toEqual([]);
  });
});
