import { afterEach, expect, test } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from './server.ts';

/** The maximum wait when polling, long enough for slow machines. */
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

const get = ({ baseUrl, token }: Sandbox, path: string, shown = token): Promise<Response> =>
  fetch(baseUrl + path, { headers: { authorization: `Bearer ${shown}` } });

test('sandboxes with the same seed return the same bodies, and another seed changes the bodies', async () => {
  const sandboxes = [await start(), await start(), await start({ seed: 2 })];
  for (const path of ['/deployments', '/audit_events?limit=30', '/billables']) {
    const [first, same, other] = await Promise.all(sandboxes.map(async (one) => (await get(one, path)).text()));
    expect(same, path).toBe(first);
    expect(other, path).not.toBe(first);
  }
  expect(sandboxes[1]?.token).toBe(sandboxes[0]?.token);
  expect(sandboxes[2]?.token).not.toBe(sandboxes[0]?.token);
});

test('every path rejects a missing or wrong token with a 401 before any fault applies', async () => {
  const sandbox = await start({ faults: [{ path: '**', kind: 'status', status: 500 }] });
  for (const answer of [
    await get(sandbox, '/accounts', 'wrong'),
    await get(sandbox, '/nothing-here', 'wrong'),
    await fetch(`${sandbox.baseUrl}/accounts`),
  ]) {
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ errors: 'invalid_token' });
  }
});

test('extra slashes are tolerated, unknown paths and ids return 404, and every response is HAL', async () => {
  const sandbox = await start();
  const [deployment] = sandbox.deploymentIds;
  expect((await get(sandbox, '/accounts/')).headers.get('content-type')).toBe('application/hal+json; charset=utf-8');
  expect((await get(sandbox, `//deployments//${deployment}/alerts/`)).status).toBe(200);
  expect(sandbox.stats().byPath).toEqual({ '/accounts': 1, [`/deployments/${deployment}/alerts`]: 1 });
  for (const path of ['/nothing', `/deployments/${'f'.repeat(24)}`]) {
    const answer = await get(sandbox, path);
    expect(answer.status, path).toBe(404);
    expect(await answer.json(), path).toEqual({ errors: 'not_found' });
  }
});

test('the request log and the statistics show the requests', async () => {
  const sandbox = await start();
  await (await get(sandbox, '/audit_events?limit=10&newer_than=2020-01-01T00:00:00Z')).text();
  await (await get(sandbox, '/teams/')).text();
  await (await get(sandbox, '/teams', 'wrong')).text();
  const query = { limit: '10', newer_than: '2020-01-01T00:00:00Z' };
  expect(sandbox.requests[0]).toMatchObject({ method: 'GET', path: '/audit_events', query, authorization: true });
  expect(sandbox.stats()).toMatchObject({ requests: 3, byPath: { '/audit_events': 1, '/teams': 2 }, maxInFlight: 1 });
  await expect.poll(() => sandbox.stats(), PATIENT).toMatchObject({ inFlight: 0, byStatus: { 200: 2, 401: 1 } });
});
