import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Dispatcher } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type LocalServer, answer, startServer } from '../../../test-support/unit/http.ts';
import { AbortListeners } from '../abort-listeners.ts';
import { attempt } from '../attempt.ts';
import type { Answer, Failure } from '../failure.ts';
import { type Route, openRoute } from './route.ts';

type Env = Record<string, string | undefined>;

const never = new AbortController().signal;
const attemptBy = (dispatcher: Dispatcher, request: Dispatcher.DispatchOptions): Promise<Answer | Failure> =>
  attempt(dispatcher, request, { timeoutMs: 60_000, maxBodyBytes: 1e6 }, new AbortListeners(never));

function routeTo(origin: string, env: Env = {}, connections = 4): Route {
  const route = openRoute({ origin, connections, connectTimeoutMs: 60_000, signal: never, env });
  onTestFinished(() => route.close());
  return route;
}

/** Sends `GET /accounts` to the origin, and returns the outcome. */
async function tryOut(origin: string, env: Env = {}): Promise<Answer | Failure> {
  const { dispatcher, prefix, headers } = routeTo(origin, env);
  const path = `${prefix}/accounts`;
  return attemptBy(dispatcher, { origin, path, headers: { ...headers, authorization: 'Bearer t' }, method: 'GET' });
}

/** Sends `GET /accounts` to the origin, and returns the body or the problem. */
async function get(origin: string, env: Env = {}): Promise<string> {
  const outcome = await tryOut(origin, env);
  return 'problem' in outcome ? outcome.problem : outcome.text;
}

const startApi = (host?: string): Promise<LocalServer> =>
  startServer((_, response) => answer(response, 200, 'the API'), host);

/** A proxy that responds instead of the API. It records requests for tunnels and rejects them. */
async function startProxy(): Promise<LocalServer & { tunnels: string[] }> {
  const proxy = await startServer((_, response) => answer(response, 200, 'the proxy'));
  return { ...proxy, tunnels: tunnelsOf(proxy.server) };
}

