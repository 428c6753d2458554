import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type DemoApi, type DemoPlatform, composeDemo, ibmCloudDemo } from './demo-platforms.ts';
import { runDemo } from './demo-run.ts';

const SMALL = { deployments: 2, recipes: 3, auditEvents: 30 };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function demo(platform: DemoPlatform, signal = new AbortController().signal) {
  const lines: string[] = [];
  const platforms = [platform];
  const good = await runDemo({ program: 'as it is', folder, platforms, signal, print: (text) => lines.push(text) });
  return { good, text: lines.join('\n') };
}

test('shows all four commands, a row for each stream, and a second read that continues from the state', async () => {
  const { good, text } = await demo(composeDemo(SMALL));
  expect(text).toContain('SUCCEEDED');
  expect(text).toMatch(/^ {2}audit_events +30 +[\d.]+ kB +\d+\.\d\d$/m);
  expect(text).toMatch(/^ {2}teams +\d+ /m);
  expect(text).toContain('All 16 counts match what the API holds');
  expect(text).toMatch(/All 5 new events came\. \d+ records that were known came again/);
  expect(good).toBe(true);
  expect(await readFile(join(folder, 'compose', 'read.jsonl'), 'utf8')).toContain('"type":"RECORD"');
});

test('shows IBM Cloud a day later: what is new, what has ended, and what only the destination still has', async () => {
  const { good, text } = await demo(ibmCloudDemo({ deployments: 3, gen2Deployments: 2 }));
  expect(text).toContain('SUCCEEDED');
  expect(text).toMatch(/^ {2}deployments_recovery_windows +\d+ +[\d.]+ k?B +\d+\.\d\d$/m);
  expect(text).toContain('All 18 counts match what the API holds');
  expect(text).toMatch(/All \d+ backups and tasks that are new or have ended came\./);
  expect(text).toMatch(/IBM has deleted [1-9]\d* others meanwhile\./);
  expect(good).toBe(true);
  const lines = (await readFile(join(folder, 'ibm-cloud', 'read.jsonl'), 'utf8')).split('\n');
  expect(lines.filter((line) => line.includes('"level":"WARN"'))).toEqual([]);
});

test('keeps the token from other users of the machine', async () => {
  await demo(composeDemo(SMALL));
  expect((await stat(join(folder, 'compose', 'config.json'))).mode & 0o777).toBe(0o600);
});

test('says which count differs, and fails', async () => {
  const empty = { kind: 'status', path: '/teams', status: 200, body: { _embedded: { teams: [] } } } as const;
  const { good, text } = await demo(composeDemo({ ...SMALL, faults: [empty] }));
  expect(text).toMatch(/teams: 0 records were read, but the API holds \d+\./);
  expect(good).toBe(false);
});

test('stops with the check when that fails', async () => {
  const { good, text } = await demo(
    composeDemo({ ...SMALL, faults: [{ kind: 'status', path: '/accounts', status: 401 }] }),
  );
  expect(text).toContain('FAILED: The Compose API');
  expect(text).toContain('The check failed, so nothing was read.');
  expect(good).toBe(false);
});

test('throws when the read fails, naming the file that says why', async () => {
  const demoWithout = demo(composeDemo({ ...SMALL, faults: [{ kind: 'status', path: '/teams', status: 403 }] }));
  await expect(demoWithout).rejects.toThrow(/read exited with 1: .*read\.jsonl/);
});

test('ends at once when it is stopped, and runs nothing more', async () => {
  const stop = new AbortController();
  const platform = composeDemo({ ...SMALL, faults: [{ kind: 'hang', path: '**' }] });
  let api: DemoApi | undefined;
  const stopped = demo({ ...platform, start: async () => (api = await platform.start()) }, stop.signal);
  // Its first request is never answered: the demo would wait for it longer than a test may take.
  const ends = expect(stopped).rejects.toThrow('aborted');
  await vi.waitUntil(() => (api?.requests() ?? 0) > 0, { timeout: 60_000 });
  stop.abort();
  await ends;
  expect(api?.requests()).toBe(1);
});
