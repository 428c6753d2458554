import { afterEach, expect, test } from 'vitest';
import type { IbmCloudSandbox, IbmCloudSandboxOptions } from '../server.ts';
import { get, startAtNoon, tokenOf } from './client.ts';

const running: IbmCloudSandbox[] = [];
const start = async (options?: Partial<IbmCloudSandboxOptions>): Promise<IbmCloudSandbox> => {
  const sandbox = await startAtNoon(options);
  running.push(sandbox);
  return sandbox;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

const INSTANCES = '/resource-controller/v2/resource_instances';

test('the same seed and time give the same bodies, another seed others', async () => {
  const sandboxes = [await start(), await start(), await start({ seed: 2 })];
  const bodies = await Promise.all(
    sandboxes.map(async (sandbox) => (await get(sandbox, await tokenOf(sandbox), INSTANCES)).text()),
  );
  expect(bodies[1]).toBe(bodies[0]);
  expect(bodies[2]).not.toBe(bodies[0]);
});

test('the log of requests knows the key however it is spelled', async () => {
  const apiKey = 'a key "of" +/=& characters';
  const sandbox = await start({ apiKey });
  const token = await tokenOf(sandbox);
  await get(sandbox, token, `${INSTANCES}?name=${encodeURIComponent(apiKey)}`);
  await get(sandbox, token, `${INSTANCES}?name=another`);
  expect(sandbox.requests.map(({ credential }) => credential)).toEqual([true, true, false]);
});

test('a token is refused when its life is over, and so is the key itself', async () => {
  const sandbox = await start({ tokenLife: 600 });
  const status = async (token: string): Promise<number> => (await get(sandbox, token, INSTANCES)).status;
  const token = await tokenOf(sandbox);
  expect(await status(token)).toBe(200);
  sandbox.passTime(601);
  expect(await status(token)).toBe(401);
  expect(await status(sandbox.apiKey)).toBe(401);
  expect(await status(await tokenOf(sandbox))).toBe(200);
});

test('each service has a quota of its own', async () => {
  const sandbox = await start({ quota: 1, quotaWindowMs: 3_600_000 });
  const token = await tokenOf(sandbox);
  const status = async (path: string): Promise<number> => (await get(sandbox, token, path)).status;
  expect(await status('/iam/v2/roles')).toBe(429);
  for (const path of [INSTANCES, '/databases/us-south/v5/ibm/regions', '/databases/eu-de/v5/ibm/regions']) {
    expect(await status(path), path).toBe(200);
    expect(await status(path), path).toBe(429);
  }
});