function tunnelsOf(server: Server): string[] {
  const tunnels: string[] = [];
  server.on('connect', ({ url }, socket) => {
    tunnels.push(url ?? '');
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  return tunnels;
}

describe('a proxy set in the environment', () => {
  test.each(['HTTP_PROXY', 'http_proxy'])(
    'plain HTTP requests are sent unchanged to the proxy set in %s',
    async (name) => {
      const { origin: proxy, requests, tunnels } = await startProxy();
      expect(await get('http://api.internal', { [name]: proxy })).toBe('the proxy');
      expect(requests).toMatchObject([
        {
          method: 'GET',
          url: 'http://api.internal/accounts',
          headers: { host: 'api.internal', authorization: 'Bearer t' },
        },
      ]);
      expect(tunnels).toEqual([]);
    },
  );

  test('a proxy receives the username and password from its address', async () => {
    const { port, requests } = await startProxy();
    expect(await get('http://api.internal', { HTTP_PROXY: `http://me:secret@127.0.0.1:${port}` })).toBe('the proxy');
    const basic = Buffer.from('me:secret').toString('base64');
    expect(requests[0]?.headers).toMatchObject({ 'proxy-authorization': `Basic ${basic}`, authorization: 'Bearer t' });
  });

  test.each(['HTTPS_PROXY', 'https_proxy'])(
    'HTTPS requests are sent only through a tunnel of the proxy set in %s',
    async (name) => {
      const { origin: proxy, requests, tunnels } = await startProxy();
      expect(await get('https://api.internal', { [name]: proxy })).toBe('proxy_rejected');
      expect(tunnels).toEqual(['api.internal:443']);
      expect(requests).toEqual([]);
    },
  );

  test('HTTP and HTTPS requests use separate proxies', async () => {
    const http = await startProxy();
    const https = await startProxy();
    const env = { HTTP_PROXY: http.origin, HTTPS_PROXY: https.origin };
    expect(await get('http://api.internal', env)).toBe('the proxy');
    expect(https.connections()).toBe(0);
    await get('https://api.internal', env);
    expect(https.tunnels).toHaveLength(1);
    expect(http.tunnels).toEqual([]);
  });

  // 0.0.0.0 reaches this machine, but is not a loopback address.
  test.each(['0.0.0.0', 'example.test,0.0.0.0', '*'])(
    'NO_PROXY=%s makes requests bypass the proxy',
    async (noProxy) => {
      const { port } = await startApi('0.0.0.0');
      const { origin: proxy, connections } = await startProxy();
      expect(await get(`http://0.0.0.0:${port}`, { HTTP_PROXY: proxy, NO_PROXY: noProxy })).toBe('the API');
      expect(connections()).toBe(0);
    },
  );

  test.each(['127.0.0.1', 'localhost'])('requests to the loopback host %s never go through the proxy', async (host) => {
    const { port } = await startApi('0.0.0.0');
    const { origin: proxy, connections } = await startProxy();
    const env = { HTTP_PROXY: proxy, http_proxy: proxy, HTTPS_PROXY: proxy, NO_PROXY: '' };
    expect(await get(`http://${host}:${port}`, env)).toBe('the API');
    expect(connections()).toBe(0);
  });
});

test.each([{}, { HTTP_PROXY: '' }, { HTTP_PROXY: undefined }])(
  'requests are sent directly if no proxy is set (%j)',
  async (env) => {
    const { port } = await startApi('0.0.0.0');
    expect(await get(`http://0.0.0.0:${port}`, env)).toBe('the API');
  },
);

test('connections never exceed the limit, however many requests are waiting', async () => {
  const { origin, requests, connections } = await startApi();
  const { dispatcher } = routeTo(origin, {}, 2);
  await Promise.all(Array.from({ length: 20 }, () => attemptBy(dispatcher, { origin, path: '/', method: 'GET' })));
  expect(requests).toHaveLength(20);
  expect(connections()).toBeLessThanOrEqual(2);
});

test('no connection is opened after the signal was aborted', async () => {
  const { origin, connections } = await startApi();
  const route = openRoute({ origin, connections: 1, connectTimeoutMs: 60_000, signal: AbortSignal.abort(), env: {} });
  expect(await attemptBy(route.dispatcher, { origin, path: '/', method: 'GET' })).toHaveProperty('problem');
  await route.close();
  // The server accepts connections in order, so it would have counted an earlier connection before this one.
  expect(await get(origin)).toBe('the API');
  expect(connections()).toBe(1);
});

test.each(['http://', 'ftp://proxy.example:21', 'http://me:s3cret@'])(
  'the invalid proxy address %s is reported but not quoted',
  (address) => {
    const open = (): Route => routeTo('https://api.internal', { HTTPS_PROXY: address });
    expect(open).toThrow('The environment variable HTTPS_PROXY must be the address of a proxy');
    expect(open).not.toThrow('s3cret');
  },
);

describe('a failing proxy', () => {
  const proxied = (proxy: string): Promise<Answer | Failure> => tryOut('https://api.internal', { HTTPS_PROXY: proxy });

  test.each([
    [403, 'proxy_rejected'],
    [407, 'proxy_login'],
    [429, 'proxy_failed'],
    [502, 'proxy_failed'],
  ])('a proxy that responds to CONNECT with HTTP %i causes the problem %s', async (status, problem) => {
    const proxy = await startServer(() => undefined);
    proxy.server.on('connect', (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
    expect(await proxied(proxy.origin)).toMatchObject({ problem, facts: { code: `HTTP ${status}` } });
  });

  test.each([
    ['closes the connection', '', 'UND_ERR_SOCKET'],
    ['does not speak HTTP', 'SSH-2.0-OpenSSH\r\n\r\n', 'HTTPParserError'],
  ])('a proxy that %s is reported as the cause of the failure', async (_, bytes, code) => {
    const proxy = await startServer(() => undefined);
    proxy.server.on('connect', (_request, socket) => socket.end(bytes));
    expect(await proxied(proxy.origin)).toMatchObject({ problem: 'proxy_failed', facts: { code } });
  });

  test.each(['http', 'https'])(
    'an unreachable proxy is reported as the cause of a failed %s request',
    async (scheme) => {
      const { server, origin: proxy } = await startServer(() => undefined);
      server.close();
      await once(server, 'close');
      expect(await tryOut(`${scheme}://api.internal`, { HTTP_PROXY: proxy, HTTPS_PROXY: proxy })).toMatchObject({
        problem: 'proxy_unreachable',
        facts: { code: 'ECONNREFUSED' },
      });
    },
  );

  test('a failed TLS handshake through a tunnel is reported as a failure of the API', async () => {
    const proxy = await startServer(() => undefined);
    proxy.server.on('connect', (_, socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    expect(await proxied(proxy.origin)).toMatchObject({
      problem: 'tls_not_spoken',
      facts: { code: 'ERR_SSL_WRONG_VERSION_NUMBER' },
    });
  });
});
