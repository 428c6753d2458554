import { describe, expect, it } from 'vitest';
import type { Fault } from '../sandbox/server.ts';
import { runConnector } from '../test-support/connector.ts';
import type { Finished } from '../test-support/processes.ts';
import { type ErrorTrace, contentsOf, messagesOf } from '../test-support/transcript.ts';
import { Workspace } from '../test-support/workspace.ts';
import { sandboxed } from './reads.ts';

interface Answer extends Finished {
  status: { status: string; message?: string } | undefined;
  error: ErrorTrace | undefined;
}

async function check(workspace: Workspace, config: object): Promise<Answer> {
  const finished = await runConnector(['check', '--config', workspace.file('config.json', config)]);
  expect(finished.stderr).toBe('');
  const messages = messagesOf(finished.stdout);
  const statuses = messages.flatMap((message) =>
    message.type === 'CONNECTION_STATUS' ? message.connectionStatus : [],
  );
  const { errors } = contentsOf(messages);
  // Exactly one of the two: clients take the first.
  expect(statuses.length + errors.length).toBe(1);
  return { ...finished, status: statuses[0], error: errors[0] };
}

describe.concurrent('check', () => {
  it('says yes after one request, and after two where deployment ids are given', async () => {
    await sandboxed({}, async ({ sandbox, workspace }) => {
      const config = { api_token: sandbox.token, base_url: `${sandbox.baseUrl}/` };
      expect(await check(workspace, config)).toMatchObject({ exitCode: 0, status: { status: 'SUCCEEDED' } });
      expect(sandbox.stats().requests).toBe(1);
      const answer = await check(workspace, { ...config, deployment_ids: sandbox.deploymentIds });
      expect(answer.status).toEqual({ status: 'SUCCEEDED' });
      expect(sandbox.stats().requests).toBe(3);
    });
  });

  it('names the deployment ids that do not exist', async () => {
    await sandboxed({}, async ({ sandbox, workspace }) => {
      const unknown = ['a'.repeat(24), 'b'.repeat(24)];
      const ids = [...unknown, ...sandbox.deploymentIds];
      const answer = await check(workspace, {
        api_token: sandbox.token,
        base_url: sandbox.baseUrl,
        deployment_ids: ids,
      });
      expect(answer.exitCode).toBe(0);
      expect(answer.status).toEqual({
        status: 'FAILED',
        message: `These deployment ids do not exist for this API token: ${unknown.join(', ')}. Correct deployment_ids.`,
      });
    });
  });

  const definite: Array<[string, Fault, RegExp]> = [
    ['a refused token', { path: '**', kind: 'status', status: 401 }, /does not accept the API token \(HTTP 401\)/],
    [
      'a token without the right',
      { path: '**', kind: 'status', status: 403 },
      /no right to read accounts \(HTTP 403\)/,
    ],
    [
      'an address without the API',
      { path: '**', kind: 'status', status: 404 },
      /There is no Compose API at .* \(HTTP 404\)/,
    ],
    ['a redirect', { path: '**', kind: 'redirect' }, /redirected .* Set base_url to the final address/],
    [
      'an address that speaks something else',
      { path: '**', kind: 'envelope', shape: 'body-list' },
      /not one of its reports/,
    ],
  ];
  it.each(definite)('says no to %s', async (_, fault, sentence) => {
    await sandboxed({ faults: [fault] }, async ({ sandbox, workspace }) => {
      const answer = await check(workspace, { api_token: sandbox.token, base_url: sandbox.baseUrl });
      expect(answer).toMatchObject({ exitCode: 0, status: { status: 'FAILED' } });
      expect(answer.status?.message).toMatch(sentence);
      expect(sandbox.stats().requests).toBe(1);
    });
  });

  const nobody: Array<[string, string, RegExp]> = [
    [
      'a port at which nobody listens',
      'http://127.0.0.1:9/2016-07',
      /Nothing answers at 127\.0\.0\.1:9 \(ECONNREFUSED\)/,
    ],
    ['a host that does not exist', 'https://no-such-host.invalid/2016-07', /The host no-such-host\.invalid is unknown/],
    ["the vendor's own host, which is gone", 'https://api.compose.io/2016-07', /Compose closed on 1 March 2023/],
  ];
  it.each(nobody)('says no at once to %s', async (_, base_url, sentence) => {
    const workspace = new Workspace();
    const answer = await check(workspace, { api_token: 'token-0123456789', base_url });
    workspace.remove();
    expect(answer).toMatchObject({ exitCode: 0, status: { status: 'FAILED' } });
    expect(answer.status?.message).toMatch(sentence);
  });

  it('says no to a server that speaks no TLS', async () => {
    await sandboxed({}, async ({ sandbox, workspace }) => {
      const answer = await check(workspace, {
        api_token: 'x'.repeat(9),
        base_url: sandbox.baseUrl.replace('http:', 'https:'),
      });
      expect(answer).toMatchObject({ exitCode: 0, status: { status: 'FAILED' } });
      expect(answer.status?.message).toMatch(
        /base_url begins with https:\/\/, but 127\.0\.0\.1:\d+ answers without TLS/,
      );
    });
  });

  const outages: Array<[string, Fault, RegExp]> = [
    [
      'a server error that lasts',
      { path: '**', kind: 'status', status: 500 },
      /failed on accounts \(HTTP 500\)|did not answer/,
    ],
    [
      'a rate limit that outlasts it',
      { path: '**', kind: 'status', status: 429, retryAfter: 300 },
      /rate limit is used up/,
    ],
    ['no answer within 30 s', { path: '**', kind: 'hang' }, /did not answer within 30 s/],
  ];
  it.each(outages)(
    'calls %s an outage, not a no',
    async (_, fault, sentence) => {
      await sandboxed({ faults: [fault] }, async ({ sandbox, workspace }) => {
        const answer = await check(workspace, { api_token: sandbox.token, base_url: sandbox.baseUrl });
        expect(answer).toMatchObject({ exitCode: 1, error: { failure_type: 'transient_error' } });
        expect(answer.error?.message).toMatch(sentence);
      });
    },
    60_000,
  );
});
