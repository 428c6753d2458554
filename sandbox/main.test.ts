import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

/** Polling is for what must come, however slow the machine. */
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

test('for programs it prints one line, and ends well on SIGTERM even when a request hangs', async () => {
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

test('for people it prints what to paste, and ends with its parent', async () => {
  start('--exit-with-stdin', '--audit-events', '3');
  const ended = once(child, 'exit');
  const printed = await firstOutput();
  expect(printed).toContain('audit_events 3,');
  expect(printed).toMatch(
    /printf '%s\\n' '\{"platform":\{"name":"compose","api_token":"\w{64}","base_url":"http:[^']+\/2016-07"\}\}' > secrets\/config\.json/,
  );
  expect(printed).toContain(' read --config secrets/config.json --streams all\n');
  child.stdin.end();
  expect(await ended).toEqual([0, null]);
});

test('IBM Cloud is played if it is named, with a config to paste', async () => {
  start('--platform', 'ibm_cloud', '--json');
  const { baseUrl, apiKey, config, deploymentIds } = JSON.parse(await firstOutput()) as Record<string, string>;
  expect(config).toEqual({
    platform: {
      name: 'ibm_cloud',
      api_key: apiKey,
      logs_instances: [expect.stringMatching(/^crn:v1:bluemix:public:logs:/)],
      endpoints: expect.objectContaining({ iam: `${baseUrl}/iam`, databases: `${baseUrl}/databases/{region}/v5/ibm` }),
    },
  });
  expect(deploymentIds?.length).toBe(13);
  child.kill('SIGKILL');
  start('--platform', 'ibm_cloud', '--now', '2026-11-24T12:00:00Z', '--deployments', '1');
  const printed = await firstOutput();
  expect(printed).toContain('deployments_replicas 1,');
  expect(printed).toMatch(
    /printf '%s\\n' '\{"platform":\{"name":"ibm_cloud","api_key":"[\w-]{44}","logs_instances":\["crn:[^']+"\],"endpoints":\{"iam":"http:[^']+\}\}\}' > secrets\/config\.json/,
  );
  expect(printed).toContain(' read --config secrets/config.json --streams all\n');
});

test('a port that is taken is told with what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  start('--port', String((other.address() as AddressInfo).port));
  const [problem, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  other.close();
  expect(problem).toMatch(/^sandbox: .+ in use .+; give another --port, or none for a free one\n$/);
  expect(code).toBe(1);
});

test('an unknown flag is one line on stderr and exit code 2', async () => {
  start('--frobnicate');
  const [problem, printed, [code]] = await Promise.all([text(child.stderr), text(child.stdout), once(child, 'exit')]);
  expect(problem).toBe("sandbox: Unknown option '--frobnicate'; --help lists them all\n");
  expect([printed, code]).toEqual(['', 2]);
});
