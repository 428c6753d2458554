import { once } from 'node:events';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../test-support/unit/http.ts';

/** A server of raw TCP that answers each request with these pieces, each written when the one before is out. */
async function startRaw(answer: () => Buffer[]): Promise<{ origin: string; connections: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    let asked = '';
    socket.on('data', (bytes: Buffer) => {
      asked += bytes.toString('latin1');
      if (!asked.endsWith('\r\n\r\n')) return;
      asked = '';
      write(socket, answer());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections };
}

function write(socket: Socket, pieces: Buffer[]): void {
  const [first, ...more] = pieces;
  if (first !== undefined) socket.write(first, () => setImmediate(() => write(socket, more)));
}

/** The bytes cut at these places. */
function cut(text: string, places: number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const at = [...new Set(places.map((place) => place % bytes.length))].toSorted((a, b) => a - b);
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i])).filter(({ length }) => length > 0);
}

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const HINTS = 'HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n';
const BODY = '{"id":"HTTP/1.1 100 Continue"}';
const ANSWER = `HTTP/1.1 200 OK\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`;

test.each([
  ['100 Continue', CONTINUE],
  ['103 Early Hints', HINTS],
  ['several of both', CONTINUE + HINTS + CONTINUE + CONTINUE],
  ['nothing', ''],
])('%s before the answer is no part of it, on every request of a connection', async (_, before) => {
  const { origin, connections } = await startRaw(() => [Buffer.from(before + ANSWER)]);
  const { client, retries } = createClient({ address: origin, connections: 1 });
  for (let i = 0; i < 3; i += 1) expect(await client.get({ path: 'teams' }, 'teams')).toEqual(JSON.parse(BODY));
  expect(retries).toEqual([]);
  expect(connections()).toBe(1);
});

test('wherever the bytes are cut, the answer comes whole', async () => {
  const before = fc.array(fc.constantFrom(CONTINUE, HINTS), { maxLength: 3 }).map((all) => all.join(''));
  await fc.assert(
    fc.asyncProperty(before, fc.array(fc.nat(), { maxLength: 12 }), async (interim, places) => {
      const { origin } = await startRaw(() => cut(interim + ANSWER, places));
      const { client, retries } = createClient({ address: origin });
      expect(await client.get({ path: 'teams' }, 'teams')).toEqual(JSON.parse(BODY));
      expect(retries).toEqual([]);
      await client.close();
    }),
    { numRuns: 50 },
  );
});

test('a body that begins a piece with the same words is left alone', async () => {
  const at = ANSWER.indexOf('HTTP/1.1 100');
  const { origin } = await startRaw(() => [Buffer.from(ANSWER.slice(0, at)), Buffer.from(ANSWER.slice(at))]);
  expect(await createClient({ address: origin }).client.get({ path: 'teams' }, 'teams')).toEqual(JSON.parse(BODY));
});

test.each([
  ['a switch to another protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n'],
  ['a head that never ends', `HTTP/1.1 100 Continue\r\nx: ${'x'.repeat(100_000)}`],
  ['an end in the middle', 'HTTP/1.1 10'],
])('%s is a failed connection', async (_, bytes) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(bytes));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { client } = createClient({ address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  await expect(client.get({ path: 'teams' }, 'teams')).rejects.toMatchObject({ problem: 'connection_lost' });
});
