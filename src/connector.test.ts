import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { realTiming } from './http/traffic/retry.ts';
import { answer, startServer } from '../test-support/unit/http.ts';
import { openContext } from '../test-support/unit/output.ts';
import { VERSION } from './program/version.ts';
import { openAirbyteOutput } from './airbyte/protocol/output.ts';
import type { StreamReader } from './core/reading/stream-reader.ts';
import { type Config, configSchema, platformOf } from './config.ts';
import { connect, openReads } from './connector.ts';

const sleep = vi.spyOn(realTiming, 'sleep').mockResolvedValue();
vi.spyOn(realTiming, 'random').mockReturnValue(0);
beforeEach(() => void sleep.mockClear());
afterAll(() => void vi.restoreAllMocks());

function configOf(base_url: string, options: object = {}): Config {
  return configSchema.parse({ platform: { name: 'compose', api_token: 'the-token', base_url }, ...options });
}

/** Sends one request. The API first returns an HTTP 503 for each element of `failures`, with the element as the headers. */
async function ask(env: Record<string, string>, ...failures: Record<string, string>[]) {
  const server = await startServer((_, response) => {
    const headers = failures.shift();
    if (headers === undefined) answer(response, 200, '{}');
    else answer(response, 503, '', headers);
  });
  const { context, messages, stop } = openContext(env);
  const config = configOf(`${server.origin}/v`, { num_workers: 1 });
  const longWaits: string[] = [];
  const { clients } = connect(config, context, openAirbyteOutput(context, 'read'), {
    signal: stop.signal,
    readerOf: (name) => ({ sink: { checkpoint: () => longWaits.push(name) } }) as unknown as StreamReader,
  });
  await clients.of(undefined).get({ path: 'teams', query: { limit: 1 } }, 'the stream');
  await clients.close();
  const lines = messages().flatMap((message) => (message.type === 'LOG' ? [message.log] : []));
  return { lines: lines.slice(1), requests: server.requests, longWaits };
}

test('requests are sent to base_url with the token and a user agent that names the program and its version', async () => {
  const { requests, lines } = await ask({});
  expect(requests.map(({ url }) => url)).toEqual(['/v/teams?limit=1']);
  expect(requests[0]?.headers).toMatchObject({
    authorization: 'Bearer the-token',
    'user-agent': `source-compose/${VERSION}`,
    accept: 'application/hal+json, application/json',
  });
  expect(lines).toEqual([]);
});

test('requests are logged only at the level debug, and without their query', async () => {
  const { lines } = await ask({ LOG_LEVEL: 'debug' });
  expect(lines).toEqual([{ level: 'DEBUG', message: expect.stringMatching(/^GET teams: HTTP 200 in \d+ ms$/) }]);
});

test('each retry causes a warning with the reason and the waiting time', async () => {
  const { lines } = await ask({}, {}, { 'retry-after': '7' });
  expect(lines).toEqual([
    { level: 'WARN', message: 'GET teams: attempt 1 failed: HTTP 503; retrying in 0.5 s' },
    { level: 'WARN', message: 'GET teams: attempt 2 failed: HTTP 503; retrying in 7.0 s' },
  ]);
  expect(sleep.mock.calls.map(([ms]) => ms)).toEqual([500, 7_000]);
});

test('only long waits cause a checkpoint, and only of the waiting stream', async () => {
  expect((await ask({}, {}, { 'retry-after': '1' })).longWaits).toEqual([]);
  expect((await ask({}, { 'retry-after': '2' })).longWaits).toEqual(['the stream']);
});

test('the credentials of a proxy are masked immediately, and an invalid proxy address causes an error', () => {
  const { context, messages, stop } = openContext({ HTTPS_PROXY: 'http://me:pr0xy%2Fs3cret@127.0.0.1:9' });
  const config = configOf('https://api.internal');
  const { signal } = stop;
  const output = openAirbyteOutput(context, 'read');
  connect(config, context, output, { signal });
  output.log('info', `it says pr0xy/s3cret, and Basic ${Buffer.from('me:pr0xy/s3cret').toString('base64')}`);
  expect(messages().at(-1)).toMatchObject({ log: { message: 'it says ****, and Basic ****' } });
  const bad = { ...context, env: { HTTPS_PROXY: 'http://me:100%@127.0.0.1:9' } };
  expect(() => connect(config, bad, output, { signal })).toThrow(
    'The environment variable HTTPS_PROXY must be the address of a proxy',
  );
});

describe('the streams of a read', () => {
  /** Opens the streams with an API whose first response is `first`. */
  async function open(names: string[], first: [status: number, body: string, headers?: Record<string, string>]) {
    const server = await startServer((_, response) => {
      if (server.requests.length === 1) answer(response, ...first);
      else answer(response, 200, '{"_embedded":{"accounts":[],"teams":[]}}');
    });
    const { context, messages } = openContext();
    const config = configOf(server.origin);
    const wanted = names.map((name) => {
      const definition = platformOf(config).streams.find((each) => each.name === name);
      if (definition === undefined) throw new Error(`no stream ${name}`);
      return { definition, mode: 'full_refresh' as const, state: {}, where: 'The state' };
    });
    const reads = openReads(config, context, openAirbyteOutput(context, 'read'), wanted);
    return { ...reads, context, messages, requests: server.requests };
  }

  test('each announce a rate limit once', async () => {
    let now = Date.parse('2018-09-01T00:00:00Z');
    for (const clock of ['now', 'monotonic'] as const) {
      const mocked = vi.spyOn(realTiming, clock).mockImplementation(() => now);
      onTestFinished(() => mocked.mockRestore());
    }
    sleep.mockImplementation(async (ms) => void (now += ms));
    onTestFinished(() => void sleep.mockResolvedValue());
    const quota_reset = now + 60_000;

    const { toEnd, messages } = await open(['accounts', 'teams'], [429, '', { 'retry-after': '60' }]);
    await toEnd();
    const waits = messages().flatMap((message) => {
      if (message.type !== 'TRACE' || message.trace.type !== 'STREAM_STATUS') return [];
      const { stream_descriptor, reasons } = message.trace.stream_status;
      return reasons === undefined ? [] : [{ name: stream_descriptor.name, reasons }];
    });
    const reasons = [{ type: 'RATE_LIMITED', rate_limited: { quota_reset } }];
    expect(waits.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'accounts', reasons },
      { name: 'teams', reasons },
    ]);
  });

  test('stop if the token is rejected, and the rejection is returned', async () => {
    const { toEnd, requests } = await open(['accounts', 'teams'], [401, '{"errors":"invalid_token"}']);
    const { ends, rejection } = await toEnd();
    expect(ends).toEqual([
      { name: 'accounts', end: 'stopped' },
      { name: 'teams', end: 'stopped' },
    ]);
    expect(rejection).toMatchObject({ problem: 'credentials_rejected', status: 401 });
    expect(requests).toHaveLength(1);
  });
});
