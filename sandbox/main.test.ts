import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { Workspace } from '../test-support/workspace.ts';

/** The maximum wait when polling, long enough for slow machines. */
const PATIENT = { timeout: 30_000 };

let child: ChildProcessWithoutNullStreams;
afterEach(() => child.kill('SIGKILL'));

const start = (...args: string[]): void => {
  child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('main.ts', import.meta.url)), ...args]);
};

const firstOutput = async (): Promise<string> => {
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return chunk.toString();
};

test('--json prints one line, and SIGTERM ends the sandbox even if a request hangs', async () => {
  start('--json', '--fault', '{"path":"/teams","kind":"hang"}');
  const ended = once(child, 'exit');
  const printed = await firstOutput();
  expect(printed).toMatch(/^\{.*\}\n$/);
  const { baseUrl, token, deploymentIds, pid } = JSON.parse(printed) as Record<string, string>;
  expect([deploymentIds?.length, pid]).toEqual([5, child.pid]);
  const headers = { authorization: `Bearer ${token}` };
  expect((await fetch(`${baseUrl}/accounts`, { headers })).status).toBe(200);
  const hanging = expect(fetch(`${baseUrl}/teams`, { headers })).rejects.toThrow();
  const inFlight = async (): Promise<unknown> =>
    ((await (await fetch(new URL('/_sandbox/stats', baseUrl))).json()) as Record<string, unknown>)['inFlight'];
  await expect.poll(inFlight, PATIENT).toBe(1);
  child.kill('SIGTERM');
  await hanging;
  expect(await ended).toEqual([0, null]);
});

test('without --json, the sandbox prints its config, and exits when its parent exits', async () => {
  start('--exit-with-stdin', '--audit-events', '3');
  const ended = once(child, 'exit');
  const printed = await firstOutput();
  expect(printed).toContain('audit_events 3,');
  expect(printed).toMatch(
    /^Config: \{"platform":\{"name":"compose","api_token":"\w{64}","base_url":"http:[^"]+\/2016-07"\}\}$/m,
  );
  child.stdin.end();
  expect(await ended).toEqual([0, null]);
});

test('--config writes a private file, and replaces only the config of an earlier sandbox', async () => {
  const workspace = new Workspace('sandbox-config');
  const file = join(workspace.folder, 'secrets', 'sandbox.json');
  for (const platform of ['compose', 'ibm_cloud']) {
    start('--platform', platform, '--config', file);
    const printed = await firstOutput();
    expect(printed).toContain(`  node dist/source-compose.js read --config ${file} --streams deployments\n`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ platform: { name: platform } });
    expect([statSync(dirname(file)).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
    child.kill('SIGKILL');
  }
  const real = workspace.put('secrets/config.json', { platform: { name: 'ibm_cloud', api_key: 'real' } });
  start('--config', real);
  const [problem, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(problem).toContain("config.json exists and is not a sandbox's config; specify another file after --config");
  expect(code).toBe(1);
  expect(readFileSync(real, 'utf8')).toContain('"real"');
  workspace.remove();
});

test('a port in use causes an error that says what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  start('--port', String((other.address() as AddressInfo).port));
  const [problem, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  other.close();
  expect(problem).toMatch(/^sandbox: .+ in use .+; specify another --port, or omit it to use a free one\n$/);
  expect(code).toBe(1);
});

test('an unknown flag causes one line on stderr and exit code 2', async () => {
  start('--frobnicate');
  const [problem, printed, [code]] = await Promise.all([text(child.stderr), text(child.stdout), once(child, 'exit')]);
  expect(problem).toBe("sandbox: Unknown option '--frobnicate'; --help lists them all\n");
  expect([printed, code]).toEqual(['', 2]);
});
