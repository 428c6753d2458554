import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { catalogOf } from '../../test-support/catalogs.ts';
import type { Finished } from '../../test-support/processes.ts';
import { keysRead } from '../../test-support/transcript.ts';
import { type ReadResult, judge } from '../reads.ts';
import { HARDENED, IMAGE, MountedFiles, docker, dockerOutput } from './docker.ts';

const catalog = catalogOf('incremental', ['audit_events', 'deployments_recipes', 'accounts']);
const SIGTERMED = 143;

let sandbox: Sandbox;
let files: MountedFiles;
const containers: string[] = [];

beforeAll(() => {
  files = new MountedFiles();
});
afterAll(() => files.remove());
beforeEach(async () => {
  sandbox = await startSandbox({ auditEvents: 3_000 });
});
afterEach(async () => {
  await docker(['rm', '--force', ...containers.splice(0)]);
  await sandbox.close();
});

/** Starts a background read that hangs after 20 pages of audit events. */
async function startStuckRead(): Promise<string> {
  sandbox.setFaults([{ path: '/audit_events', kind: 'hang', after: 20 }]);
  const id = await startRead();
  await pagesServed(21);
  return id;
}

async function startRead(
  states: readonly object[] = [],
  options: object = { request_timeout_seconds: 600 },
): Promise<string> {
  const config = { api_token: sandbox.token, base_url: sandbox.baseUrl, page_size: 100, ...options };
  const id = await dockerOutput([
    ...['run', '--detach', ...HARDENED, ...files.mount('/data'), IMAGE],
    ...['read', '--config', `/data/${files.add('config.json', config)}`],
    ...['--catalog', `/data/${files.add('catalog.json', catalog)}`],
    ...['--state', `/data/${files.add('state.json', states)}`],
  ]);
  containers.push(id);
  return id;
}

/** Waits until the read has requested this many pages of audit events. */
async function pagesServed(pages: number): Promise<void> {
  const asked = (): number | undefined => sandbox.stats().byPath['/audit_events'];
  await vi.waitFor(() => expect(asked()).toBeGreaterThanOrEqual(pages), { timeout: 60_000, interval: 20 });
}

/** Waits until the container has exited, and checks its output. */
async function resultOf(id: string, signal?: NodeJS.Signals): Promise<ReadResult> {
  const exitCode = Number(await dockerOutput(['wait', id]));
  const printed = await docker(['logs', id]);
  // Docker reports the signal only in the exit code, which is 128 plus the signal's number.
  const finished: Finished = { ...printed, exitCode };
  return judge(finished, catalog, signal);
}

const missing = (...results: ReadResult[]): string[] => {
  const seen = new Set(results.flatMap((result) => keysRead(result, 'audit_events')));
  return [...sandbox.keys('audit_events')].filter((key) => !seen.has(key));
};

describe('docker stop during a hanging request', () => {
  it('docker stop makes the read exit with 143 before Docker kills it, and the next read resumes from the last states', async () => {
    const id = await startStuckRead();
    await dockerOutput(['stop', '--time', '10', id]);
    const stopped = await resultOf(id, 'SIGTERM');
    expect(stopped.exitCode).toBe(SIGTERMED);
    expect(stopped.violations).toEqual([]);
    expect(keysRead(stopped, 'audit_events')).toHaveLength(2_000);

    sandbox.setFaults([]);
    const rest = await resultOf(await startRead(stopped.states));
    expect(rest.violations).toEqual([]);
    expect(rest.exitCode).toBe(0);
    expect(missing(stopped, rest)).toEqual([]);
    // A checkpoint followed the last page, so the two reads overlap by less than a page.
    expect(keysRead(rest, 'audit_events').length).toBeLessThan(1_100);
  });
});
