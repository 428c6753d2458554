import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createClient, startServer, answer } from '../../test-support/unit/http.ts';
import { errorText } from '../platforms/compose/error-text.ts';
import { itemsIn } from './event-stream.ts';

const REJECTIONS = { textOf: errorText };
const read = (text: string): ReturnType<typeof itemsIn> => itemsIn(text, REJECTIONS);
const damaged = (detail: string): object =>
  expect.objectContaining({ problem: 'damaged_answer', facts: { detail } }) as object;

test('comments, empty lines and event names are ignored in event streams', () => {
  const text =
    ': success\ndata: {"a":1}\n\n: keep-alive\n\n\nevent: more\r\ndata: {"b":"ü\\n"}\r\n\r\ndata: {"c":\ndata: 3}\n\n\n';
  expect(read(text)).toEqual({ body: [{ a: 1 }, { b: 'ü\n' }, { c: 3 }] });
});

test('a body without events is reported as damaged', () => {
  expect(read('')).toEqual(damaged('it is empty'));
  expect(read('\n\n')).toEqual(damaged('it is empty'));
  expect(read(': success\n\n')).toEqual(damaged('it is not a stream of events'));
  expect(read('<html>\n</html>\n')).toEqual(damaged('it is not a stream of events'));
  expect(read('data: {"a"\n\n')).toEqual(damaged('one of its events is not valid JSON'));
});

test('a body that is truncated in the middle of an event is never considered complete', () => {
  const items = fc.array(fc.record({ text: fc.string(), number: fc.integer() }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(items, fc.nat(), (given, at) => {
      const events = given.map((item) => `data: ${JSON.stringify(item)}\n\n`);
      const whole = events.join('');
      expect(read(whole)).toEqual({ body: given });
      const end = at % whole.length;
      const result = read(whole.slice(0, end));
      const ends = events.map((_, i) => events.slice(0, i + 1).join('').length);
      if (ends.includes(end)) expect(result).toEqual({ body: given.slice(0, ends.indexOf(end) + 1) });
      else expect(result).toHaveProperty('problem', 'damaged_answer');
    }),
  );
});

test('an error event causes the request to fail with its status, or with a transient error if it has no status', () => {
  expect(read('data: {"query_id":{}}\n\ndata: {"error":{"message":"out of time"}}\n\n')).toMatchObject({
    problem: 'damaged_answer',
    reason: expect.stringContaining('out of time') as string,
  });
  expect(
    read('data: {"errors":[{"code":"forbidden","message":"no"}],"trace":"t","status_code":403}\n\n'),
  ).toMatchObject({
    problem: 'forbidden',
    response: { status: 403 },
  });
});

test('a request is sent again after a truncated event stream or an error event', async () => {
  const bodies = [
    'data: {"n":1}\n\ndata: {"n":',
    'data: {"error":{"message":"deadline_exceeded"}}\n\n',
    '',
    'data: {"n":1}\n\ndata: {"n":2}\n\n',
  ];
  const { origin, requests } = await startServer((_, response) => {
    answer(response, 200, bodies[requests.length - 1] ?? '');
  });
  const { client, retries } = createClient({ address: origin });
  const query = { path: 'v1/query', headers: { accept: 'text/event-stream' }, reads: 'events' } as const;
  expect(await client.get({ ...query, post: { type: 'application/json', body: '{}' } }, 'events')).toEqual([
    { n: 1 },
    { n: 2 },
  ]);
  expect(requests).toHaveLength(4);
  expect(requests[0]).toMatchObject({ method: 'POST', headers: { accept: 'text/event-stream' } });
  expect(retries.map(({ reason }) => reason)).toEqual([
    'damaged response (it ends in the middle of an event)',
    expect.stringMatching(/^damaged response \(it reports ".*deadline_exceeded.*"\)$/),
    'damaged response (it is empty)',
  ]);
});

test('an event with the status 429 is handled like any HTTP 429 and does not count as an attempt', async () => {
  const { origin, requests } = await startServer((_, response) => {
    const limited = 'data: {"errors":[{"message":"slow down"}],"status_code":429}\n\n';
    answer(response, 200, requests.length <= 8 ? limited : 'data: {"n":1}\n\n');
  });
  const { client, limits } = createClient({ address: origin });
  expect(await client.get({ path: 'v1/query', reads: 'events' }, 'events')).toEqual([{ n: 1 }]);
  expect(limits).toHaveLength(8);
});

test("a request's rate limit also delays retries, and the delay is reported", async () => {
  const { origin, requests } = await startServer((_, response) => {
    if (requests.length === 2) answer(response, 503, '');
    else answer(response, 200, '{"id":1}');
  });
  const { client, slept, limits } = createClient({ address: origin });
  const request = { path: 'v1/query', rate: { requests: 3, ms: 60_000 } };
  for (let n = 0; n < 4; n += 1) await client.get(request, 'events');
  // The first sleep precedes the retry; the second lasts for the rest of the minute.
  expect(slept).toEqual([750, 60_250]);
  expect(limits).toEqual([61_000]);
});

test("a request's own error messages replace the default messages", async () => {
  const { origin } = await startServer((_, response) => answer(response, 403, ''));
  const { client } = createClient({ address: origin });
  const messages = { forbidden: 'Ask {holder} for the Reader role.' };
  await expect(client.get({ path: 'v1/query', messages }, 'events')).rejects.toThrow(/^Ask .* for the Reader role\.$/);
});
