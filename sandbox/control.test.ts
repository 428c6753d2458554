import fastify from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCompose } from './compose/platform.ts';
import { serveControl } from './control.ts';
import { FaultList } from './faults/fault.ts';
import { withDefaults } from './options.ts';
import { type Sandbox, startSandbox } from './server.ts';
import { Statistics } from './traffic.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const get = (path: string): Promise<Response> =>
  fetch(sandbox.baseUrl + path, { headers: { authorization: `Bearer ${sandbox.token}` } });

const control = (path: string, method = 'GET', body?: unknown): Promise<Response> =>
  fetch(new URL(`/_sandbox/${path}`, sandbox.baseUrl), {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });

test('another process can request counts, keys, statistics and the request log without a token', async () => {
  await (await get('/teams')).text();
  expect(await (await control('counts')).json()).toEqual(sandbox.counts());
  const keys = (await (await control('keys?stream=audit_events')).text()).trimEnd().split('\n');
  expect(keys).toEqual([...sandbox.keys('audit_events')]);
  expect(await (await control('stats')).json()).toMatchObject({ requests: 1, byPath: { '/teams': 1 } });
  expect(await (await control('requests')).json()).toMatchObject([{ path: '/teams' }]);
  expect((await control('keys?stream=nothing')).status).toBe(400);
});

test('the control endpoints respond only to this machine', async () => {
  const app = fastify();
  const platform = createCompose(1, withDefaults());
  serveControl(app, { platform, faults: new FaultList([]), statistics: new Statistics() });
  const status = async (remoteAddress: string): Promise<number> =>
    (await app.inject({ url: '/_sandbox/counts', remoteAddress })).statusCode;
  expect(await status('127.0.0.1')).toBe(200);
  expect(await status('::1')).toBe(200);
  expect(await status('192.168.1.7')).toBe(403);
  expect(await status('1127.0.0.1')).toBe(403);
});
