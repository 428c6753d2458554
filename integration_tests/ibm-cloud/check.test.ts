import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/server.ts';
import { check, forbidden, linesIn } from './checks.ts';
import { type Account, INSTANCES, TOKEN_PATH, gen1Of, ibmCloud, pathOf } from './reads.ts';

/** Whether a request reads a deployment itself rather than one of its lists. */
const isLook = (path: string): boolean => /^\/databases\/.*\/deployments\/[^/]+$/.test(path);

describe.concurrent('a successful check', () => {
  it('the check requests a token, a page of the inventory and the databases, and logs the number of deployments', async () => {
    await ibmCloud({ oddInstances: false }, async (account) => {
      const answer = await check(account);
      expect(answer).toMatchObject({ exitCode: 0, status: { status: 'SUCCEEDED' } });
      expect(answer.said).toMatch(/\b13 deployments\b/);
      const paths = account.sandbox.requests.map(({ path }) => path);
      expect(paths.slice(0, 2)).toEqual([TOKEN_PATH, INSTANCES]);
      expect(paths[2]).toMatch(/^\/databases\/[a-z-]+\/v5\/ibm\//);
    });
  });

  it('the check requests one page with one row of each list, and logs a line per stream in catalog order', async () => {
    await ibmCloud({ now: '', oddInstances: false, policies: 0 }, async (account) => {
      const { sandbox } = account;
      const { said } = await check(account, { logs_instances: sandbox.logsInstances, billing: 'resource_groups' });
      const lines = linesIn(said);
      expect(lines.map(([name]) => name)).toEqual(Object.keys(sandbox.counts()).toSorted());
      for (const [name, line] of lines) {
        if (name.endsWith('_roles')) {
          expect(line).toMatch(
            /^readable, but the check found no records\. .*: ibmcloud iam .* --service-name iam-access-management --force$/,
          );
        } else expect(line).toMatch(/^readable(, but the check found no records)?$/);
      }
      // Additional requests are for the databases, tags, three lists of `audit_routes`, a network zone, resource
      // groups, three groups' usage, and API keys of both kinds of owner.
      expect(sandbox.requests.length).toBeLessThan(lines.length + 13);
      for (const { path, query } of sandbox.requests) {
        if (
          /\/groups$|\/members$|\/users|\/usage\/|v1\/(apikeys|profiles|serviceids)$/.test(path) &&
          !path.includes('databases')
        ) {
          expect(query['limit'] ?? query['_limit'] ?? query['pagesize'], path).toBe('1');
        }
      }
    });
  });

  /** Makes the API list only generation 1 deployments, in a fixed order. Also returns the first deployment's region. */
  const inOrder = ({ sandbox }: Account): { region: string; fault: Fault } => {
    const ids = gen1Of(sandbox);
    const resources = [...sandbox.rows('deployments')].filter(({ id }) => ids.includes(String(id)));
    return {
      region: String(resources[0]?.['id']).split(':')[5] ?? '',
      fault: { path: INSTANCES, kind: 'status', status: 200, body: { resources } },
    };
  };

  it('the check succeeds even if one of several regions rejects the request', async () => {
    await ibmCloud({ oddInstances: false }, async (account) => {
      const { region, fault } = inOrder(account);
      account.sandbox.setFaults([fault, { path: `/databases/${region}/**`, kind: 'status', status: 403 }]);
      const answer = await check(account);
      expect(answer).toMatchObject({ exitCode: 0, status: { status: 'SUCCEEDED' } });
    });
  });

  it('the check succeeds even if one of several regions does not respond and there is only one worker', async () => {
    await ibmCloud({ oddInstances: false }, async (account) => {
      const { region, fault } = inOrder(account);
      account.sandbox.setFaults([fault, { path: `/databases/${region}/**`, kind: 'hang' }]);
      const answer = await check(account, undefined, { num_workers: 1 });
      expect(answer).toMatchObject({ exitCode: 0, status: { status: 'SUCCEEDED' } });
    });
  });

  it('the check requests the details of an active deployment, if any', async () => {
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

it('the docs show a complete check exactly as a terminal shows it', async () => {
  const page = readFileSync(new URL('../../docs/sources/ibm-cloud.md', import.meta.url), 'utf8');
  const [, shown = ''] = /jq -r [^\n]*\n```\n\n```text\n([^`]*)```/.exec(page) ?? [];
  const faults = forbidden('/iam/v2/groups');
  await ibmCloud({ now: '', oddInstances: false, policies: 0, faults }, async (account) => {
    const { said, status } = await check(account, {
      billing: 'resource_groups',
      access_review: false,
      api_keys: false,
    });
    const lines = said.trim().replace(/ServiceId-[\w-]+/g, 'ServiceId-…');
    expect(`${lines}\n${status?.status}\n`).toBe(shown);
  });
});

describe.concurrent('a failing check', () => {
  it('a wrong key fails the check after one request, and the message says what to do', async () => {
    await ibmCloud({}, async (account) => {
      const answer = await check(account, { api_key: 'wrong-key-0123456789' });
      expect(answer).toMatchObject({ exitCode: 0, status: { status: 'FAILED' } });
      expect(answer.status?.message).toMatch(/API key/);
      expect(account.sandbox.stats().requests).toBe(1);
    });
  });

  it('unknown deployment IDs fail the check, and the message names them', async () => {
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

  it('the check fails if the databases API rejects all requests, and names the missing role', async () => {
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
    ['a rejected inventory request', { path: INSTANCES, kind: 'status', status: 403 }, /HTTP 403/],
    ['a rejected token', { path: INSTANCES, kind: 'status', status: 401 }, /HTTP 401/],
    ['a redirect', { path: INSTANCES, kind: 'redirect' }, /redirect/],
    ['a body of the wrong type', { path: INSTANCES, kind: 'envelope', shape: 'body-list' }, /.{20}/],
  ];
  it.each(definite)('the check fails on %s', async (_, fault, sentence) => {
    await ibmCloud({ faults: [fault] }, async (account) => {
      const answer = await check(account);
      expect(answer).toMatchObject({ exitCode: 0, status: { status: 'FAILED' } });
      expect(answer.status?.message).toMatch(sentence);
    });
  });

  it.each(['iam', 'resource_controller', 'databases'] as const)(
    'the check fails at once if nothing responds at the address of %s',
    async (service) => {
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
    },
  );

  it('the check rejects an invalid config without sending a request, and names the option', async () => {
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
    [
      'an outage of the databases API',
      { path: '/databases/**', kind: 'status', status: 502 },
      /HTTP 502|did not respond/,
    ],
    [
      'a rate limit that outlasts the check',
      { path: INSTANCES, kind: 'status', status: 429, retryAfter: 300 },
      /rate limit/,
    ],
    ['a request without a response', { path: TOKEN_PATH, kind: 'hang' }, /did not respond within 30 s/],
  ])('%s causes a transient_error within half a minute', async (_, fault, sentence) => {
    await ibmCloud({ faults: [fault] }, async (account) => {
      const answer = await check(account);
      expect(answer).toMatchObject({ exitCode: 1, error: { failure_type: 'transient_error' } });
      expect(answer.error?.message).toMatch(sentence);
    });
  });
});
