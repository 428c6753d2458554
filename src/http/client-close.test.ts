import { once } from 'node:events';
import { expect, test } from 'vitest';
import { answer, createClient, startServer } from '../../test-support/unit/http.ts';
import type { Timing } from './traffic/retry.ts';

/** A clock whose sleeps end only when their signal is aborted. `asleep` resolves when the first sleep begins. */
function endless(): { timing: Timing; asleep: Promise<void> } {
  const { promise: asleep, resolve } = Promise.withResolvers<void>();
  const sleep = (_: number, signal: AbortSignal): Promise<void> =>
    new Promise((_done, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      resolve();
    });
  return { timing: { now: () => 0, monotonic: () => 0, random: () => 0, sleep }, asleep };
}

test('closing the client ends requests in flight without retrying them', async () => {
  const { origin, server, requests } = await startServer(() => undefined);
  const { client, retries } = createClient({ address: origin });
  const asked = client.get({ path: 'teams' }, 'teams');
  await once(server, 'request');
  await Promise.all([client.close(), expect(asked).rejects.toMatchObject({ name: 'AbortError' })]);
  expect(requests).toHaveLength(1);
  expect(retries).toEqual([]);
});

test.each([
  ['for another attempt', 503],
  ['for the end of a rate limit', 429],
])('closing the client ends a wait %s', async (_, status) => {
  const { origin, requests } = await startServer((_request, response) => answer(response, status, ''));
  const { timing, asleep } = endless();
  const { client, retries } = createClient({ address: origin, timing });
  const asked = client.get({ path: 'teams' }, 'teams');
  await asleep;
  await Promise.all([client.close(), expect(asked).rejects.toMatchObject({ name: 'AbortError' })]);
  expect(requests).toHaveLength(1);
  expect(retries).toHaveLength(1);
});

test('a closed client sends no requests', async () => {
  const { origin, requests } = await startServer((_, response) => answer(response, 200, '{}'));
  const { client } = createClient({ address: origin });
  await client.close();
  await expect(client.get({ path: 'teams' }, 'teams')).rejects.toMatchObject({ name: 'AbortError' });
  expect(requests).toEqual([]);
});
