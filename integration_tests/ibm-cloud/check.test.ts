import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/server.ts';
import { check, forbidden, linesIn } from './checks.ts';
import { type Account, INSTANCES, TOKEN_PATH, gen1Of, ibmCloud, pathOf } from './reads.ts';

/** Whether a request looks at a deployment itself, not at one of its reports. */
const isLook = (path: string): boolean => /^\/databases\/.*\/deployments\/[^/]+$/.test(path);

describe.concurrent('a check succeeds', () => {
  it('after requesting a token, a page of the inventory and the databases, and logs how many deployments it found', async () => {
    await ibmCloud({ oddInstances: false }, async (account) => {
      const answer = await check(account);
      expect(answer).toMatchObject({ exitCode: 0, status: { status: 'SUCCEEDED' } });
      expect(answer.said).toMatch(/\b13 deployments\b/);
      const paths = account.sandbox.requests.map(({ path }) => path);
      expect(paths.slice(0, 2)).toEqual([TOKEN_PATH, INSTANCES]);
      expect(paths[2]).toMatch(/^\/databases\/[a-z-]+\/v5\/ibm\//);
    });
  });

  it('with a line for each stream in the order of the catalog, after one page of one row of each list', async () => {
    await ibmCloud({ now: '', oddInstances: false, policies: 0 }, async (account) => {
      const { sandbox } = account;
      const { said } = await check(account, { logs_instances: sandbox.logsInstances, billing: 'resource_groups' });
      const lines = linesIn(said);
      expect(lines.map(([name]) => name)).toEqual(Object.keys(sandbox.counts()).toSorted());
      for (const [name, line] of lines) {
        if (name.endsWith('_roles')) {
          expect(line).toMatch(
            /^readable, empty so far\. .*: ibmcloud iam .* --service-name iam-access-management --force$/,
          );
        } else expect(line).toMatch(/^readable(, empty so far)?$/);
      }
      // The look at the databases, and resource groups before the usage of three.
      expect(sandbox.requests.length).toBeLessThan(lines.length + 8);
      for (const { path, query } of sandbox.requests) {
        if (/\/groups$|\/members$|\/usage\//.test(path) && !path.includes('databases')) {
          expect(query['limit'] ?? query['_limit'], path).toBe('1');
        }
      }
    });
  });

  /** Those of generation 1, in this order. */
  const inOrder = ({ sandbox }: Account): { region: string; fault: Fault } => {
    const ids = gen1Of(sandbox);
    const resources = [...sandbox.rows('deployments')].filter(({ id }) => ids.includes(String(id)));
    return {
      region: String(resources[0]?.['id']).split(':')[5] ?? '',
      fault: { path: INSTANCES, kind: 'status', status: 200, body: { resources } },
    };
  };

  it('even if one of several regions rejects the request', async () => {
    await ibmCloud({ oddInstances: false }, async (account) => {
      const { region, fault } = inOrder(account);
      account.sandbox.setFaults([fault, { path: `/databases/${region}/**`, kind: 'status', status: 403 }]);
      const answer = await check(account);
      expect(answer).toMatchObject({ exitCode: 0, status: { status: 'SUCCEEDED' } });
    });
  });

  it('even if one of several regions does not respond, with any number of workers', async () => {
    await ibmCloud({ oddInstances: false }, async (account) => {
      const { region, fault } = inOrder(account);
      account.sandbox.setFaults([fault, { path: `/databases/${region}/**`, kind: 'hang' }]);
      const answer = await check(account, undefined, { num_workers: 1 });
      expect(answer).toMatchObject({ exitCode: 0, status: { status: 'SUCCEEDED' } });
    });
  });

  it('after requesting an active deployment, if there is one', async () => {
    await ibmCloud({ oddInstances: false }, async (account) => {
      const { sandbox } = account;
      const ids = gen1Of(sandbox);
      const rows = [...sandbox.rows('deployments')].filter(({ id }) => ids.includes(String(id)));
      const resources = rows.map((row, i) => (i + 1 < rows.length ? { ...row, state: 'provisioning' } : row));
      sandbox.setFaults([{ path: INSTANCES, kind: 'status', status: 200, body: { resources } }]);
      expect(await check(account)).toMatchObject({ status: { status: 'SUCCEEDED' } });
      const paths = sandbox.requests.map(({ path }) => path).filter((path) => path.startsWith('/databases/'));
      expect(paths).toContain(pathOf(String(rows.at(-1)?.['id'])));
    });
  });
});

it('the docs show a complete check as it looks in a terminal', async () => {
  const page = readFileSync(new URL('../../docs/sources/ibm-cloud.md', import.meta.url), 'utf8');
  const [, shown = ''] = /jq -r [^\n]*\n```\n\n```text\n([^`]*)```/.exec(page) ?? [];
  const faults = forbidden('/iam/v2/groups');
  await ibmCloud({ now: '', oddInstances: false, policies: 0, faults }, async (account) => {
    const { said, status } = await check(account, { billing: 'resource_groups' });
    const lines = said.trim().replace(/ServiceId-[\w-]+/g, 'ServiceId-…');
    expect(`${lines}\n${status?.status}\n`).toBe(shown);
  });
});

describe.concurrent('a check fails', () => {
  it('for a wrong key after one request, and says what to do', async () => {
    await ibmCloud({}, async (account) => {
      const answer = await check(account, { api_key: 'wrong-key-0123456789' });
      expect(answer).toMatchObject({ exitCode: 0, status: { status: 'FAILED' } });
      expect(answer.status?.message).toMatch(/API key/);
      expect(account.sandbox.stats().requests).toBe(1);
    });
  });

  it('for deployment ids that do not exist, and names them', async () => {
    await ibmCloud({ maxLimit: 4 }, async (account) => {
      const [id = ''] = account.sandbox.deploymentIds;
      const unknown = ['00000000-0000-4000-8000-00000000dead', id.replace(/.::$/, 'x::')];
      const answer = await check(account, { deployment_ids: [id, ...unknown] });
      expect(answer).toMatchObject({ exitCode: 0, status: { status: 'FAILED' } });
      for (const one of unknown) expect(answer.status?.message).toContain(one);
      expect(answer.status?.message).not.toContain(id);
      expect(answer.status?.message).toContain('deployment_ids');
    });
  });

  it('if the databases reject all requests, and names the role', async () => {
    const faults: Fault[] = [{ path: '/databases/**', kind: 'status', status: 403 }];
    await ibmCloud({ oddInstances: false, faults }, async (account) => {
      const answer = await check(account);
      expect(answer).toMatchObject({ exitCode: 0, status: { status: 'FAILED' } });
      expect(answer.status?.message).toMatch(/HTTP 403.*Viewer/);
      const paths = account.sandbox.requests.map(({ path }) => path);
      expect(new Set(paths.filter(isLook)).size).toBe(3);
    });
  });

  const definite: Array<[string, Fault, RegExp]> = [
    ['the inventory', { path: INSTANCES, kind: 'status', status: 403 }, /HTTP 403/],
    ['every token', { path: INSTANCES, kind: 'status', status: 401 }, /HTTP 401/],
    ['a redirect', { path: INSTANCES, kind: 'redirect' }, /redirect/],
    ['a body of a different kind', { path: INSTANCES, kind: 'envelope', shape: 'body-list' }, /.{20}/],
  ];
  it.each(definite)('if the response is a rejection or invalid: %s', async (_, fault, sentence) => {
    await ibmCloud({ faults: [fault] }, async (account) => {
      const answer = await check(account);
      expect(answer).toMatchObject({ exitCode: 0, status: { status: 'FAILED' } });
      expect(answer.status?.message).toMatch(sentence);
    });
  });

  it.each(['iam', 'resource_controller', 'databases'] as const)('at once if nothing responds: %s', async (service) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    await ibmCloud({}, async (account) => {
      const address = `http://127.0.0.1:${port}${service === 'databases' ? '/{region}' : ''}`;
      const answer = await check(account, { endpoints: { ...account.sandbox.endpoints, [service]: address } });
      expect(answer).toMatchObject({ exitCode: 0, status: { status: 'FAILED' } });
      expect(answer.status?.message).toMatch(new RegExp(`Nothing responds at 127\\.0\\.0\\.1:${port}`));
    });
  });

  it('for an invalid config without a request, and names the option', async () => {
    await ibmCloud({}, async (account) => {
      const iam = 'http://iam.cloud.ibm.com';
      const answer = await check(account, { endpoints: { ...account.sandbox.endpoints, iam } });
      expect(answer).toMatchObject({ exitCode: 0, status: { status: 'FAILED' } });
      expect(answer.status?.message).toContain('platform.endpoints.iam');
      expect(account.sandbox.stats().requests).toBe(0);
    });
  });
});

describe.concurrent('an outage during a check', () => {
  it.each<[string, Fault, RegExp]>([
    ['the databases', { path: '/databases/**', kind: 'status', status: 502 }, /HTTP 502|did not respond/],
    ['a rate limit that outlasts it', { path: INSTANCES, kind: 'status', status: 429, retryAfter: 300 }, /rate limit/],
    ['no answer', { path: TOKEN_PATH, kind: 'hang' }, /did not respond within 30 s/],
  ])('%s is a transient_error within half a minute', async (_, fault, sentence) => {
    await ibmCloud({ faults: [fault] }, async (account) => {
      const answer = await check(account);
      expect(answer).toMatchObject({ exitCode: 1, error: { failure_type: 'transient_error' } });
      expect(answer.error?.message).toMatch(sentence);
    });
  });
});
