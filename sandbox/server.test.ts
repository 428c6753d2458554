import { afterEach, expect, test } from 'vitest';
import { crawl, get, rows, walk } from './crawl.ts';
import { STREAM_NAMES, type Sandbox, type SandboxOptions, startSandbox } from './server.ts';

/** Polling is for what must come, however slow the machine. */
const PATIENT = { timeout: 30_000 };

const running: Sandbox[] = [];
const start = async (options?: Partial<SandboxOptions>): Promise<Sandbox> => {
  const sandbox = await startSandbox(options);
  running.push(sandbox);
  return sandbox;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

test.each([
  ['the defaults', {}],
  ['more than one deployment of a type', { deployments: 13, recipes: 20, auditEvents: 101 }],
  ['nothing', { deployments: 0, recipes: 0, auditEvents: 0 }],
])('counts and keys are what a crawl of the API finds: %s', async (_name, options) => {
  const sandbox = await start(options);
  const found = await crawl(sandbox);
  for (const stream of STREAM_NAMES) {
    expect([...sandbox.keys(stream)].toSorted(), stream).toEqual(found[stream].toSorted());
    expect(new Set(found[stream]).size, stream).toBe(found[stream].length);
    expect(sandbox.counts()[stream], stream).toBe(found[stream].length);
  }
  expect(sandbox.deploymentIds).toEqual(found.deployments);
});

test('the same seed gives the same bodies, another seed others', async () => {
  const sandboxes = [await start(), await start(), await start({ seed: 2 })];
  for (const path of ['/deployments', '/audit_events?limit=30', '/billables']) {
    const [first, same, other] = await Promise.all(sandboxes.map(async (one) => (await get(one, path)).text()));
    expect(same, path).toBe(first);
    expect(other, path).not.toBe(first);
  }
  expect(sandboxes[1]?.token).toBe(sandboxes[0]?.token);
  expect(sandboxes[2]?.token).not.toBe(sandboxes[0]?.token);
});

test('every single object stands in its list', async () => {
  const sandbox = await start();
  const same = async (path: string, name: string, single = path): Promise<void> => {
    const [row] = await rows(sandbox, path, name);
    expect(await (await get(sandbox, `${single}/${String(row?.['id'])}`)).json(), path).toMatchObject(row ?? {});
  };
  await same('/audit_events', 'audit_events');
  await same('/clusters', 'clusters');
  await same('/teams', 'teams');
  await same('/deployments', 'deployments');
  await same(`/deployments/${sandbox.deploymentIds[0]}/backups`, 'backups');
  await same(`/deployments/${sandbox.deploymentIds[0]}/logfiles`, 'logfiles');
  await same(`/deployments/${sandbox.deploymentIds[0]}/recipes`, 'recipes', '/recipes');
});

test('no token or a wrong one is refused with 401, whatever the path', async () => {
  const sandbox = await start();
  for (const answer of [
    await get(sandbox, '/accounts', 'wrong'),
    await get(sandbox, '/nothing-here', 'wrong'),
    await fetch(`${sandbox.baseUrl}/accounts`),
  ]) {
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ errors: 'invalid_token' });
  }
});

test('a slash at the end is tolerated, unknown paths and ids are 404, and all is HAL', async () => {
  const sandbox = await start();
  const [deployment] = sandbox.deploymentIds;
  expect((await get(sandbox, '/accounts/')).headers.get('content-type')).toBe('application/hal+json; charset=utf-8');
  expect((await get(sandbox, `/deployments/${deployment}/alerts/`)).status).toBe(200);
  const unknown = 'f'.repeat(24);
  for (const path of ['/nothing', '/deployments/', '/audit_events/', '/recipes/', '/teams/', '/clusters/']) {
    const answer = await get(sandbox, path === '/nothing' ? path : path + unknown);
    expect(answer.status, path).toBe(404);
    expect(await answer.json(), path).toEqual({ errors: 'not_found' });
  }
  expect((await get(sandbox, `/deployments/${deployment}/backups/${unknown}`)).status).toBe(404);
  expect((await get(sandbox, `/deployments/${deployment}/logfiles/${unknown}`)).status).toBe(404);
});

test('doubled slashes are tolerated, and neither faults nor statistics see them', async () => {
  const sandbox = await start({ faults: [{ path: '/clusters', kind: 'status', status: 503 }] });
  const [deployment] = sandbox.deploymentIds;
  expect((await get(sandbox, `//deployments//${deployment}/alerts`)).status).toBe(200);
  expect((await get(sandbox, '//clusters//')).status).toBe(503);
  expect(sandbox.stats().byPath).toEqual({ [`/deployments/${deployment}/alerts`]: 1, '/clusters': 1 });
});

