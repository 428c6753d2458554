import { type IncomingMessage, get as httpGet } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { get } from '../crawl.ts';
import { type Fault, type Sandbox, startSandbox } from '../server.ts';

/** Polling is for what must come, however slow the machine. */
const PATIENT = { timeout: 30_000 };

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(() => sandbox.setFaults([]));
afterAll(() => sandbox.close());

/** Plays the fault to one request for the teams, and looks at what comes over the wire. */
const play = async (fault: Fault): Promise<{ head?: IncomingMessage; body: string; error?: string }> => {
  sandbox.setFaults([fault]);
  const seen: { head?: IncomingMessage; body: string; error?: string } = { body: '' };
  await new Promise<void>((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      seen.error = error.code ?? error.message;
      resolve();
    };
    const headers = { authorization: `Bearer ${sandbox.token}` };
    httpGet(`${sandbox.baseUrl}/teams`, { agent: false, headers }, (head) => {
      seen.head = head;
      head.on('error', failed).on('end', resolve);
      head.setEncoding('utf8').on('data', (text: string) => (seen.body += text));
    }).on('error', failed);
  });
  return seen;
};

const whole = async (): Promise<string> => (await get(sandbox, '/teams')).text();

test('the connection is reset before the head', async () => {
  const { head, error } = await play({ path: '/teams', kind: 'reset' });
  expect(head).toBeUndefined();
  expect(error).toBe('ECONNRESET');
});

test.each(['length', 'chunked'] as const)('the connection breaks in the middle of the body: %s', async (framing) => {
  const text = await whole();
  const { head, body, error } = await play({ path: '/teams', kind: 'cut', framing });
  expect(head?.statusCode).toBe(200);
  expect(head?.headers['content-length']).toBe(framing === 'length' ? String(Buffer.byteLength(text)) : undefined);
  expect(head?.headers['transfer-encoding']).toBe(framing === 'chunked' ? 'chunked' : undefined);
  expect(text.startsWith(body)).toBe(true);
  expect(body.length).toBeLessThan(text.length);
  expect(error).toBe('ECONNRESET');
});

test('truncated JSON comes with the right length', async () => {
  const text = await whole();
  const { head, body, error } = await play({ path: '/teams', kind: 'truncated-json' });
  expect(error).toBeUndefined();
  expect(head?.headers['content-length']).toBe(String(Buffer.byteLength(body)));
  expect(text.startsWith(body)).toBe(true);
  expect(() => JSON.parse(body)).toThrow();
});

test.each([
  [{ kind: 'broken-json' }, 200, /^\{.*\}$/],
  [{ kind: 'html' }, 200, /^<!DOCTYPE html>/],
  [{ kind: 'html', status: 502 }, 502, /^<!DOCTYPE html>/],
  [{ kind: 'empty-body' }, 200, /^$/],
] as const)('%j is no JSON', async (fault, status, form) => {
  const { head, body } = await play({ path: '/teams', ...fault });
  expect(head?.statusCode).toBe(status);
  expect(body).toMatch(form);
  expect(() => JSON.parse(body)).toThrow();
  expect(head?.headers['content-type']).toContain(fault.kind === 'html' ? 'text/html' : 'json');
});

test.each([
  [{ status: 401 }, { errors: 'invalid_token' }],
  [{ status: 403 }, { errors: { error: expect.any(String) } }],
  [{ status: 404 }, { errors: 'not_found' }],
  [{ status: 422 }, { errors: { request: [expect.any(String), expect.any(String)] } }],
  [{ status: 429 }, { errors: 'rate_limited' }],
  [{ status: 503 }, { errors: { error: expect.any(String) } }],
  [{ status: 418, body: { short: 'and stout' } }, { short: 'and stout' }],
  [{ status: 200, body: { another: 'object' } }, { another: 'object' }],
])('%j', async (fault, expected) => {
  const { head, body } = await play({ path: '/teams', kind: 'status', ...fault });
  expect(head?.statusCode).toBe(fault.status);
  expect(head?.headers['retry-after']).toBeUndefined();
  expect(JSON.parse(body)).toEqual(expected);
});

test('a status comes with Retry-After and with text as its body where so wished', async () => {
  const { head, body } = await play({ path: '/teams', kind: 'status', status: 429, retryAfter: 7, body: 'slow down' });
  expect(head?.headers['retry-after']).toBe('7');
  expect(body).toBe('slow down');
});

