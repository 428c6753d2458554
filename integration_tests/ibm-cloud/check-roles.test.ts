import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/server.ts';
import { check, forbidden, linesIn } from './checks.ts';
import { type Row, STREAMS, type StreamName } from './expected.ts';
import { type Account, type AccountOptions, INSTANCES, gen1Of, ibmCloud, pathOf } from './reads.ts';

const byGroup = { billing: 'resource_groups' };

describe.concurrent('a check with a key that lacks a role', () => {
  it.each<[role: string, AccountOptions, platform: Row, streams: string[]]>([
    ['account usage', { missingRoles: ['billing'] }, {}, ['billables']],
    ['usage of resource groups', { faults: forbidden('/billing/**') }, byGroup, ['billables']],
    ['resource groups', { faults: forbidden('/*/v2/resource_groups') }, byGroup, ['billables', 'resource_groups']],
    ['access groups', { faults: forbidden('/iam/v2/groups') }, {}, ['teams']],
    ['policies', { faults: forbidden('/iam/v2/policies') }, {}, ['deployments_roles', 'deployments_team_roles']],
    ['the account', { missingRoles: ['account'] }, {}, []],
    ['Logs instances', { missingRoles: ['logs'] }, {}, ['audit_events']],
    ['the catalog', { faults: forbidden('/**/deployables', '/**/regions') }, {}, ['databases', 'datacenters']],
    ['routing of audit events', { faults: forbidden('/atracker/**') }, {}, ['audit_routes']],
    ['network zones', { faults: forbidden('/cbr/v1/zones/*') }, {}, ['deployments_restrictions']],
    ['reclamations', { faults: forbidden('/*/v1/reclamations') }, {}, ['deployments_reclamations']],
    ['users', { faults: forbidden('/users/**') }, {}, ['users']],
    ['service IDs', { faults: forbidden('/iam/v1/serviceids') }, {}, ['service_ids']],
    ['trusted profiles', { faults: forbidden('/iam/v1/profiles') }, {}, ['trusted_profiles']],
    ['API keys', { faults: forbidden('/iam/v1/apikeys') }, {}, ['api_keys']],
    ['tasks', { faults: forbidden('/**/tasks') }, {}, ['deployments_recipes']],
  ])(
    'without access to %s, the check names exactly the streams that fail in a read',
    async (_, options, platform, streams) => {
      await ibmCloud({ now: '', oddInstances: false, ...options }, async (account) => {
        const { sandbox } = account;
        const given = { logs_instances: sandbox.logsInstances, ...platform };
        const answer = await check(account, given);
        const rejected = linesIn(answer.said).filter(([, line]) => line.startsWith('not readable'));
        expect(rejected.map(([name]) => name)).toEqual(streams);
        for (const [, line] of rejected) {
          expect(line).toMatch(
            /HTTP 403.*: ibmcloud iam service-policy-create ServiceId-[\w-]+ --roles \w+ --.* --force$/,
          );
        }
        const optional = ['api_keys', 'audit_events', 'service_ids', 'trusted_profiles', 'users'];
        expect(answer.status?.status).toBe(streams.some((name) => optional.includes(name)) ? 'FAILED' : 'SUCCEEDED');
        const names = [...(Object.keys(STREAMS) as StreamName[]), 'audit_events'] as const;
        // Read only a few windows of audit events, so that no query waits.
        const { errors } = await account.read({ platform: given, streams: names, config: { start_date: undefined } });
        expect(errors.map(({ stream_descriptor: stream }) => stream?.name).toSorted()).toEqual(streams);
      });
    },
  );
});

/** Faults that reject requests for the tasks of one service's deployments, and a list of instances that begins with these deployments. */
function serviceFirst({ sandbox }: Account): { service: string; faults: Fault[]; resources: Row[] } {
  const ids = gen1Of(sandbox);
  const service = ids.at(-1)?.split(':')[4] ?? '';
  const ofService = ids.filter((id) => id.includes(`:${service}:`));
  const rows = [...sandbox.rows('deployments')].filter(({ id }) => ids.includes(String(id)));
  const resources = rows.toSorted(
    (a, b) => Number(ofService.includes(String(b['id']))) - Number(ofService.includes(String(a['id']))),
  );
  return { service, faults: forbidden(...ofService.map((id) => pathOf(id, '/tasks'))), resources };
}

