import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { streams } from '../../src/streams/index.ts';
import { catalogOf, countsRead, judge } from '../workspace.ts';
import { HARDENED, runImage } from './docker.ts';
import { MountedFiles } from './mounted-files.ts';

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

/** The messages of one command, which must succeed and keep stderr empty. */
async function messagesOf(options: string[], command: string[]): Promise<Array<Record<string, unknown>>> {
  const { exitCode, stdout, stderr } = await runImage(options, command);
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('as an unknown user, without rights, on a read-only file system', () => {
  it('spec', async () => {
    const spec = JSON.parse(readFileSync('spec.json', 'utf8')) as object;
    expect(await messagesOf(HARDENED, ['spec'])).toEqual([{ type: 'SPEC', spec }]);
  });

  it('check', async () => {
    const messages = await messagesOf(
      [...HARDENED, ...files.mount('/secrets')],
      ['check', '--config', `/secrets/${config}`],
    );
    expect(messages.at(-1)).toEqual({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } });
  });

  it('discover', async () => {
    const messages = await messagesOf(
      [...HARDENED, ...files.mount('/secrets')],
      ['discover', '--config', `/secrets/${config}`],
    );
    const found = messages.at(-1) as { catalog: { streams: Array<{ name: string }> } };
    expect(found.catalog.streams.map(({ name }) => name)).toEqual(streams.map(({ name }) => name));
  });

  it.each(['/secrets', '/data', '/tmp', '/mnt/temp', '/airbyte/tmp', '/source', '/a folder'])(
    'read, with the files in %s',
    async (target) => {
      const finished = await runImage(
        [...HARDENED, ...files.mount(target), '--workdir', target],
        ['read', '--config', `${target}/${config}`, '--catalog', files.add('catalog.json', catalog)],
      );
      const result = judge(finished, catalog, undefined);
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      expect(countsRead(result)).toEqual(sandbox.counts());
    },
  );

  it('says which user may not read a file', async () => {
    const secret = files.add('config.json', '{}', 0o600);
    const messages = await messagesOf(
      [...HARDENED, ...files.mount('/secrets')],
      ['check', '--config', `/secrets/${secret}`],
    );
    expect(messages.at(-1)).toEqual({
      type: 'CONNECTION_STATUS',
      connectionStatus: { status: 'FAILED', message: expect.stringMatching(/permission.*12345/i) as string },
    });
  });
});

describe('as other users', () => {
  it.each([
    ['root', '0:0'],
    ['the image’s own', '1000:1000'],
    ['OpenShift’s', '1000650000:0'],
  ])('%s', async (_, user) => {
    const messages = await messagesOf(
      ['--network', 'host', '--user', user, ...files.mount('/secrets')],
      ['check', '--config', `/secrets/${config}`],
    );
    expect(messages.at(-1)).toEqual({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } });
  });
});