test('a redirect leads to another origin that answers', async () => {
  const { head } = await play({ path: '/teams', kind: 'redirect', times: 1 });
  expect(head?.statusCode).toBe(302);
  const location = new URL(head?.headers.location ?? '');
  expect(location.origin).not.toBe(new URL(sandbox.baseUrl).origin);
  const headers = { authorization: `Bearer ${sandbox.token}` };
  expect((await fetch(location, { headers })).status).toBe(200);
  expect(sandbox.requests.at(-1)).toMatchObject({ host: location.host, authorization: true });
  const elsewhere = await play({ path: '/teams', kind: 'redirect', status: 307, to: 'https://other.example.invalid/' });
  expect(elsewhere.head?.statusCode).toBe(307);
  expect(elsewhere.head?.headers.location).toBe('https://other.example.invalid/');
});

test('an error can echo the token, and errors can come with 200', async () => {
  const echo = await play({ path: '/teams', kind: 'echo-token' });
  expect(echo.head?.statusCode).toBe(400);
  expect(echo.body).toContain(`Bearer ${sandbox.token}`);
  const errors = await play({ path: '/teams', kind: 'errors', errors: { a: ['b'] } });
  expect(errors.head?.statusCode).toBe(200);
  expect(JSON.parse(errors.body)).toEqual({ errors: { a: ['b'] } });
  const none = await play({ path: '/teams', kind: 'errors', errors: [] });
  expect(JSON.parse(none.body)).toEqual({ errors: [] });
});

test('a hanging request is never answered, a dripping one never ends', async () => {
  sandbox.setFaults([
    { path: '/teams', kind: 'hang' },
    { path: '/accounts', kind: 'drip', everyMs: 1 },
  ]);
  const { byStatus } = sandbox.stats();
  const controller = new AbortController();
  const headers = { authorization: `Bearer ${sandbox.token}` };
  const ask = (path: string): Promise<Response> =>
    fetch(sandbox.baseUrl + path, { headers, signal: controller.signal });
  const hanging = ask('/teams');
  const dripping = (await ask('/accounts')).body?.getReader();
  let drops = '';
  while (drops.length < 10) drops += new TextDecoder().decode((await dripping?.read())?.value);
  expect(drops).toMatch(/^\{ {9}/);
  await expect.poll(() => sandbox.stats().inFlight, PATIENT).toBe(2);
  controller.abort();
  await expect(hanging).rejects.toThrow();
  await expect(dripping?.read()).rejects.toThrow();
  await expect.poll(() => sandbox.stats().inFlight, PATIENT).toBe(0);
  expect(sandbox.stats().byStatus['none']).toBe((byStatus['none'] ?? 0) + 1);
});

test.each(['length', 'chunked'] as const)(
  'a body is as large as one likes, and still the answer: %s',
  async (framing) => {
    const text = await whole();
    const bytes = 1_000_000;
    const { head, body } = await play({ path: '/teams', kind: 'padded', bytes, framing });
    expect(body.length + Buffer.byteLength(text) - text.length).toBe(bytes);
    expect(JSON.parse(body)).toEqual(JSON.parse(text));
    expect(head?.headers['content-length']).toBe(framing === 'length' ? String(bytes) : undefined);
    expect((await play({ path: '/teams', kind: 'padded', bytes: 1 })).body).toBe(text);
  },
);

test('an endless body comes as fast as it is read, and ends with the connection', async () => {
  sandbox.setFaults([{ path: '/teams', kind: 'endless' }]);
  const controller = new AbortController();
  const headers = { authorization: `Bearer ${sandbox.token}` };
  const reader = (await fetch(`${sandbox.baseUrl}/teams`, { headers, signal: controller.signal })).body?.getReader();
  let read = 0;
  while (read < 20_000_000) read += (await reader?.read())?.value?.length ?? 0;
  controller.abort();
  await expect(reader?.read()).rejects.toThrow();
  await expect.poll(() => sandbox.stats().inFlight, PATIENT).toBe(0);
});

test('a wrong token is refused before any fault', async () => {
  sandbox.setFaults([{ path: '**', kind: 'status', status: 500, times: 1 }]);
  expect((await get(sandbox, '/teams', 'wrong')).status).toBe(401);
  expect((await get(sandbox, '/teams')).status).toBe(500);
  expect((await get(sandbox, '/teams')).status).toBe(200);
});
