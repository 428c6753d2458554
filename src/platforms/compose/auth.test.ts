import { describe, expect, test } from 'vitest';
import type { Request } from '../../core/stream/request.ts';
import type { RejectionMeaning } from '../../http/auth.ts';
import { answer, createClient, startServer } from '../../../test-support/unit/http.ts';
import { tokenAuth } from './auth.ts';
import { serverText } from '../../text/server-text.ts';

type Reply = [status: number, body: string];

/** Starts an API and creates a client. Each path returns its responses in order, and then repeats the last response. */
async function withReplies(replies: Record<string, Reply[]>, options: Parameters<typeof createClient>[0] = {}) {
  const { origin, requests } = await startServer((request, response) => {
    const left = replies[request.url?.slice(1) ?? ''] ?? [[404, '']];
    answer(response, ...((left.length > 1 ? left.shift() : left[0]) as Reply));
  });
  const told: unknown[] = [];
  const created = createClient({ address: origin, onCredentialsRejected: (error) => told.push(error), ...options });
  const get = (path: string): Promise<unknown> =>
    created.client.get({ path }, path).catch((error: unknown) => error as Error);
  const paths = (): Array<string | undefined> => requests.map(({ url }) => url?.slice(1));
  return { ...created, get, told, paths };
}

const UNAUTHORIZED: Reply = [401, '{"errors":"unauthorized"}'];
const FINE: Reply = [200, '{"_embedded":{"accounts":[]}}'];

describe('the token', () => {
  test.each([
    ['a string', '{"errors":"invalid_token"}'],
    ['a map of lists', '{"errors":{"token":["invalid_token"]}}'],
    ['a map of strings', '{"errors":{"error":"invalid_token"}}'],
  ])('counts as rejected, without another request, if a 401 contains invalid_token in %s', async (_, body) => {
    const { get, told, paths } = await withReplies({ teams: [[401, body]] });
    const error = await get('teams');
    expect(error).toMatchObject({
      problem: 'credentials_rejected',
      failureType: 'config_error',
      status: 401,
    });
    expect(told).toEqual([error]);
    expect(paths()).toEqual(['teams']);
  });

  test('counts as rejected if a request for accounts also gets a 401', async () => {
    const { get, told, paths } = await withReplies({ teams: [UNAUTHORIZED], accounts: [UNAUTHORIZED] });
    expect(await get('teams')).toMatchObject({ problem: 'credentials_rejected', failureType: 'config_error' });
    expect(told[0]).toMatchObject({ problem: 'credentials_rejected' });
    expect(paths()).toEqual(['teams', 'accounts']);
  });

  test('counts as rejected, without another request, if the 401 was for accounts', async () => {
    const { get, told, paths } = await withReplies({ accounts: [UNAUTHORIZED] });
    const error = await get('accounts');
    expect(error).toMatchObject({ problem: 'credentials_rejected' });
    expect(told).toEqual([error]);
    expect(paths()).toEqual(['accounts']);
  });
});

describe('an HTTP 401 for a resource', () => {
  test('does not count against the token if accounts can be read', async () => {
    const { get, told, paths } = await withReplies({ 'deployments/d1/recipes': [UNAUTHORIZED], accounts: [FINE] });
    expect(await get('deployments/d1/recipes')).toMatchObject({
      problem: 'unauthorized',
      failureType: 'config_error',
      status: 401,
      answer: 'HTTP 401 ("unauthorized")',
      message: expect.stringMatching(
        /^The API rejected the request for deployments\/d1\/recipes with HTTP 401 \("unauthorized"\), .* grant the missing role/,
      ) as string,
      internalMessage: 'GET deployments/d1/recipes: HTTP 401 (unauthorized), on the first attempt',
    });
    expect(told).toEqual([]);
    expect(paths()).toEqual(['deployments/d1/recipes', 'accounts']);
  });

  test.each<Reply>([
    [403, ''],
    [404, ''],
    [422, ''],
  ])('does not count against the token if the request for accounts fails with HTTP %i', async (...reply) => {
    const { get, told } = await withReplies({ teams: [UNAUTHORIZED], accounts: [reply] });
    expect(await get('teams')).toMatchObject({ problem: 'unauthorized' });
    expect(told).toEqual([]);
  });
});

test('accounts are requested once for simultaneous 401s, and not again for five seconds', async () => {
  const paths = Array.from({ length: 8 }, (_, i) => `deployments/d${i}/roles`);
  const replies = Object.fromEntries(paths.map((path) => [path, [UNAUTHORIZED]]));
  let now = 0;
  const timing = { now: () => now, monotonic: () => now, random: () => 0, sleep: () => Promise.resolve() };
  const auth = tokenAuth('the-token', timing.now);
  const answers = { ...replies, accounts: [FINE, FINE, UNAUTHORIZED] };
  const { get, paths: asked } = await withReplies(answers, { timing, auth });
  const probes = (): number => asked().filter((path) => path === 'accounts').length;
  for (const error of await Promise.all(paths.map(get))) expect(error).toMatchObject({ problem: 'unauthorized' });
  expect(probes()).toBe(1);
  now += 5_000;
  expect(await get('deployments/d0/roles')).toMatchObject({ problem: 'unauthorized' });
  expect(probes()).toBe(1);
  now += 1;
  await get('deployments/d0/roles');
  expect(probes()).toBe(2);
  // The connector must detect that a token is revoked during the sync.
  now += 60_000;
  expect(await get('deployments/d0/roles')).toMatchObject({ problem: 'credentials_rejected' });
  expect(probes()).toBe(3);
});

test('if requests for accounts keep failing, the error is transient and explains why accounts were requested', async () => {
  const { get, told } = await withReplies({ teams: [UNAUTHORIZED], accounts: [[500, '']] });
  expect(await get('teams')).toMatchObject({
    problem: 'server_error',
    failureType: 'transient_error',
    message: expect.stringContaining('because the API rejected the request for teams with HTTP 401') as string,
  });
  expect(told).toEqual([]);
});

describe('a failed request for accounts', () => {
  const TEAMS: Request = { path: 'teams' };

  test('is repeated for the next 401', async () => {
    const auth = tokenAuth('t');
    const gone = new Error('stopped by SIGTERM');
    const meaning = (ask: () => Promise<unknown>): Promise<RejectionMeaning> =>
      auth.meaningOf({ request: TEAMS, authorization: 'Bearer t', said: serverText('') }, ask);
    await expect(meaning(() => Promise.reject(gone))).rejects.toBe(gone);
    await expect(meaning(() => Promise.resolve({}))).resolves.toBe('unrelated');
  });
});