test('a whitelist shows addresses with their masks, a log file alone where to download it', async () => {
  const sandbox = await start();
  const [deployment] = sandbox.deploymentIds;
  const whitelist = await rows(sandbox, `/deployments/${deployment}/whitelist`, 'whitelist');
  expect(whitelist[0]).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{24}$/),
    ip: '198.51.100.1/32',
    description: 'office',
  });
  const [logfile] = await rows(sandbox, `/deployments/${deployment}/logfiles`, 'logfiles');
  expect(logfile).not.toHaveProperty('download_link');
  const alone = await get(sandbox, `/deployments/${deployment}/logfiles/${String(logfile?.['id'])}`);
  expect(await alone.json()).toEqual({ ...logfile, download_link: expect.stringMatching(/^https:/) });
});

test('the API can forget its cursors in the middle of a walk', async () => {
  const faults = [{ path: '/audit_events', kind: 'forget-cursors', after: 3, times: 1 }] as const;
  const sandbox = await start({ auditEvents: 100, oldCursors: 'empty', faults });
  const walked = await walk(sandbox, 10);
  expect(walked.length).toBe(30);
  expect((await walk(sandbox, 10)).length).toBe(100);
});

test('one thing can be refused with a 401 that is not about the token, while the accounts answer', async () => {
  const sandbox = await start();
  const [first = '', second = ''] = sandbox.deploymentIds;
  const refused = { kind: 'status', status: 401, body: { errors: 'unauthorized' } } as const;
  sandbox.setFaults([
    { path: `/deployments/${first}/recipes`, ...refused },
    { path: '/clusters', ...refused },
    { path: '/audit_events/*', ...refused },
    { path: '/teams', kind: 'status', status: 401 },
  ]);
  const [event] = await rows(sandbox, '/audit_events?limit=1', 'audit_events');
  for (const path of [`/deployments/${first}/recipes`, '/clusters', `/audit_events/${String(event?.['id'])}`]) {
    const answer = await get(sandbox, path);
    expect(answer.status, path).toBe(401);
    expect(await answer.json(), path).toEqual({ errors: 'unauthorized' });
  }
  expect(await (await get(sandbox, '/teams')).json()).toEqual({ errors: 'invalid_token' });
  expect((await get(sandbox, `/deployments/${second}/recipes`)).status).toBe(200);
  expect((await get(sandbox, '/accounts')).status).toBe(200);
});

test('new events come on top, dated after the newest and not in the future', async () => {
  const sandbox = await start({ auditEvents: 10 });
  const before = await walk(sandbox, 100);
  sandbox.addEvents(7);
  const after = await walk(sandbox, 3);
  expect(after.slice(7)).toEqual(before);
  const newest = Date.parse(String(before[0]?.['created_at']));
  for (const event of after.slice(0, 7)) {
    const time = Date.parse(String(event['created_at']));
    expect(time).toBeGreaterThan(newest);
    expect(time).toBeLessThanOrEqual(Date.now());
  }
  expect(sandbox.counts().audit_events).toBe(17);
});

test('a touched recipe and an added one are the newest, and have the keys they are said to have', async () => {
  const sandbox = await start();
  const [first = '', second = ''] = sandbox.deploymentIds;
  const updates = async (): Promise<number[]> => {
    const text = await (await get(sandbox, `/deployments/${first}/recipes`)).text();
    return [...text.matchAll(/"updated_at":"([^"]+)"/g)].map((match) => Date.parse(match[1] ?? ''));
  };
  const newest = Math.max(...(await updates()));
  for (const change of [sandbox.touchRecipe(), sandbox.touchRecipe(), sandbox.addRecipe()]) {
    expect(change.deploymentId).toBe(first);
    expect(Date.parse(change.updatedAt)).toBeGreaterThan(newest);
    expect(await (await get(sandbox, `/recipes/${change.id}`)).json()).toMatchObject({ updated_at: change.updatedAt });
  }
  expect((await updates()).filter((time) => time > newest).length).toBe(3);
  expect(sandbox.addRecipe(second).deploymentId).toBe(second);
  expect(sandbox.counts().deployments_recipes).toBe(5 * 12 + 2);
  expect(() => sandbox.touchRecipe('nonsense')).toThrow('there is no deployment nonsense');
});

test('the log and the statistics tell what was asked', async () => {
  const sandbox = await start();
  await (await get(sandbox, '/audit_events?limit=10&newer_than=2020-01-01T00:00:00Z')).text();
  await (await get(sandbox, '/teams/')).text();
  await (await get(sandbox, '/teams', 'wrong')).text();
  const query = { limit: '10', newer_than: '2020-01-01T00:00:00Z' };
  expect(sandbox.requests[0]).toMatchObject({ method: 'GET', path: '/audit_events', query, authorization: true });
  expect(sandbox.stats()).toMatchObject({ requests: 3, byPath: { '/audit_events': 1, '/teams': 2 }, maxInFlight: 1 });
  await expect.poll(() => sandbox.stats(), PATIENT).toMatchObject({ inFlight: 0, byStatus: { 200: 2, 401: 1 } });
});

test('close ends requests that hang', async () => {
  const sandbox = await startSandbox({ faults: [{ path: '**', kind: 'hang' }], latencyMs: 1 });
  const hanging = expect(get(sandbox, '/teams')).rejects.toThrow();
  await expect.poll(() => sandbox.stats().inFlight, PATIENT).toBe(1);
  await sandbox.close();
  await hanging;
});
