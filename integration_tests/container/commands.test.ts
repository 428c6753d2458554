import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { catalogOf } from '../../test-support/catalogs.ts';
import { type Message, keysRead, messagesOf } from '../../test-support/transcript.ts';
import { countsRead, judge } from '../reads.ts';
import { HARDENED, MountedFiles, runImage } from './docker.ts';

let sandbox: Sandbox;
let files: MountedFiles;
let config: string;
const catalog = catalogOf('incremental');

beforeAll(async () => {
  sandbox = await startSandbox();
  files = new MountedFiles();
  config = files.add('config.json', { api_token: sandbox.token, base_url: sandbox.baseUrl });
});
afterAll(async () => {
  files.remove();
  await sandbox.close();
});

/** Runs a command that must succeed without writing to stderr. Returns the printed messages. */
async function printedBy(options: string[], command: string[]): Promise<Message[]> {
  const { exitCode, stdout, stderr } = await runImage(options, command);
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  return messagesOf(stdout);
}

describe('the hardened image', () => {
  it.each(['/secrets', '/tmp', '/airbyte/tmp', '/a folder'])(
    'an unknown user without capabilities can read with input files in %s on a read-only file system',
    async (target) => {
      const finished = await runImage(
        [...HARDENED, ...files.mount(target), '--workdir', target],
        ['read', '--config', `${target}/${config}`, '--catalog', files.add('catalog.json', catalog)],
      );
      const result = judge(finished, catalog);
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      expect(countsRead(result)).toEqual(sandbox.counts());
    },
  );

  it('an error about an unreadable file names the user', async () => {
    const secret = files.add('config.json', '{}', 0o600);
    const messages = await printedBy(
      [...HARDENED, ...files.mount('/secrets')],
      ['check', '--config', `/secrets/${secret}`],
    );
    expect(messages.at(-1)).toEqual({
      type: 'CONNECTION_STATUS',
      connectionStatus: { status: 'FAILED', message: expect.stringMatching(/permission.*12345/i) as string },
    });
  });
});

describe('the users of the image', () => {
  it.each([
    ['root', '0:0'],
    ['the default user', '1000:1000'],
    ["OpenShift's user", '1000650000:0'],
  ])('check succeeds when run as %s', async (_, user) => {
    const messages = await printedBy(
      ['--network', 'host', '--user', user, ...files.mount('/secrets')],
      ['check', '--config', `/secrets/${config}`],
    );
    expect(messages.at(-1)).toEqual({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } });
  });
});

describe('the memory limit', () => {
  // The kernel can reclaim the page cache, so 64 MB is just enough for a heap of 39 MB and node's own code.
  it('a read of 40,000 events is complete and in order with 64 MB of memory', async () => {
    const limit = '64m';
    const large = await startSandbox({ auditEvents: 40_000 });
    try {
      const options = { api_token: large.token, base_url: large.baseUrl, page_size: 100, num_workers: 32 };
      const events = catalogOf('full_refresh', ['audit_events']);
      const finished = await runImage(
        [...HARDENED, '--memory', limit, '--memory-swap', limit, ...files.mount('/data')],
        [
          ...['read', '--config', `/data/${files.add('config.json', options)}`],
          ...['--catalog', `/data/${files.add('catalog.json', events)}`],
        ],
      );
      const result = judge(finished, events);
      expect(result.exitCode).toBe(0);
      expect(result.violations).toEqual([]);
      expect(keysRead(result, 'audit_events')).toEqual([...large.keys('audit_events')]);
    } finally {
      await large.close();
    }
  });
});
