import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import nock from 'nock';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { startServer } from '../../../test-support/unit/http.ts';
import { jsonFile, openContext } from '../../../test-support/unit/output.ts';
import { runCheck } from './check.ts';

const TOKEN = '0123456789abcdef';

afterEach(() => {
  nock.cleanAll();
  nock.restore();
  vi.useRealTimers();
});

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('the check fails after a single attempt if nothing listens on the port', async () => {
  const host = `127.0.0.1:${await closedPort()}`;
  const { context, messages } = openContext();
  await expect(runCheck(context, jsonFile({ api_token: TOKEN, base_url: `http://${host}` }))).resolves.toBe(0);
  expect(messages().at(-1)).toMatchObject({
    connectionStatus: {
      status: 'FAILED',
      message: `Nothing responds at ${host} (ECONNREFUSED). Check base_url, and make sure that the server is up and reachable from the machine that runs the sync. Inside a container, localhost is the container itself: use the host network, or an address such as http://host.docker.internal.`,
    },
  });
});

describe("the error message for Compose's own address", () => {
  const closed = 'Compose shut down its API on March 1, 2023. Set base_url to another server';

  test.each([
    ['the name does not resolve', 'is unknown (ENOTFOUND)', 'ENOTFOUND'],
    ['another server responds', 'There is no Compose API at https://api.compose.io/2016-07 (HTTP 404)', 404],
  ] as const)('says that Compose shut down if %s', async (_, sentence, reply) => {
    const scope = nock('https://api.compose.io').replyContentLength().get('/2016-07/accounts');
    if (reply === 404) scope.reply(404, 'gone');
    else scope.replyWithError(Object.assign(new Error(`getaddrinfo ${reply}`), { code: reply }));
    if (!nock.isActive()) nock.activate();
    const { context, messages } = openContext();
    await expect(runCheck(context, jsonFile({ api_token: TOKEN }))).resolves.toBe(0);
    const message = expect.stringMatching(new RegExp(`${sentence.replace(/[()]/g, '\\$&')}.* ${closed}`)) as string;
    expect(messages().at(-1)).toMatchObject({ connectionStatus: { status: 'FAILED', message } });
  });
});

describe('the check of a server that never responds', () => {
  test('fails after 30 s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { promise: requested, resolve } = Promise.withResolvers<void>();
    const { origin } = await startServer(() => resolve());
    const { context, messages } = openContext();
    const checking = runCheck(context, jsonFile({ api_token: TOKEN, base_url: origin }));
    const outcome = expect(checking).rejects.toMatchObject({
      problem: 'check_timed_out',
      failureType: 'transient_error',
      message: expect.stringContaining('did not respond within 30 s'),
    });
    await requested;
    await vi.advanceTimersByTimeAsync(30_000);
    await outcome;
    expect(messages().map(({ type }) => type)).not.toContain('CONNECTION_STATUS');
  });

  test('ends when the process is stopped', async () => {
    const { promise: requested, resolve } = Promise.withResolvers<void>();
    const { origin } = await startServer(() => resolve());
    const { context, messages, stop } = openContext();
    const checking = runCheck(context, jsonFile({ api_token: TOKEN, base_url: origin }));
    await requested;
    stop.abort(new Error('stopped by SIGTERM'));
    await expect(checking).rejects.toThrow('stopped by SIGTERM');
    expect(messages().map(({ type }) => type)).not.toContain('CONNECTION_STATUS');
  });
});
