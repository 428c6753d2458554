import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { getEventListeners, once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { type Dispatcher, Pool } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { answer, startServer } from '../../test-support/unit/http.ts';
import { type ApiRequest, type Outcome, attempt } from './attempt.ts';
import { AttemptWatch } from './attempt.ts';
import type { Exchange } from './attempt.ts';

const LONG = 60_000;
const never = new AbortController().signal;
const unhurried = new AttemptWatch(LONG, never);

/** An attempt at a real server with this behaviour, through a pool as the client's. */
async function attemptAt(listener: RequestListener, timeoutMs = LONG, signal = never): Promise<Outcome> {
  const { origin } = await startServer(listener);
  return attempt(poolTo(origin), requestTo(origin), new AttemptWatch(timeoutMs, signal));
}

function poolTo(origin: string): Pool {
  const pool = new Pool(origin, { headersTimeout: 0, bodyTimeout: 0 });
  onTestFinished(() => pool.destroy());
  return pool;
}

function requestTo(origin: string): ApiRequest {
  const headers = { authorization: 'Bearer t' };
  return { origin, target: '/2016-07/teams?limit=5', headers, method: 'GET', body: null, maxBodyBytes: 1e6 };
}

function dripInto(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const drip = setInterval(() => response.write(' '), 5);
  response.on('close', () => clearInterval(drip));
}

describe('the time-out covers all from connecting to the last byte', () => {
  test('a server that never answers', async () => {
    expect(await attemptAt(() => undefined, 50)).toEqual({ kind: 'timed_out' });
  });

  test('a server that drips bytes for ever, whose connection is then closed', async () => {
    const closed = Promise.withResolvers<void>();
    const outcome = await attemptAt((request, response) => {
      request.socket.on('close', () => closed.resolve());
      dripInto(response);
    }, 100);
    expect(outcome).toEqual({ kind: 'timed_out' });
    await closed.promise;
  });

  test('a connection that does not come about', async () => {
    expect(await attempt(silentDispatcher, requestTo('http://api.internal'), new AttemptWatch(50, never))).toEqual({
      kind: 'timed_out',
    });
  });

  test('a connection that undici gives up', async () => {
    const error = Object.assign(new Error('Connect Timeout Error'), { code: 'UND_ERR_CONNECT_TIMEOUT' });
    expect(await attempt(rejecting(error), requestTo('http://api.internal'), unhurried)).toEqual({ kind: 'timed_out' });
  });
});

describe('a connection that fails counts as failed, whatever came before', () => {
  test('reset before the answer', async () => {
    const outcome = await attemptAt((request) => request.socket.resetAndDestroy());
    expect(outcome).toMatchObject({ kind: 'failed', code: 'ECONNRESET', connected: true });
  });

  test('cut off in a chunked body that looks whole', async () => {
    const outcome = await attemptAt((request, response) => {
      response.write('{"_embedded":{"teams":[]}}', () => request.socket.destroy());
    });
    expect(outcome).toMatchObject({ kind: 'failed' });
  });

  test('an answer that is no HTTP', async () => {
    const outcome = await attemptAt((request) => request.socket.end('SSH-2.0-OpenSSH\r\n\r\n'));
    expect(outcome).toMatchObject({ kind: 'failed', code: 'HTTPParserError' });
  });

  test('nobody at the port', async () => {
    const { server, origin } = await startServer(() => undefined);
    server.close();
    await once(server, 'close');
    expect(await attempt(poolTo(origin), requestTo(origin), unhurried)).toMatchObject({
      kind: 'failed',
      code: 'ECONNREFUSED',
      detail: expect.stringContaining('127.0.0.1'),
    });
  });

  test('nobody at any address of a name', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED ::1:80'), { code: 'ECONNREFUSED' });
    const outcome = await attempt(rejecting(new AggregateError([refused])), requestTo('http://localhost'), unhurried);
    expect(outcome).toMatchObject({ kind: 'failed', code: 'ECONNREFUSED', detail: expect.stringContaining('::1:80') });
  });

  test('a reason that is hidden one level down', async () => {
    const cause = Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' });
    const outer = Object.assign(new Error('it failed', { cause }), { code: 'UND_ERR_SOMETHING' });
    const outcome = await attempt(rejecting(outer), requestTo('http://api.internal'), unhurried);
    expect(outcome).toEqual({
      kind: 'failed',
      code: 'CERT_HAS_EXPIRED',
      detail: 'it failed: certificate has expired',
      connected: false,
    });
  });
});

describe('an abort ends the attempt with its reason', () => {
  test('in the middle of a body', async () => {
    const stop = new AbortController();
    const onHead = (): void => stop.abort('SIGTERM');
    subscribe('undici:request:headers', onHead);
    onTestFinished(() => void unsubscribe('undici:request:headers', onHead));
    const outcome = attemptAt((_, response) => dripInto(response), LONG, stop.signal);
    await expect(outcome).rejects.toBe('SIGTERM');
  });

  test('while the connection does not come about', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await once(silent, 'listening');
    const origin = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const stop = new AbortController();
    silent.on('connection', () => stop.abort('SIGTERM'));
    await expect(attempt(poolTo(origin), requestTo(origin), new AttemptWatch(LONG, stop.signal))).rejects.toBe(
      'SIGTERM',
    );
  });
});

test('an answer leaves no timer behind that would keep the process from ending', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  await attempt(rejecting(new Error('it failed')), requestTo('http://api.internal'), new AttemptWatch(LONG, never));
  expect(timers()).toBe(before);
});

test('many answers share one listener of the signal, and use connections again', async () => {
  const { signal } = new AbortController();
  const watch = new AttemptWatch(LONG, signal);
  const { origin, connections } = await startServer((_, response) => answer(response, 200, '{}'));
  const pool = poolTo(origin);
  for (let i = 0; i < 100; i++) await attempt(pool, requestTo(origin), watch);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  expect(connections()).toBeLessThan(10);
});

/** In place of connections that never come about: undici tells of an abort only once they have. */
const silentDispatcher = { dispatch: () => true } as unknown as Dispatcher;

/** In place of connections that no test can bring about. */
function rejecting(error: Error): Dispatcher {
  const dispatch = (_: unknown, exchange: Exchange): boolean => {
    exchange.onResponseError(undefined as never, error);
    return true;
  };
  return { dispatch } as unknown as Dispatcher;
}
