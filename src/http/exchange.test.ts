import type { Dispatcher } from 'undici';
import { Pool } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../test-support/unit/http.ts';
import { Exchange } from './exchange.ts';

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
