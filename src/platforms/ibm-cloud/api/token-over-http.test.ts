import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { type LocalServer, answer, bodyOf, createClient, startServer } from '../../../../test-support/unit/http.ts';
import { rejections } from './error-text.ts';
import { ibmCloud } from '../ibm-cloud.ts';
import { iamAuth } from './token.ts';

// The key contains characters that have a special meaning in forms and URLs.
const KEY = 'k+e/y=1 &';
const { facts } = ibmCloud.terms;

/** Starts servers for IAM and for a service that accepts the tokens in `good`, and creates a client for both. */
async function services(replies: Array<[status: number, body: string, headers?: Record<string, string>]> = []) {
  const good = new Set<string>();
  const bodies: string[] = [];
  let made = 0;
  const exchange = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    bodies.push(await bodyOf(request));
    const [status, text, headers] = replies.shift() ?? [200, ''];
    if (status !== 200) return answer(response, status, text, headers);
    made += 1;
    good.add(`Bearer t${made}`);
    return answer(response, 200, JSON.stringify({ access_token: `t${made}`, expires_in: 3_600 }));
  };
  const iam = await startServer((request, response) => void exchange(request, response));
  const service = await startServer((request, response) => {
    if (good.has(request.headers.authorization ?? '')) answer(response, 200, '{"id":1}');
    else answer(response, 401, '{"error_code":"RC-IamErrorResponse","message":"Token is expired"}');
  });
  const told: unknown[] = [];
  const opened = createClient({
    address: service.origin,
    auth: iamAuth(KEY, iam.origin),
    rejections,
    terms: ibmCloud.terms,
    onCredentialsRejected: (error) => told.push(error),
  });
  const get = (path = 'things'): Promise<unknown> =>
    opened.client.get({ path }, path).catch((error: unknown) => error as Error);
  const sent = (): unknown[] => service.requests.map(({ headers }) => headers.authorization);
  return { ...opened, get, iam, service, good, bodies, told, sent };
}

/** Everything that a server received, except the bodies. */
function received({ requests }: LocalServer): string {
  return requests.map(({ url, rawHeaders }) => [url, ...rawHeaders].join('\n')).join('\n');
}

const WRONG_KEY = JSON.stringify({
  errorCode: 'BXNIM0415E',
  errorMessage: 'Provided API key could not be found.',
  context: { requestId: 'r1', host: 'iam' },
});

test('all requests share one token, and only IAM receives the key', async () => {
  const { get, iam, service, bodies, sent } = await services();
  const results = await Promise.all(Array.from({ length: 8 }, (_, i) => get(`things/${i}`)));
  expect(results).toEqual(results.map(() => ({ id: 1 })));
  expect(new Set(sent())).toEqual(new Set(['Bearer t1']));
  expect(iam.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /identity/token']);
  expect(iam.requests[0]?.headers).toMatchObject({
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  });
  expect(iam.requests[0]?.headers.authorization).toBeUndefined();
  expect(new URLSearchParams(bodies[0]).get('apikey')).toBe(KEY);
  for (const spelling of [KEY, encodeURIComponent(KEY), new URLSearchParams({ k: KEY }).toString().slice(2)]) {
    expect(received(service)).not.toContain(spelling);
    expect(received(iam)).not.toContain(spelling);
  }
  for (const { method } of service.requests) expect(method).toBe('GET');
});

test('an IAM outage is not reported as a rejected key', async () => {
  const { get, told, service } = await services(Array.from({ length: 6 }, () => [500, '']));
  expect(await get()).toMatchObject({
    problem: 'server_error',
    failureType: 'transient_error',
    internalMessage: 'POST identity/token: HTTP 500, after 6 attempts',
  });
  expect(told).toEqual([]);
  expect(service.requests).toEqual([]);
});

test.each<[number, string, string]>([
  [400, WRONG_KEY, 'HTTP 400 ("BXNIM0415E: Provided API key could not be found.")'],
  [400, '', 'HTTP 400'],
  [403, '{"errors":[{"code":"forbidden","message":"No."}]}', 'HTTP 403 ("forbidden: No.")'],
])('the sync ends if IAM rejects the key with HTTP %i', async (status, body, said) => {
  const { get, told, iam, service } = await services([[status, body]]);
  const error = await get();
  expect(error).toMatchObject({
    problem: 'credentials_rejected',
    failureType: 'config_error',
    message: `IBM Cloud at 127.0.0.1:${iam.port} rejected the API key (${said}). ${facts.renewal}`,
  });
  expect(told).toEqual([error]);
  expect(iam.requests).toHaveLength(1);
  expect(service.requests).toEqual([]);
});

test('an unexpected response from IAM is not reported as a rejected key', async () => {
  const { get, told } = await services([[404, '404 page not found']]);
  expect(await get()).toMatchObject({
    problem: 'unexpected_status',
    message: expect.stringMatching(/rejected the request for an access token with an unexpected response/) as string,
  });
  expect(told).toEqual([]);
});

test('a revoked token is replaced, and the request is sent again without counting as a retry', async () => {
  const { get, good, iam, retries, told, sent } = await services();
  await get();
  good.clear();
  expect(await get()).toEqual({ id: 1 });
  expect(sent()).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2']);
  expect(iam.requests).toHaveLength(2);
  expect({ retries, told }).toEqual({ retries: [], told: [] });
});

test('a request fails if the service also rejects the new token, but the key does not count as rejected', async () => {
  const { get, iam, service, told, good } = await services();
  service.server.removeAllListeners('request');
  service.server.on('request', (request, response) => {
    service.requests.push(request);
    good.clear();
    answer(response, 401, '{"error_code":"RC-IamErrorResponse","message":"Token is expired"}');
  });
  const error = await get();
  expect(error).toMatchObject({
    problem: 'token_rejected',
    failureType: 'config_error',
    message: expect.stringContaining(
      `The service at 127.0.0.1:${service.port} rejected the access token issued for the API key (HTTP 401)`,
    ) as string,
  });
  expect(await get()).toMatchObject({ problem: 'token_rejected' });
  expect(told).toEqual([]);
  expect(iam.requests).toHaveLength(2);
  expect(service.requests).toHaveLength(2);
});
