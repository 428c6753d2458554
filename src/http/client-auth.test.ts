import { describe, expect, test } from 'vitest';
import { answer, createClient, startServer } from '../../test-support/unit/http.ts';
import type { Auth, RejectionMeaning } from './auth.ts';

/** Sends a request with `auth` to a server that returns the statuses in order, then HTTP 200. */
async function ask(statuses: number[], meanings: RejectionMeaning[] = [], auth: Partial<Auth> = {}) {
  const { origin, requests } = await startServer((_, response) => {
    answer(response, statuses.shift() ?? 200, '{"errors":"who are you"}');
  });
  const rejections: unknown[] = [];
  const told: unknown[] = [];
  let token = 0;
  const { client, retries } = createClient({
    address: origin,
    onCredentialsRejected: (error) => told.push(error),
    auth: {
      header: () => `Bearer ${token}`,
      async meaningOf(rejection) {
        rejections.push(rejection);
        token += 1;
        return meanings.shift() ?? 'unrelated';
      },
      ...auth,
    },
  });
  const result = await client.get({ path: 'teams' }, 'teams').catch((error: unknown) => error);
  const sent = requests.map(({ headers }) => headers.authorization);
  return { result, sent, rejections, told, retries };
}

describe('HTTP 401', () => {
  test('a request is sent again with renewed credentials, which does not count as a retry', async () => {
    const { result, sent, rejections, told, retries } = await ask([401], ['renewed']);
    expect(result).toEqual({ errors: 'who are you' });
    expect(sent).toEqual(['Bearer 0', 'Bearer 1']);
    expect(rejections).toEqual([{ request: { path: 'teams' }, authorization: 'Bearer 0', said: 'who are you' }]);
    expect({ told, retries }).toEqual({ told: [], retries: [] });
  });

  test('the circuit opens for an origin that also rejects the renewed credentials', async () => {
    const { result, sent, rejections, told } = await ask([401, 401, 401], ['renewed', 'renewed']);
    expect(result).toMatchObject({
      problem: 'token_rejected',
      internalMessage: expect.stringContaining('HTTP 401 for a new token') as string,
      failureType: 'config_error',
    });
    expect(sent).toEqual(['Bearer 0', 'Bearer 1']);
    expect(rejections).toHaveLength(1);
    expect(told).toEqual([]);
  });

  test('credentials are reported as rejected only when a second origin rejects them after a renewal', async () => {
    const servers = await Promise.all(
      [1, 2].map(() => startServer((_, response) => answer(response, 401, '{"errors":"who are you"}'))),
    );
    const told: unknown[] = [];
    const auth: Auth = { header: () => 'Bearer t', meaningOf: async () => 'renewed' };
    const { client } = createClient({ auth, onCredentialsRejected: (error) => told.push(error) });
    const errors = [];
    for (const { origin } of servers) {
      expect(told).toEqual([]);
      errors.push(await client.get({ origin, path: 'teams' }, 'teams').catch((error: unknown) => error));
    }
    expect(told).toEqual([errors[1]]);
  });

  test('a request fails with the underlying error if the meaning of its 401 cannot be determined', async () => {
    const outage = new Error('an outage');
    const { result, told } = await ask([401], [], { meaningOf: () => Promise.reject(outage) });
    expect(result).toBe(outage);
    expect(told).toEqual([]);
  });
});

test.each([403, 404, 418])('HTTP %i is not treated as a rejection of the credentials', async (status) => {
  const { rejections, told } = await ask([status]);
  expect({ rejections, told }).toEqual({ rejections: [], told: [] });
});

test('every attempt waits for credentials that must be requested first', async () => {
  let requested = 0;
  let isValid = true;
  const header = (): string | Promise<string> => {
    isValid = !isValid;
    return isValid ? `Bearer ${requested}` : Promise.resolve(`Bearer ${(requested += 1)}`);
  };
  const { sent } = await ask([503], [], { header });
  expect(sent).toEqual(['Bearer 1', 'Bearer 2']);
});

test('credentials that expire while a request waits are replaced before the request is sent', async () => {
  const headers = ['Bearer old', Promise.resolve('Bearer new'), 'Bearer new', 'Bearer new'];
  const { sent } = await ask([], [], { header: () => headers.shift() ?? 'Bearer none' });
  expect(sent).toEqual(['Bearer new']);
});
