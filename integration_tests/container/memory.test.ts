import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { catalogOf, judge, keysRead } from '../workspace.ts';
import { HARDENED, runImage } from './docker.ts';
import { MountedFiles } from './mounted-files.ts';

let sandbox: Sandbox;
let files: MountedFiles;
beforeAll(async () => {
  sandbox = await startSandbox({ auditEvents: 40_000 });
  files = new MountedFiles();
});
afterAll(async () => {
  files.remove();
  await sandbox.close();
});

// 64 MB is what Docker leaves a page cache, a heap of 39 MB and node's own code: tight, and enough.
it.each(['64m', '256m'])('a read of 40,000 events arrives whole and in order within %s of memory', async (limit) => {
  const config = { api_token: sandbox.token, base_url: sandbox.baseUrl, page_size: 100, num_workers: 32 };
  const catalog = catalogOf('full_refresh', ['audit_events']);
  const finished = await runImage(
    [...HARDENED, '--memory', limit, '--memory-swap', limit, ...files.mount('/data')],
    [
      ...['read', '--config', `/data/${files.add('config.json', config)}`],
      ...['--catalog', `/data/${files.add('catalog.json', catalog)}`],
    ],
  );
  const result = judge(finished, catalog, undefined);
  expect(result.exitCode).toBe(0);
  expect(result.violations).toEqual([]);
  expect(keysRead(result, 'audit_events')).toEqual([...sandbox.keys('audit_events')]);
});
