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

test('the demo shows all four commands, a row per stream, and a second read that resumes from the state', async () => {
  const { good, text } = await demo(composeDemo(SMALL));
  expect(text).toContain('SUCCEEDED');
  expect(text).toMatch(/^ {2}audit_events +30 +[\d.]+ kB +\d+\.\d\d$/m);
  expect(text).toMatch(/^ {2}teams +\d+ /m);
  expect(text).toContain('All 16 counts match the sandbox');
  expect(text).toMatch(/All 5 new events were read, and \d+ known records were re-read\./);
  expect(good).toBe(true);
  expect(await readFile(join(folder, 'compose', 'read.jsonl'), 'utf8')).toContain('"type":"RECORD"');
});

test('the demo shows records of IBM Cloud, and the changes a day later', async () => {
  const { good, text } = await demo(ibmCloudDemo({ deployments: 3, gen2Deployments: 2 }));
  expect(text).toContain('SUCCEEDED');
  expect(text).toMatch(/^ {2}deployments_recovery_windows +\d+ +[\d.]+ k?B +\d+\.\d\d$/m);
  expect(text).toContain('All 25 counts match the sandbox');
  expect(text).toMatch(/^ {2}name +type +version +generation +region +state\n( {2}\S+-g[12]-\d .*\n){3}/m);
  expect(text).toMatch(/^ {2}month +resource_instance_name .*\n( {2}\d{4}-\d\d +\S.* USD\n){3}/m);
  expect(text).toMatch(/All \d+ new or finished backups and tasks were read/);
  expect(text).toMatch(/IBM has deleted [1-9]\d* others\. Your destination keeps them\./);
  expect(good).toBe(true);
  const lines = (await readFile(join(folder, 'ibm-cloud', 'read.jsonl'), 'utf8')).split('\n');
  expect(lines.filter((line) => line.includes('"level":"WARN"'))).toEqual([]);
});

test('the demo writes a config that only its owner can read', async () => {
  await demo(composeDemo(SMALL));
  expect((await stat(join(folder, 'compose', 'config.json'))).mode & 0o777).toBe(0o600);
});

test('the demo fails and names the stream if a count differs', async () => {
  const empty = { kind: 'status', path: '/teams', status: 200, body: { _embedded: { teams: [] } } } as const;
  const { good, text } = await demo(composeDemo({ ...SMALL, faults: [empty] }));
  expect(text).toMatch(/teams: 0 records were read, but the sandbox has \d+\./);
  expect(good).toBe(false);
});

test('the demo stops if the check fails', async () => {
  const { good, text } = await demo(
    composeDemo({ ...SMALL, faults: [{ kind: 'status', path: '/accounts', status: 401 }] }),
  );
  expect(text).toContain('FAILED: The Compose API');
  expect(text).toContain('The check failed, so nothing was read.');
  expect(good).toBe(false);
});

test('the demo throws if the read fails, and names the file that contains the reason', async () => {
  const demoWithout = demo(composeDemo({ ...SMALL, faults: [{ kind: 'status', path: '/teams', status: 403 }] }));
  await expect(demoWithout).rejects.toThrow(/read exited with 1: .*read\.jsonl/);
});

test('the demo ends immediately when it is stopped', async () => {
  const stop = new AbortController();
  const platform = composeDemo({ ...SMALL, faults: [{ kind: 'hang', path: '**' }] });
  let api: DemoApi | undefined;
  const stopped = demo({ ...platform, start: async () => (api = await platform.start()) }, stop.signal);
  // The first request never gets a response, so only the signal can end the demo within the test's time limit.
  const ends = expect(stopped).rejects.toThrow('aborted');
  await vi.waitUntil(() => (api?.requests() ?? 0) > 0, { timeout: 60_000 });
  stop.abort();
  await ends;
  expect(api?.requests()).toBe(1);
});
