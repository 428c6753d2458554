import { describe, expect, test } from 'vitest';
import { answer, startServer } from '../../../test-support/unit/http.ts';
import type { Message } from '../../../test-support/transcript.ts';
import { jsonFile, openContext } from '../../../test-support/unit/output.ts';
import { compose } from '../../platforms/compose/compose.ts';
import { runCheck } from './check.ts';

const TOKEN = '0123456789abcdef';
const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(24)) as [string, string, string];
const ACCOUNTS = JSON.stringify({ _embedded: { accounts: [{ id: '1' }] } });
const DEPLOYMENTS = JSON.stringify({ _embedded: { deployments: [{ id: A }, { id: B }, null] } });

type Answer = [status: number, body: string, headers?: Record<string, string>];

async function check(accounts: Answer, options: object = {}, deployments: Answer = [200, DEPLOYMENTS]) {
  const server = await startServer((request, response) => {
    answer(response, ...(request.url === '/2016-07/accounts' ? accounts : deployments));
  });
  const { context, messages } = openContext();
  const config = jsonFile({ api_token: TOKEN, base_url: `${server.origin}/2016-07`, ...options });
  const code = await runCheck(context, config).catch((error: unknown) => error);
  const paths = server.requests.map(({ url }) => url);
  return { code, status: statusOf(messages()), paths, printed: JSON.stringify(messages()), server };
}

function statusOf(messages: Message[]): object | undefined {
  const found = messages.filter((message) => message.type === 'CONNECTION_STATUS');
  expect(found.length).toBeLessThan(2);
  return found[0]?.connectionStatus;
}

describe('a successful check', () => {
  test('requests the accounts with the token', async () => {
    const { code, status, paths, server } = await check([200, ACCOUNTS]);
    expect({ code, status, first: paths[0] }).toEqual({
      code: 0,
      status: { status: 'SUCCEEDED' },
      first: '/2016-07/accounts',
    });
    expect(server.requests[0]?.headers).toMatchObject({ authorization: `Bearer ${TOKEN}` });
  });

  test('requests the deployments if deployment_ids is set', async () => {
    const { code, status, paths } = await check([200, ACCOUNTS], { deployment_ids: [B, A] });
    expect({ code, status }).toEqual({ code: 0, status: { status: 'SUCCEEDED' } });
    expect(paths.slice(0, 2)).toEqual(['/2016-07/accounts', '/2016-07/deployments']);
  });

  test('logs a line for each stream, in the order of the catalog', async () => {
    const server = await startServer(({ url }, response) => {
      const [, name = ''] = /\/(\w+)(?:\?|$)/.exec(url ?? '') ?? [];
      if (name === 'clusters') return answer(response, 403, '{}');
      const list = name === 'databases' ? 'applications' : name === 'versions' ? 'transitions' : name;
      const rows = name === 'deployments' ? [{ id: A }, { id: B }] : name === 'teams' ? [{ id: 't' }] : [];
      answer(response, 200, JSON.stringify({ _embedded: { [list]: rows } }));
    });
    const { context, messages } = openContext();
    await runCheck(context, jsonFile({ api_token: TOKEN, base_url: `${server.origin}/2016-07` }));
    const lines = messages().flatMap((message) => (message.type === 'LOG' ? message.log.message : []));
    const streams = compose.streams.map(({ name }) => name);
    expect(lines.slice(-streams.length).map((line) => line.split(':')[0])).toEqual(streams);
    expect(lines).toContain('teams: readable');
    expect(lines).toContain('deployments_recipes: readable, but the check found no records');
    expect(lines).toContainEqual(expect.stringMatching(/^clusters: not readable: .*clusters.*HTTP 403.*Grant/));
    const ofDeployments = server.requests.filter(({ url }) => url?.includes('/deployments/'));
    expect(ofDeployments.every(({ url }) => url?.includes(A))).toBe(true);
  });
});

describe('a failed check', () => {
  test.each<[name: string, answer: Answer, sentence: RegExp]>([
    ['a 401', [401, '{"errors":"Unauthorized"}'], /rejected the API token \(HTTP 401 \("Unauthorized"\)\)/],
    ['a 403', [403, '{}'], /not authorized to read accounts \(HTTP 403\)/],
    [
      'a 404',
      [404, 'Not found'],
      /^There is no Compose API at http:\/\/127\.0\.0\.1:\d+\/2016-07 \(HTTP 404\)\. Set base_url/,
    ],
    [
      'a redirect',
      [302, '', { location: 'https://example.com/login?x=1' }],
      /redirected the request for accounts .* to https:\/\/example\.com\/login\./,
    ],
    ['an unusual status', [418, '{"errors":"teapot"}'], /HTTP 418 \("teapot"\)/],
    [
      'a response from another API',
      [200, '{"_embedded":{"widgets":[]}}'],
      /an invalid response for accounts: it contains the list widgets/,
    ],
    ['an error with HTTP 200', [200, '{"errors":"closed"}'], /the API reports "closed"/],
  ])('reports FAILED with a message and returns the exit code 0 after %s', async (_, accounts, sentence) => {
    const { code, status } = await check(accounts);
    expect(code).toBe(0);
    expect(status).toEqual({ status: 'FAILED', message: expect.stringMatching(sentence) });
  });

  test('names only the deployment_ids that do not exist', async () => {
    const { code, status } = await check([200, ACCOUNTS], { deployment_ids: [A, C] });
    expect({ code, status }).toEqual({
      code: 0,
      status: {
        status: 'FAILED',
        message: `These deployment_ids were not found with this API token: ${C}. Correct the option deployment_ids.`,
      },
    });
  });

  test('reports an invalid config without sending a request', async () => {
    const { code, status, paths } = await check([200, ACCOUNTS], { page_size: 1 });
    expect(code).toBe(0);
    expect(status).toMatchObject({ status: 'FAILED', message: expect.stringContaining('page_size must be') });
    expect(paths).toEqual([]);
  });

  test('masks the token even if the API repeats the token', async () => {
    const { status, printed } = await check([400, JSON.stringify({ errors: `bad token ${TOKEN}` })]);
    expect(status).toMatchObject({ status: 'FAILED', message: expect.stringContaining('bad token ****') });
    expect(printed).not.toContain(TOKEN);
  });
});

test('a check fails and quotes the API if accounts can be read, but the request for deployments returns a 401', async () => {
  const { code, status } = await check([200, ACCOUNTS], { deployment_ids: [A] }, [401, '{"errors":"gone"}']);
  expect(code).toBe(0);
  expect(status).toEqual({
    status: 'FAILED',
    message: expect.stringContaining(
      'The API rejected the request for deployments with HTTP 401 ("gone"), although it accepts',
    ),
  });
});

test('a 404 for deployments is reported as a problem with the stream if accounts can be read', async () => {
  const { status } = await check([200, ACCOUNTS], { deployment_ids: [A] }, [404, '']);
  expect(status).toMatchObject({ message: expect.stringContaining('could not find deployments (HTTP 404)') });
});

test('an outage causes a transient error within 30 s, and no status is printed', async () => {
  for (const status of [429, 503]) {
    const outage = await check([status, '', { 'retry-after': '60' }]);
    expect(outage.code).toMatchObject({ name: 'ConnectorError', failureType: 'transient_error' });
    expect(outage.status).toBeUndefined();
    expect(outage.paths).toHaveLength(1);
  }
});
