import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { type Dispatcher, Pool } from 'undici';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { answer, startServer } from '../../test-support/unit/http.ts';
import { AbortListeners } from './abort-listeners.ts';
import { attempt } from './attempt.ts';
import { type Answer, type Failure, TIMED_OUT, TOO_LARGE } from './failure.ts';

const LONG = 60_000;
const MAX_BODY_BYTES = 1_000;
const never = new AbortListeners(new AbortController().signal);

function attemptBy(
  dispatcher: Dispatcher,
  origin = 'http://api.internal',
  timeoutMs = LONG,
  aborts = never,
): Promise<Answer | Failure> {
  const limits = { timeoutMs, maxBodyBytes: MAX_BODY_BYTES };
  return attempt(dispatcher, { origin, path: '/teams', method: 'GET' }, limits, aborts);
}

function poolTo(origin: string): Pool {
  const pool = new Pool(origin, { headersTimeout: 0, bodyTimeout: 0 });
  onTestFinished(() => pool.destroy());
  return pool;
}

/** Sends a request to a real server with the given listener, through a connection pool like the client's. */
async function attemptAt(listener: RequestListener, timeoutMs = LONG, aborts = never): Promise<Answer | Failure> {
  const { origin } = await startServer(listener);
  return attemptBy(poolTo(origin), origin, timeoutMs, aborts);
}

function dripInto(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const drip = setInterval(() => response.write(' '), 5);
  response.on('close', () => clearInterval(drip));
}

/** A dispatcher that accepts requests and never responds. */
function silent(): { dispatcher: Dispatcher; handlers: Dispatcher.DispatchHandler[] } {
  const handlers: Dispatcher.DispatchHandler[] = [];
  const dispatch = (_: unknown, handler: Dispatcher.DispatchHandler): boolean => handlers.push(handler) > 0;
  return { dispatcher: { dispatch } as unknown as Dispatcher, handlers };
}

/** A dispatcher that fails with an error that a test server can't cause. */
function rejecting(error: Error): Dispatcher {
  const dispatch = (_: unknown, handler: Dispatcher.DispatchHandler): boolean => {
    handler.onResponseError?.(undefined as never, error);
    return true;
  };
  return { dispatch } as unknown as Dispatcher;
}

describe('the response of an attempt', () => {
  test('a body is assembled correctly, wherever it was split', async () => {
    const text = JSON.stringify({ name: 'Zürich 𝕊' });
    const ended = await attemptAt((_, response) => {
      const bytes = Buffer.from(text);
      const next = (i: number): void => {
        if (i === bytes.length) response.end();
        else response.write(bytes.subarray(i, i + 1), () => next(i + 1));
      };
      response.writeHead(203, { 'x-a': 'b' });
      next(0);
    });
    expect(ended).toMatchObject({ status: 203, headers: { 'x-a': 'b' }, text });
  });

  test('informational responses are ignored', async () => {
    const ended = await attemptAt((_, response) => {
      response.writeProcessing();
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.end('{}');
    });
    expect(ended).toMatchObject({ status: 200, text: '{}' });
  });
});

describe('the maximum body size', () => {
  test('a body is not read if its announced length exceeds the limit', async () => {
    const ended = await attemptAt((_, response) => {
      response.writeHead(200, { 'content-length': String(MAX_BODY_BYTES + 1) }).flushHeaders();
    });
    expect(ended).toBe(TOO_LARGE);
  });

  test('a body of unknown length is read only up to the limit, and then its connection is closed', async () => {
    const closed = Promise.withResolvers<void>();
    const ended = await attemptAt((request, response) => {
      request.socket.on('close', () => closed.resolve());
      response.on('error', () => undefined);
      const more = (): void => {
        while (response.write('x'.repeat(100)));
      };
      response.on('drain', more);
      more();
    });
    expect(ended).toBe(TOO_LARGE);
    await closed.promise;
  });

  test('a body of exactly the maximum size is read', async () => {
    const text = 'x'.repeat(MAX_BODY_BYTES);
    expect(await attemptAt((_, response) => answer(response, 200, text))).toMatchObject({ text });
  });
});