describe.concurrent('a check with a key that can read only part of a stream', () => {
  it.each<[part: string, options: AccountOptions, faultsOf: (account: Account) => Fault[], line: RegExp]>([
    [
      'a resource group',
      {},
      ({ sandbox }) =>
        forbidden(`/billing/**/resource_groups/${String([...sandbox.rows('resource_groups')][0]?.['id'])}/**`),
      /^billables: readable, except for the records of resource group \w+ \(HTTP 403.*\)\. .* --resource-type resource-group --force$/m,
    ],
    [
      'all deployments of a service',
      {},
      (account) => {
        const { faults, resources } = serviceFirst(account);
        return [...faults, { path: INSTANCES, kind: 'status', status: 200, body: { resources } }];
      },
      /^deployments_recipes: readable, except for deployment .*:((?:databases|messages)-for-\w+):.* --service-name \1 --force$/m,
    ],
    [
      'a Logs instance',
      { logsInstances: 3 },
      ({ sandbox }) => {
        const [, , , , , region, , guid] = String(sandbox.logsInstances[1]).split(':');
        return forbidden(`/logs/${region}/${guid}/**`);
      },
      /^audit_events: readable, except for Logs instance \S+:([\w-]+):: .* --service-instance \1 --force$/m,
    ],
    [
      'the details of the account',
      { missingRoles: ['account'] },
      () => [],
      /^accounts: readable, except for the name and other details \(HTTP 403.*\)\. .* --account-management --force$/m,
    ],
  ])('the check reports that a read skips %s', async (_, options, faultsOf, line) => {
    await ibmCloud({ now: '', oddInstances: false, ...options }, async (account) => {
      account.sandbox.setFaults(faultsOf(account));
      const given = { ...byGroup, logs_instances: account.sandbox.logsInstances };
      const { said, status } = await check(account, given);
      expect(said).toMatch(line);
      expect(said).not.toMatch(/not readable/);
      expect(said.match(/except for/g)).toHaveLength(1);
      expect(status?.status).toBe('SUCCEEDED');
    });
  });

  it('the check reports that a stream fails if fail_on_refused_deployments is set', async () => {
    await ibmCloud({ now: '', oddInstances: false }, async (account) => {
      const { service, faults, resources } = serviceFirst(account);
      account.sandbox.setFaults([...faults, { path: INSTANCES, kind: 'status', status: 200, body: { resources } }]);
      const { said } = await check(account, {}, { fail_on_refused_deployments: true });
      expect(linesIn(said)).toContainEqual([
        'deployments_recipes',
        expect.stringMatching(new RegExp(`^not readable: HTTP 403.* --service-name ${service} --force$`)),
      ]);
    });
  });
});

it('the check names the service of the rejected deployments', async () => {
  await ibmCloud({ now: '', oddInstances: false }, async (account) => {
    // Put these services last, because no other service has replicas.
    const isPostgres = ({ id }: Row): boolean => /:databases-for-(postgresql|enterprisedb):/.test(String(id));
    const rows = [...account.sandbox.rows('deployments')];
    const resources = rows.toSorted((a, b) => Number(isPostgres(a)) - Number(isPostgres(b)));
    account.sandbox.setFaults([
      { path: INSTANCES, kind: 'status', status: 200, body: { resources } },
      ...forbidden('/**/remotes'),
    ]);
    const { said } = await check(account);
    expect(said).toMatch(
      /^deployments_replicas: not readable: .* --service-name databases-for-(postgresql|enterprisedb) --force$/m,
    );
  });
});

it('the check reports no HTTP status if the API lists no resource groups', async () => {
  const faults: Fault[] = [{ path: '/*/v2/resource_groups', kind: 'status', status: 200, body: { resources: [] } }];
  await ibmCloud({ now: '', oddInstances: false, faults }, async (account) => {
    const { said } = await check(account, byGroup);
    expect(said).toMatch(
      /^billables: not readable: The API key is not authorized to read .* \(the list is empty\)\. Grant .*$/m,
    );
    expect(said).not.toMatch(/HTTP 401/);
  });
});

it.each([300, undefined])('a rate limit of Logs does not fail the check (Retry-After: %s)', async (retryAfter) => {
  const faults: Fault[] = [{ path: '/logs/**', kind: 'status', status: 429, ...(retryAfter && { retryAfter }) }];
  await ibmCloud({ now: '', oddInstances: false, faults }, async (account) => {
    const { said, status } = await check(account, { logs_instances: account.sandbox.logsInstances });
    expect(said).toMatch(/^audit_events: not checked: (.*\(HTTP 429\).*|no response in time)$/m);
    expect(status?.status).toBe('SUCCEEDED');
  });
});
