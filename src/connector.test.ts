import { beforeEach, expect, test, vi } from 'vitest';
import { configSchema } from './platforms/compose/config.ts';
import { realTiming } from './http/timing.ts';
import { answer, startServer } from '../test-support/unit/http.ts';
import { openContext } from '../test-support/unit/output.ts';
import { VERSION } from './core/version.ts';
import { openClient } from './connector.ts';
import { startLog } from './airbyte/start-log.ts';

const sleep = vi.spyOn(realTiming, 'sleep').mockResolvedValue();
vi.spyOn(realTiming, 'random').mockReturnValue(0);
beforeEach(() => void sleep.mockClear());

/** Asks once; the API fails as often as there are headers before it answers. */
async function ask(debug: boolean, ...failures: Record<string, string>[]) {
  const server = await startServer((_, response) => {
    const headers = failures.shift();
    if (headers === undefined) answer(response, 200, '{}');
    else answer(response, 503, '', headers);
  });
  const { context, messages, stop } = openContext();
  const config = configSchema.parse({ api_token: 'the-token', base_url: `${server.origin}/v`, num_workers: 1 });
  const onLongWait = vi.fn<(owner: string) => void>();
  const client = openClient(config, context, startLog(context, 'read', debug), {
    onLongWait,
    signal: stop.signal,
    onRateLimit: () => undefined,
  });
  await client.get('teams', 'the stream', { limit: 1 });
  await client.close();
  const lines = messages().flatMap((message) => (message.type === 'LOG' ? [message.log] : []));
  return { lines: lines.slice(1), requests: server.requests, longWaits: onLongWait.mock.calls };
}

test('requests go to base_url, with the token and the name and version of the program', async () => {
  const { requests, lines } = await ask(false);
  expect(requests.map(({ url }) => url)).toEqual(['/v/teams?limit=1']);
  expect(requests[0]?.headers).toMatchObject({
    authorization: 'Bearer the-token',
    'user-agent': `source-compose/${VERSION}`,
  });
  expect(lines).toEqual([]);
});

test('every request is told of with --debug alone, without its query', async () => {
  const { lines } = await ask(true);
  expect(lines).toEqual([{ level: 'DEBUG', message: expect.stringMatching(/^GET teams: HTTP 200 in \d+ ms$/) }]);
});

test('every retry is a warning that says why and when', async () => {
  const { lines } = await ask(false, {}, { 'retry-after': '7' });
  expect(lines).toEqual([
    { level: 'WARN', message: 'GET teams: attempt 1 failed: HTTP 503; retrying in 0.5 s' },
    { level: 'WARN', message: 'GET teams: attempt 2 failed: HTTP 503; retrying in 7.0 s' },
  ]);
  expect(sleep.mock.calls.map(([ms]) => ms)).toEqual([500, 7_000]);
});

test('only a long wait is announced, to the stream that waits', async () => {
  expect((await ask(false, {}, { 'retry-after': '1' })).longWaits).toEqual([]);
  expect((await ask(false, { 'retry-after': '2' })).longWaits).toEqual([['the stream']]);
});

test('the credentials of a proxy are secrets from the beginning, and an address that is none ends the command', () => {
  const { context, messages, stop } = openContext({ HTTPS_PROXY: 'http://me:pr0xy%2Fs3cret@127.0.0.1:9' });
  const config = configSchema.parse({ api_token: 'the-token', base_url: 'https://api.internal' });
  const events = { signal: stop.signal, onRateLimit: () => undefined };
  openClient(config, context, startLog(context, 'read', false), events);
  const log = startLog(context, 'read', false);
  log.info(`it says pr0xy/s3cret, and Basic ${Buffer.from('me:pr0xy/s3cret').toString('base64')}`);
  expect(messages().at(-1)).toMatchObject({ log: { message: 'it says ****, and Basic ****' } });
  const bad = { ...context, env: { HTTPS_PROXY: 'http://me:100%@127.0.0.1:9' } };
  expect(() => openClient(config, bad, log, events)).toThrow('The environment variable HTTPS_PROXY holds');
});