describe('the timeout of an attempt', () => {
  test('a request to a server that never responds times out', async () => {
    expect(await attemptAt(() => undefined, 50)).toBe(TIMED_OUT);
  });

  test('a response that arrives too slowly times out, and its connection is closed', async () => {
    const closed = Promise.withResolvers<void>();
    const ended = await attemptAt((request, response) => {
      request.socket.on('close', () => closed.resolve());
      dripInto(response);
    }, 100);
    expect(ended).toBe(TIMED_OUT);
    await closed.promise;
  });

  test("undici's own connect timeout is reported as a timeout", async () => {
    const error = Object.assign(new Error('Connect Timeout Error'), { code: 'UND_ERR_CONNECT_TIMEOUT' });
    expect(await attemptBy(rejecting(error))).toBe(TIMED_OUT);
  });

  test('a request that timed out is not sent when a connection becomes available later', async () => {
    const { dispatcher, handlers } = silent();
    expect(await attemptBy(dispatcher, undefined, 50)).toBe(TIMED_OUT);
    const abort = vi.fn<(reason: Error) => void>();
    handlers[0]?.onRequestStart?.({ abort } as unknown as Dispatcher.DispatchController, undefined);
    expect(abort).toHaveBeenCalledOnce();
  });
});

describe('a failed connection', () => {
  test('a connection that is reset before the response is a failure', async () => {
    const ended = await attemptAt((request) => request.socket.resetAndDestroy());
    expect(ended).toMatchObject({ problem: 'connection_lost', facts: { code: 'ECONNRESET' } });
  });

  test('a connection that closes in the middle of a chunked body is a failure, even if the body looks complete', async () => {
    const ended = await attemptAt((request, response) => {
      response.write('{"_embedded":{"teams":[]}}', () => request.socket.destroy());
    });
    expect(ended).toMatchObject({ problem: 'connection_lost' });
  });

  test('a response that is not HTTP is a failure', async () => {
    const ended = await attemptAt((request) => request.socket.end('SSH-2.0-OpenSSH\r\n\r\n'));
    expect(ended).toMatchObject({ problem: 'connection_lost', facts: { code: 'HTTPParserError' } });
  });

  test('a connection to a closed port is reported as refused, with the address', async () => {
    const { server, origin } = await startServer(() => undefined);
    server.close();
    await once(server, 'close');
    expect(await attemptBy(poolTo(origin), origin)).toMatchObject({
      problem: 'connection_refused',
      reason: expect.stringMatching(/^ECONNREFUSED \(.*127\.0\.0\.1/) as string,
    });
  });

  test.each([
    [
      'a host with several addresses',
      new AggregateError([Object.assign(new Error('connect ECONNREFUSED ::1:80'), { code: 'ECONNREFUSED' })]),
      'connection_refused',
      /^ECONNREFUSED \(.*::1:80\)$/,
    ],
    [
      'an error with a cause',
      Object.assign(
        new Error('it failed', { cause: Object.assign(new Error('it has expired'), { code: 'CERT_HAS_EXPIRED' }) }),
        { code: 'UND_ERR_SOMETHING' },
      ),
      'certificate_untrusted',
      /^CERT_HAS_EXPIRED \(it failed: it has expired\)$/,
    ],
  ])('the original error is reported for %s', async (_, error, problem, reason) => {
    const ended = await attemptBy(rejecting(error));
    expect(ended).toMatchObject({ problem, reason: expect.stringMatching(reason) as string });
  });
});

describe('an aborted attempt', () => {
  test("an abort in the middle of a body ends the attempt with the signal's reason", async () => {
    const stop = new AbortController();
    const onHead = (): void => stop.abort('SIGTERM');
    subscribe('undici:request:headers', onHead);
    onTestFinished(() => void unsubscribe('undici:request:headers', onHead));
    await expect(attemptAt((_, response) => dripInto(response), LONG, new AbortListeners(stop.signal))).rejects.toBe(
      'SIGTERM',
    );
  });

  test("an abort during the TLS handshake ends the attempt with the signal's reason", async () => {
    const mute = createServer(() => undefined).listen(0, '127.0.0.1');
    onTestFinished(() => void mute.close());
    await once(mute, 'listening');
    const origin = `https://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    const stop = new AbortController();
    mute.on('connection', () => stop.abort('SIGTERM'));
    await expect(attemptBy(poolTo(origin), origin, LONG, new AbortListeners(stop.signal))).rejects.toBe('SIGTERM');
  });
});

test('an attempt leaves no timer that would keep the process running', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  await attemptBy(rejecting(new Error('it failed')));
  expect(timers()).toBe(before);
});

test('many attempts reuse connections and remove their listeners', async () => {
  const { origin, connections } = await startServer((_, response) => answer(response, 200, '{}'));
  const aborts = new AbortListeners(new AbortController().signal);
  const [add, remove] = [vi.spyOn(aborts, 'add'), vi.spyOn(aborts, 'remove')];
  const pool = poolTo(origin);
  for (let i = 0; i < 100; i++) await attemptBy(pool, origin, LONG, aborts);
  expect(add).toHaveBeenCalledTimes(100);
  expect(remove.mock.calls).toEqual(add.mock.calls);
  expect(connections()).toBeLessThan(10);
});
