import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { type IbmCloudSandbox, type Sandbox, startSandbox } from '../../sandbox/server.ts';
import spec from '../../spec.json' with { type: 'json' };
import { catalogOf, configure } from '../../test-support/catalogs.ts';
import { composeConfig } from '../../test-support/configs.ts';
import type { ProgramName } from '../../test-support/connector.ts';
import { type Finished, type ProcessOptions, type Running, run as runProcess } from '../../test-support/processes.ts';
import { firstOf, keysRead, messagesOf } from '../../test-support/transcript.ts';
import { Workspace } from '../../test-support/workspace.ts';
import { judge } from '../reads.ts';
import type { Catalog } from '../singer/catalogs.ts';
import { linesOf } from '../singer/transcript.ts';
import { onPath } from './bare-machine.ts';
import { INSTALL_METHODS, type Installation, executableOf, startInstalled } from './methods.ts';

const EVENTS = 1_000;
const PAGE_SIZE = 100;
/** The number of pages of audit events before a request hangs. */
const PAGES = 4;
const SIGTERMED = 143;

/** A sandbox's platform, config and record counts. */
interface Api {
  platform: string;
  config: object;
  counts: Readonly<Record<string, number>>;
}

let compose: Sandbox;
let ibmCloud: IbmCloudSandbox;
let files: Workspace;
let apis: Api[];

beforeAll(async () => {
  files = new Workspace('install').openToAll();
  compose = await startSandbox({ auditEvents: EVENTS, deployments: 4 });
  ibmCloud = await startSandbox({ platform: 'ibm_cloud', deployments: 4, gen2Deployments: 2, backupDays: 2 });
  // Omit audit events, which other tests read. The API allows only ten queries a minute, so the test of each installation method would have
  // to wait.
  const { logs_instances: _logs, ...platform } = ibmCloud.config['platform'] as Record<string, unknown>;
  apis = [
    { platform: 'compose', config: composeConfigNow(), counts: compose.counts() },
    { platform: 'ibm_cloud', config: { platform }, counts: ibmCloud.counts() },
  ];
});
afterAll(async () => {
  await compose.close();
  await ibmCloud.close();
  files.remove();
});

function composeConfigNow(): Record<string, unknown> {
  return composeConfig({ api_token: compose.token, base_url: compose.baseUrl, page_size: PAGE_SIZE });
}

/** The sandbox's row counts for these streams. */
function countsOf({ counts }: Api, streams: readonly string[]): Record<string, number> {
  return Object.fromEntries(streams.map((name) => [name, counts[name] ?? NaN]));
}

function tally(names: readonly string[], streams: readonly string[]): Record<string, number> {
  return Object.fromEntries(streams.map((stream) => [stream, names.filter((name) => name === stream).length]));
}

