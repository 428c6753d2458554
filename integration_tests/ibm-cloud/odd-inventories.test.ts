import { describe, expect, it } from 'vitest';
import { get, tokenOf } from '../../sandbox/ibm-cloud/client.ts';
import type { Fault, IbmCloudSandbox } from '../../sandbox/server.ts';
import { DEPLOYMENT_STREAMS, type Row, expectedRows } from './expected.ts';
import { type Account, INSTANCES, expectRows, ibmCloud, keysRead, logged, rowsRead } from './reads.ts';

const SMALL = { backupDays: 2, deployments: 3, gen2Deployments: 3, oddInstances: false };
const RESOURCE_GROUPS = '/resource-controller/v2/resource_groups';

/** The account's list of instances, which includes generation 2 backups. */
async function listed({ sandbox }: Account): Promise<Row[]> {
  const path = '/resource-controller/v2/resource_instances?limit=100';
  const answer = await get(sandbox, await tokenOf(sandbox), path);
  return ((await answer.json()) as { resources: Row[] }).resources;
}

/** Replaces the list of instances with these pages. */
function pages(sandbox: IbmCloudSandbox, ...lists: readonly Row[][]): void {
  const faults = lists.map((resources, i): Fault => {
    const next_url = i + 1 === lists.length ? null : `/v2/resource_instances?start=page${i + 1}`;
    return { path: INSTANCES, kind: 'status', status: 200, times: 1, body: { next_url, resources } };
  });
  sandbox.setFaults(faults);
}

const isBackup = ({ id }: Row): boolean => /:databases-(independent-backups|for-[a-z]+-backup):/.test(String(id));
const without = (row: Row, ...fields: string[]): Row =>
  Object.fromEntries(Object.entries(row).filter(([field]) => !fields.includes(field)));

describe.concurrent('an unusual instance', () => {
  it('an instance whose id is a GUID is identified by its CRN', async () => {
    await ibmCloud(SMALL, async (account) => {
      const { sandbox, read } = account;
      const expected = await expectedRows(sandbox);
      const rows = await listed(account);
      pages(
        sandbox,
        rows.map((row) => ({ ...row, id: row['guid'], resource_id: '11111111-2222-4333-8444-555555555555' })),
      );
      const result = await read();
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      for (const name of DEPLOYMENT_STREAMS) expectRows(result, name, expected[name]);
    });
  });

  it('an instance whose GUID is missing on some pages is emitted once', async () => {
    await ibmCloud(SMALL, async (account) => {
      const { sandbox, read } = account;
      const expected = await expectedRows(sandbox);
      const rows = await listed(account);
      pages(
        sandbox,
        rows,
        rows.map((row) => without(row, 'guid')),
        rows.map((row) => ({ ...row, guid: String(row['guid']).toUpperCase() })),
      );
      const result = await read({ streams: ['deployments', 'deployments_backups', 'deployments_scalings'] });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      for (const name of ['deployments', 'deployments_backups', 'deployments_scalings'] as const) {
        expect(keysRead(result, name).toSorted(), name).toEqual(expected[name].map(({ id }) => id).toSorted());
      }
    });
  });

  it('an account missing from the CRN is taken from the row, and a region missing from the row is taken from the CRN', async () => {
    await ibmCloud({ ...SMALL, gen2Deployments: 0, gen2Backups: 0 }, async (account) => {
      const { sandbox, read } = account;
      const [row] = (await listed(account)).filter(({ id }) => sandbox.deploymentIds.includes(String(id)));
      const id = String(row?.['id']).replace(/:a\/[0-9a-f]+:/, ':global:');
      const tasks = [{ id: 't1', status: 'completed', generation: 'gen9', account_id: 'x', deployment_id: 'y' }];
      sandbox.setFaults([
        { path: INSTANCES, kind: 'status', status: 200, body: { resources: [{ ...row, id, crn: id, region_id: '' }] } },
        { path: '/databases/**/tasks', kind: 'status', status: 200, body: { tasks } },
      ]);
      const result = await read({ streams: ['deployments', 'deployments_recipes'] });
      expect(rowsRead(result.records, 'deployments')).toMatchObject([
        { account_id: sandbox.accountId, region: id.split(':')[5] },
      ]);
      expect(rowsRead(result.records, 'deployments_recipes')).toMatchObject([
        { account_id: sandbox.accountId, generation: 'gen1', deployment_id: id },
      ]);
    });
  });
});

describe.concurrent('generation 2 instances without details in the list', () => {
  const bare = (row: Row): Row => without(row, 'extensions');

  it('with deployment_ids, generation 2 backups without details are skipped with a warning, because their database is unknown', async () => {
    await ibmCloud(SMALL, async (account) => {
      const { sandbox, read } = account;
      const rows = await listed(account);
      const backups = rows.filter((row) => isBackup(row) && row['state'] === 'active');
      const resources = rows.map((row) => (backups.includes(row) ? bare(row) : row));
      sandbox.setFaults([{ path: INSTANCES, kind: 'status', status: 200, body: { resources } }]);
      const deployment_ids = [sandbox.deploymentIds.at(-1)];
      const result = await read({ streams: ['deployments_backups'], platform: { deployment_ids } });
      expect(result.exitCode).toBe(0);
      const warnings = logged(result, 'WARN').filter((text) => text.includes('skipped'));
      expect(warnings).toEqual([expect.stringContaining(`${backups.length} independent backups`)]);
    });
  });
});

describe.concurrent('an unpaginated list', () => {
  it('an unpaginated list with a second page causes an error', async () => {
    const body = { next_url: '/v2/resource_groups?start=a', resources: [] };
    const faults: Fault[] = [{ path: RESOURCE_GROUPS, kind: 'status', status: 200, body }];
    await ibmCloud({ ...SMALL, faults }, async ({ read }) => {
      const result = await read({ streams: ['resource_groups'] });
      expect(result.violations).toEqual([]);
      expect(result.errors[0]).toMatchObject({ failure_type: 'system_error' });
      expect(result.errors[0]?.message).toContain('second page');
    });
  });
});

describe.concurrent('deployment_ids with resource_group_ids', () => {
  it('a deployment ID outside the resource groups causes an error that names resource_group_ids', async () => {
    await ibmCloud(SMALL, async (account) => {
      const { sandbox, read } = account;
      const [row] = await listed(account);
      const other = [...sandbox.keys('resource_groups')].filter((id) => id !== row?.['resource_group_id']);
      const ids = { deployment_ids: [row?.['id']], resource_group_ids: other.slice(0, 1) };
      const result = await read({ streams: ['deployments'], platform: ids });
      expect(result.errors[0]?.message).toMatch(/resource_group_ids/);
      expect(result.errors[0]?.message).not.toMatch(/exist/);
    });
  });
});
