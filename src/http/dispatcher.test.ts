import { type Server } from 'node:http';
import type { Dispatcher } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type LocalServer, answer, startServer } from '../../test-support/unit/http.ts';
import { attempt } from './attempt.ts';
import { AttemptWatch } from './attempt-watch.ts';
import { createDispatcher } from './dispatcher.ts';

type Env = Record<string, string | undefined>;

const never = new AbortController().signal;
const watch = new AttemptWatch(60_000, never);

function dispatcherTo(origin: string, env: Env = {}, connections = 4): Dispatcher {
  const dispatcher = createDispatcher({ origin, connections, connectTimeoutMs: 60_000, signal: never, env });
  onTestFinished(() => dispatcher.destroy());
  return dispatcher;
}

/** What comes back from `GET /accounts` at the origin. */
async function get(origin: string, env: Env = {}): Promise<string> {
  const request = { origin, target: '/accounts', headers: { authorization: 'Bearer t' } };
  const outcome = await attempt(dispatcherTo(origin, env), request, watch);
  return outcome.kind === 'answer' ? outcome.text : outcome.kind;
}

const startApi = (host?: string): Promise<LocalServer> =>
  startServer((_, response) => answer(response, 200, 'the API'), host);

/** A proxy that answers in the API's place, and opens no tunnels but notes who wants one. */
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

describe('with a proxy in the environment', () => {
  test.each(['HTTP_PROXY', 'http_proxy'])('plain http goes to the proxy of %s as it is', async (name) => {
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
  });

  test('a proxy may be named without http://', async () => {
    const { port } = await startProxy();
    expect(await get('http://api.internal', { HTTP_PROXY: `127.0.0.1:${port}` })).toBe('the proxy');
  });

  test('user and password of the proxy are for the proxy', async () => {
    const { port, requests } = await startProxy();
    expect(await get('http://api.internal', { HTTP_PROXY: `http://me:secret@127.0.0.1:${port}` })).toBe('the proxy');
    const basic = Buffer.from('me:secret').toString('base64');
    expect(requests[0]?.headers).toMatchObject({ 'proxy-authorization': `Basic ${basic}`, authorization: 'Bearer t' });
  });

  test.each(['HTTPS_PROXY', 'https_proxy'])(
    'https asks the proxy of %s for a tunnel, and sends nothing without',
    async (name) => {
      const { origin: proxy, requests, tunnels } = await startProxy();
      expect(await get('https://api.internal', { [name]: proxy })).toBe('failed');
      expect(tunnels).toEqual(['api.internal:443']);
      expect(requests).toEqual([]);
    },
  );

  test('the proxy for https is not the one for http, nor the other way round', async () => {
    const http = await startProxy();
    const https = await startProxy();
    const env = { HTTP_PROXY: http.origin, HTTPS_PROXY: https.origin };
    expect(await get('http://api.internal', env)).toBe('the proxy');
    expect(https.connections()).toBe(0);
    await get('https://api.internal', env);
    expect(https.tunnels).toHaveLength(1);
    expect(http.tunnels).toEqual([]);
  });

  // 0.0.0.0 leads to this machine, but is none of the names and addresses that mean loopback.
  test.each(['0.0.0.0', 'example.test,0.0.0.0', '*'])(
    'NO_PROXY=%s lets the API be reached directly',
    async (noProxy) => {
      const { port } = await startApi('0.0.0.0');
      const { origin: proxy, connections } = await startProxy();
      expect(await get(`http://0.0.0.0:${port}`, { HTTP_PROXY: proxy, NO_PROXY: noProxy })).toBe('the API');
      expect(connections()).toBe(0);
    },
  );

  test('NO_PROXY with other hosts changes nothing', async () => {
    const { origin: proxy } = await startProxy();
    expect(await get('http://api.internal', { HTTP_PROXY: proxy, NO_PROXY: 'other.internal' })).toBe('the proxy');
  });

  test.each(['127.0.0.1', 'localhost'])('loopback (%s) never goes through it', async (host) => {
    const { port } = await startApi('0.0.0.0');
    const { origin: proxy, connections } = await startProxy();
    const env = { HTTP_PROXY: proxy, http_proxy: proxy, HTTPS_PROXY: proxy, NO_PROXY: '' };
    expect(await get(`http://${host}:${port}`, env)).toBe('the API');
    expect(connections()).toBe(0);
  });
});

test.each([{}, { HTTP_PROXY: '' }, { HTTP_PROXY: undefined }])(
  'without a proxy (%j) requests go directly',
  async (env) => {
    const { port } = await startApi('0.0.0.0');
    expect(await get(`http://0.0.0.0:${port}`, env)).toBe('the API');
  },
);

test('no more connections are opened than asked for, whatever waits', async () => {
  const { origin, requests, connections } = await startApi();
  const dispatcher = dispatcherTo(origin, {}, 2);
  const request = { origin, target: '/', headers: {} };
  await Promise.all(Array.from({ length: 20 }, () => attempt(dispatcher, request, watch)));
  expect(requests).toHaveLength(20);
  expect(connections()).toBeLessThanOrEqual(2);
});

test.each(['http://', 'ftp://proxy.example:21', 'http://me:s3cret@'])(
  'the proxy %s is no proxy, which is said without quoting it',
  (address) => {
    const open = (): Dispatcher => dispatcherTo('https://api.internal', { HTTPS_PROXY: address });
    expect(open).toThrow('The environment variable HTTPS_PROXY must be the address of a proxy');
    expect(open).not.toThrow('s3cret');
  },
);

test('a proxy that closes the connection on CONNECT is asked once, and is a failed attempt', async () => {
  let connects = 0;
  const proxy = await startServer(() => undefined);
  proxy.server.on('connect', (_, socket) => {
    connects += 1;
    socket.destroy();
  });
  expect(await get('https://api.internal', { HTTPS_PROXY: proxy.origin })).toBe('failed');
  expect(connects).toBe(1);
});
