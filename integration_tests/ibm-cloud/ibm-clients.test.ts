import AccessGroupsV2 from '@ibm-cloud/platform-services/iam-access-groups/v2.js';
import PolicyManagementV1 from '@ibm-cloud/platform-services/iam-policy-management/v1.js';
import UsageReportsV4 from '@ibm-cloud/platform-services/usage-reports/v4.js';
import { IamAuthenticator } from 'ibm-cloud-sdk-core';
import { describe, expect, it } from 'vitest';
import type { IbmCloudSandbox } from '../../sandbox/server.ts';
import type { Row, StreamName } from './expected.ts';
import { type AccountOptions, ibmCloud, rowsRead } from './reads.ts';

// What IBM's own clients for Node.js read of usage, access groups and policies, and in how many requests, beside the
// connector. Their pager of policies stops where a link alone tells of the next page, so that is not compared. Those for
// Python read every stream and field in `npm run test:clients`.

const MONTHS = ['2025-04', '2025-05', '2025-06'];
const STREAMS: readonly StreamName[] = ['billables', 'deployments_roles', 'deployments_team_roles', 'teams'];
const SMALL = { deployments: 6, gen2Deployments: 3, backupDays: 2, usageMonths: MONTHS.length };

const cases: Array<[string, AccountOptions]> = [
  ['pages of one row', { maxLimit: 1 }],
  ['pages of three rows, the last of which has null for the next', { maxLimit: 3, lastPage: 'null' }],
  ['one page of each list', { maxLimit: 100, lastPage: 'empty' }],
];

describe.concurrent("IBM's own clients read what the connector reads", () => {
  it.each(cases)('in %s', async (_, options) => {
    await ibmCloud({ ...SMALL, ...options }, async ({ sandbox, read }) => {
      const result = await read({ streams: STREAMS, config: { start_date: `${MONTHS[0]}-01T00:00:00Z` } });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      const ours = requestsOf(sandbox);
      const theirs = await byIbmClients(sandbox);
      const records = (name: StreamName): readonly Row[] => rowsRead(result.records, name);

      const metrics = records('billables').map(
        ({ month, identifier, metric, pricing_country, amount, units, plan_name, tags }) =>
          JSON.stringify([month, identifier, metric, pricing_country, amount, units, plan_name, tags]),
      );
      expect(metrics.toSorted()).toEqual(theirs.metrics.toSorted());
      expect(metrics.length).toBeGreaterThan(30);

      const teams = records('teams').map(({ id, members }) => ({ id, members }));
      expect(teams.toSorted(byId)).toEqual(theirs.teams.toSorted(byId));

      const grants = [...records('deployments_roles'), ...records('deployments_team_roles')];
      const ids = new Set(grants.map(({ policy_id }) => String(policy_id)));
      expect(ids.size).toBeGreaterThan(5);
      for (const { policy_id, role_id, name, state, last_modified_by_id } of grants) {
        const policy = theirs.policies.find(({ id }) => id === policy_id);
        expect(policy).toMatchObject({ state, last_modified_by_id });
        expect(policy?.control).toMatchObject({ grant: { roles: expect.arrayContaining([{ role_id }]) as unknown } });
        expect(name).toBe(theirs.roles.get(String(role_id)));
      }
      // Whatever names a database service opens databases.
      const opening = theirs.policies.filter(({ resource }) =>
        resource?.attributes.some(
          ({ key, value }) => key === 'serviceName' && /^(databases|messages)-for-/.test(value),
        ),
      );
      for (const { id } of opening) expect(ids).toContain(id);

      const after = requestsOf(sandbox);
      const their = [...after].map(([path, count]): [string, number] => [path, count - (ours.get(path) ?? 0)]);
      expect(new Map(their)).toEqual(ours);
    });
  });
});

function byId({ id: one }: Row, { id: other }: Row): number {
  return String(one) < String(other) ? -1 : 1;
}

/** How often each path of usage, access groups and policies has been asked for, those of months yet to come aside. */
function requestsOf(sandbox: IbmCloudSandbox): Map<string, number> {
  const last = MONTHS.at(-1) ?? '';
  const paths = Object.entries(sandbox.stats().byPath).filter(([path]) => {
    const month = /\/usage\/(.+)$/.exec(path)?.[1];
    return month === undefined ? path.startsWith('/iam/v2/') : month <= last;
  });
  return new Map(paths);
}

async function byIbmClients({ accountId, apiKey, endpoints }: IbmCloudSandbox) {
  const authenticator = new IamAuthenticator({ apikey: apiKey, url: endpoints.iam });
  const usage = new UsageReportsV4({ authenticator, serviceUrl: endpoints.billing });
  const access = new AccessGroupsV2({ authenticator, serviceUrl: endpoints.iam });
  const grants = new PolicyManagementV1({ authenticator, serviceUrl: endpoints.iam });

  const months = MONTHS.map((billingmonth) =>
    new UsageReportsV4.GetResourceUsageAccountPager(usage, { accountId, billingmonth, names: true }).getAll(),
  );
  const metrics = (await Promise.all(months))
    .flat()
    .filter(({ resource_instance_id }) => /:(databases|messages)-for-/.test(resource_instance_id))
    .flatMap(({ usage: all, month, resource_instance_id, pricing_country, plan_name, tags }) =>
      all.map(({ metric, cost, quantity }) =>
        JSON.stringify([month, resource_instance_id, metric, pricing_country, cost, quantity, plan_name, tags]),
      ),
    );

  const groups = await new AccessGroupsV2.AccessGroupsPager(access, { accountId, showFederated: true }).getAll();
  const teams = await Promise.all(
    groups.map(async ({ id = '' }) => {
      const all = { accessGroupId: id, membershipType: 'all', verbose: true };
      const members = await new AccessGroupsV2.AccessGroupMembersPager(access, all).getAll();
      // A link to the member is of no use to anybody.
      return { id, members: members.map(({ href: _link, ...member }) => member) };
    }),
  );

  const policies = await new PolicyManagementV1.V2PoliciesPager(grants, { accountId, type: 'access' }).getAll();
  const { result } = await grants.listRoles({ accountId });
  const roles = [...(result.system_roles ?? []), ...(result.custom_roles ?? [])];
  return { metrics, teams, policies, roles: new Map(roles.map(({ crn, display_name }) => [crn, display_name])) };
}