describe.each(INSTALL_METHODS)('$name', (method) => {
  let folder: Workspace;
  let installation: Installation;
  beforeAll(async () => {
    folder = new Workspace('install-method');
    installation = await method.install(inject('artifacts'), folder.folder);
  });
  afterAll(() => folder.remove());

  const begin = (program: ProgramName, args: readonly string[], options?: ProcessOptions): Running =>
    startInstalled(installation, program, args, files, options);
  const run = (program: ProgramName, args: readonly string[], options?: ProcessOptions): Promise<Finished> =>
    begin(program, args, options).finished;
  const config = (content: object): string[] => ['--config', files.file('config.json', content)];

  it('spec prints the specification of this release, and both programs print their version', async () => {
    const { exitCode, stdout, stderr } = await run('source-compose', ['spec']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(firstOf(messagesOf(stdout), 'SPEC').spec).toEqual(spec);
    expect((await run('source-compose', ['--version'])).stdout).toBe(`${manifest.version}\n`);
    expect((await run('tap-compose', ['--version'])).stdout).toBe(`tap-compose ${manifest.version}\n`);
  });

  it('check succeeds with the right token, and fails with a wrong token', async () => {
    for (const api of apis) {
      const { exitCode, stdout } = await run('source-compose', ['check', ...config(api.config)]);
      expect(exitCode).toBe(0);
      expect(firstOf(messagesOf(stdout), 'CONNECTION_STATUS').connectionStatus.status).toBe('SUCCEEDED');
    }
    const wrong = composeConfig({ api_token: 'wrong', base_url: compose.baseUrl });
    const { stdout } = await run('source-compose', ['check', ...config(wrong)]);
    expect(firstOf(messagesOf(stdout), 'CONNECTION_STATUS').connectionStatus.status).toBe('FAILED');
  });

  it('a read of all streams emits all records', async () => {
    for (const api of apis) {
      const discovered = await run('source-compose', ['discover', ...config(api.config)]);
      const { streams } = firstOf(messagesOf(discovered.stdout), 'CATALOG').catalog;
      const catalog = configure(streams, 'full_refresh');
      const args = [...config(api.config), '--catalog', files.file('catalog.json', catalog)];
      const read = judge(await run('source-compose', ['read', ...args]), catalog);
      expect(read.violations).toEqual([]);
      expect(read.exitCode).toBe(0);
      const names = streams.map(({ name }) => name);
      const found = Object.fromEntries(names.map((name) => [name, read.records.get(name)?.length ?? 0]));
      expect(found).toEqual(countsOf(api, names));
    }
  });

  it('the tap emits the same number of records', async () => {
    for (const api of apis) {
      const discovered = await run('tap-compose', [...config(api.config), '--discover']);
      const streams = (JSON.parse(discovered.stdout) as Catalog).streams.map(({ stream }) => stream);
      const { exitCode, stdout } = await run('tap-compose', config(api.config));
      expect(exitCode).toBe(0);
      const messages = linesOf(stdout).lines.flatMap(({ message }) => (message?.type === 'RECORD' ? [message] : []));
      const names = messages.map(({ stream }) => stream);
      expect(tally(names, streams)).toEqual(countsOf(api, streams));
    }
  });

  it('the shell receives the exit codes of both programs', async () => {
    const missing = ['--config', '/none'];
    expect(await run('source-compose', [])).toMatchObject({ exitCode: 1 });
    expect(await run('source-compose', ['--nonsense'])).toMatchObject({ exitCode: 2, stdout: '' });
    expect(await run('source-compose', ['discover', ...missing])).toMatchObject({ exitCode: 1 });
    expect(await run('tap-compose', ['--nonsense'])).toMatchObject({ exitCode: 2, stdout: '' });
    expect(await run('tap-compose', missing)).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it('the programs receive stdin', async () => {
    const { command, path } = installation;
    // Redirect stdin in a shell, because Node.js gives child processes a socket, which they can't open as /dev/stdin.
    const call = command('source-compose', ['check', '--config', '/dev/stdin'], files.folder);
    const feed = ['-c', 'f=$1; shift; PATH=$0 exec "$@" <"$f"', path, files.file('config.json', composeConfigNow())];
    const { stdout } = await runProcess(onPath('sh'), [...feed, ...call], { env: { HOME: files.folder } });
    expect(firstOf(messagesOf(stdout), 'CONNECTION_STATUS').connectionStatus.status).toBe('SUCCEEDED');
  });

  if (method.swallowsSignals === true) return;

  describe('SIGTERM', () => {
    const asked = (): number => compose.stats().byPath['/audit_events'] ?? 0;

    /** Starts a program, waits until it hangs, and stops it with SIGTERM. */
    async function stopped(program: ProgramName, args: readonly string[]): Promise<Finished> {
      compose.setFaults([{ path: '/audit_events', kind: 'hang', after: PAGES }]);
      const before = asked();
      const running = begin(program, args);
      try {
        await vi.waitFor(() => expect(asked() - before).toBe(PAGES + 1), { timeout: 60_000, interval: 20 });
        // The spawned process itself must become node, without a wrapper process in between.
        if (installation.node !== undefined) expect(executableOf(running)).toBe(installation.node);
        running.child.kill('SIGTERM');
        return await running.finished;
      } finally {
        compose.setFaults([]);
        running.child.kill('SIGTERM');
      }
    }

    const patient = (): string[] => config({ ...composeConfigNow(), request_timeout_seconds: 600 });

    it('SIGTERM ends a hanging read after its last states, and the next read resumes from these states', async () => {
      const catalog = catalogOf('incremental', ['audit_events', 'accounts']);
      const args = ['read', ...patient(), '--catalog', files.file('catalog.json', catalog)];
      const end = await stopped('source-compose', args);
      expect(end.signal ?? end.exitCode).toBe(installation.node === undefined ? SIGTERMED : 'SIGTERM');
      const first = judge(end, catalog, 'SIGTERM');
      expect(first.violations).toEqual([]);
      expect(keysRead(first, 'audit_events')).toHaveLength(PAGES * PAGE_SIZE);

      const state = ['--state', files.file('state.json', first.states)];
      const rest = judge(await run('source-compose', [...args, ...state]), catalog);
      expect(rest.violations).toEqual([]);
      expect(rest.exitCode).toBe(0);
      const seen = new Set([first, rest].flatMap((read) => keysRead(read, 'audit_events')));
      expect([...compose.keys('audit_events')].filter((key) => !seen.has(key))).toEqual([]);
      // The read resumes instead of starting over, so the two reads overlap by less than a page.
      expect(keysRead(rest, 'audit_events').length).toBeLessThan(EVENTS - (PAGES - 1) * PAGE_SIZE);
    });

    it('SIGTERM ends a hanging tap after its last state, and the next sync resumes from that state', async () => {
      const end = await stopped('tap-compose', patient());
      expect(end.signal ?? end.exitCode).toBe(installation.node === undefined ? SIGTERMED : 'SIGTERM');
      const read = ({ stdout }: Finished) => {
        const messages = linesOf(stdout).lines.flatMap(({ message }) => message ?? []);
        const states = messages.flatMap((message) => (message.type === 'STATE' ? [message.value] : []));
        const events = messages.flatMap((message) =>
          message.type === 'RECORD' && message.stream === 'audit_events' ? [String(message.record['id'])] : [],
        );
        return { state: states.at(-1), events };
      };
      const first = read(end);
      expect(first.events).toHaveLength(PAGES * PAGE_SIZE);
      const next = await run('tap-compose', [...patient(), '--state', files.file('state.json', first.state ?? {})]);
      expect(next.exitCode).toBe(0);
      const rest = read(next);
      const seen = new Set([...first.events, ...rest.events]);
      expect([...compose.keys('audit_events')].filter((key) => !seen.has(key))).toEqual([]);
      expect(rest.events.length).toBeLessThan(EVENTS - (PAGES - 1) * PAGE_SIZE);
    });
  });
});
