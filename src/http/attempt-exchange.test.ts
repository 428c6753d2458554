import type { Dispatcher } from 'undici';
import { Pool } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { answer, startServer } from '../../test-support/unit/http.ts';
import { Exchange, TOO_LARGE } from './attempt.ts';

function dispatchTo(origin: string, exchange: Exchange): void {
  const pool = new Pool(origin);
  onTestFinished(() => pool.destroy());
  pool.dispatch({ origin, path: '/', method: 'GET' }, exchange);
}

test('an answer is put together from its pieces, wherever they were cut', async () => {
  const text = JSON.stringify({ name: 'Zürich 𝕊' });
  const { origin } = await startServer((_, response) => {
    const bytes = Buffer.from(text);
    const next = (i: number): void => {
      if (i === bytes.length) response.end();
      else response.write(bytes.subarray(i, i + 1), () => next(i + 1));
    };
    response.writeHead(203, { 'x-a': 'b' });
    next(0);
  });
  const exchange = new Exchange();
  dispatchTo(origin, exchange);
  expect(await exchange.answer).toMatchObject({ status: 203, headers: { 'x-a': 'b' }, text });
});

test('what the server says before its answer is not the answer', async () => {
  const { origin } = await startServer((_, response) => {
    response.writeProcessing();
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.end('{}');
  });
  const exchange = new Exchange();
  dispatchTo(origin, exchange);
  expect(await exchange.answer).toMatchObject({ status: 200, text: '{}' });
});

test('one that is stopped before its connection came about is over at once, and nothing is sent when it does', async () => {
  const exchange = new Exchange();
  const reason = new Error('stopped');
  const aborted: Error[] = [];
  exchange.stop(reason);
  await expect(exchange.answer).rejects.toBe(reason);
  exchange.onRequestStart({ abort: (error: Error) => aborted.push(error) } as unknown as Dispatcher.DispatchController);
  expect(aborted).toEqual([reason]);
});

describe('a body that is larger than the limit is given up', () => {
  test('as soon as it says its length, before any of it has come', async () => {
    const { origin } = await startServer((_, response) => {
      response.writeHead(200, { 'content-length': '1001' }).flushHeaders();
    });
    const exchange = new Exchange(1_000);
    dispatchTo(origin, exchange);
    await expect(exchange.answer).rejects.toBe(TOO_LARGE);
  });

  test('while it comes in pieces of no announced length, and its connection is closed', async () => {
    const closed = Promise.withResolvers<void>();
    const { origin } = await startServer((request, response) => {
      request.socket.on('close', () => closed.resolve());
      response.on('error', () => undefined);
      const more = (): void => {
        while (response.write('x'.repeat(100)));
      };
      response.on('drain', more);
      more();
    });
    const exchange = new Exchange(1_000);
    dispatchTo(origin, exchange);
    await expect(exchange.answer).rejects.toBe(TOO_LARGE);
    await closed.promise;
  });

  test('one that is just as large is not', async () => {
    const { origin } = await startServer((_, response) => answer(response, 200, 'x'.repeat(1_000)));
    const exchange = new Exchange(1_000);
    dispatchTo(origin, exchange);
    expect(await exchange.answer).toMatchObject({ text: 'x'.repeat(1_000) });
  });
});

test('a body in millions of tiny pieces takes hardly more memory than its bytes', async () => {
  const PIECES = 3_000_000;
  const controller = { abort: () => undefined } as unknown as Dispatcher.DispatchController;
  const exchange = new Exchange(PIECES);
  exchange.onRequestStart(controller);
  exchange.onResponseStart(controller, 200, {});
  const before = process.memoryUsage();
  for (let i = 0; i < PIECES; i += 1) exchange.onResponseData(controller, Buffer.from([48 + (i % 10)]));
  const after = process.memoryUsage();
  // Kept one by one they would take a hundred times as much as their bytes.
  const grown = after.heapUsed + after.external - before.heapUsed - before.external;
  expect(grown).toBeLessThan(30 * PIECES);
  exchange.onResponseEnd();
  expect((await exchange.answer).text).toBe('0123456789'.repeat(PIECES / 10));
});
