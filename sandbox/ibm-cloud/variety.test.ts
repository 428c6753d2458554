import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Row } from '../platform.ts';
import { type IbmCloudSandbox, type IbmCloudStreamName, startSandbox } from '../server.ts';

let sandbox: IbmCloudSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ platform: 'ibm_cloud', now: '2026-11-24T12:00:00Z', oddInstances: true });
});
afterAll(() => sandbox.close());

const of = (row: Row, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => (value as Row | undefined)?.[name], row);

// What the default world must offer, because connectors go wrong there. Some rows have it, and some do not.
test.each<[string, IbmCloudStreamName, (row: Row) => boolean]>([
  [
    'plans with the generation before the plan',
    'deployments',
    (row) => /-gen2-\w/.test(String(row['resource_plan_id'])),
  ],
  [
    'plans with the generation behind the plan',
    'deployments',
    (row) => String(row['resource_plan_id']).endsWith('-gen2'),
  ],
  [
    'a Valkey whose plan does not tell the generation',
    'deployments',
    (row) => row['resource_id'] === 'databases-for-valkey',
  ],
  [
    'one that is provisioned, without extensions',
    'deployments',
    (row) => row['state'] === 'provisioning' && !row['extensions'],
  ],
  [
    'extensions in the older shape',
    'deployments',
    (row) => of(row, 'extensions', 'dataservices', 'resources') !== undefined,
  ],
  ['a CRN of a staging account', 'deployments', (row) => String(row['id']).startsWith('crn:v1:staging:')],
  ['a region that is a stranger', 'deployments', (row) => String(row['region_id']).includes('.')],
  ['a CRN that is a segment short', 'deployments', (row) => String(row['id']).split(':').length === 9],
  ['dates without a fraction', 'deployments', (row) => /:\d\dZ$/.test(String(row['created_at']))],
  ['dates with three digits', 'deployments', (row) => /\.\d{3}Z$/.test(String(row['created_at']))],
  ['dates with seven digits', 'deployments', (row) => /\.\d{7}Z$/.test(String(row['created_at']))],
  ['dates with nine digits', 'deployments', (row) => /\.\d{9}Z$/.test(String(row['created_at']))],
  ['shards in place of members', 'deployments_scalings', (row) => 'shards' in row && !('members' in row)],
  ['groups beside the members', 'deployments_scalings', (row) => row['group_id'] === 'analytics'],
  ['no host flavor', 'deployments_scalings', (row) => row['host_flavor'] === null],
  ['shared CPUs', 'deployments_scalings', (row) => of(row, 'cpu', 'allocation_count') === 0],
  [
    'memory that does not divide among members',
    'deployments_scalings',
    (row) => Number(of(row, 'memory', 'allocation_mb')) % Number(row['count']) > 0,
  ],
  ['storage with a fraction', 'deployments_scalings', (row) => row['storage_gb'] === 12.5],
  ['backups that run', 'deployments_backups', (row) => row['status'] === 'running'],
  ['backups that failed', 'deployments_backups', (row) => row['status'] === 'failed'],
  ['backups of generation 2 that are not through', 'deployments_backups', (row) => row['state'] === 'provisioning'],
  [
    'backups of a deployment that is gone',
    'deployments_backups',
    (row) => {
      const source = of(row, 'extensions', 'dataservices', 'backup', 'source_data_service_crn');
      return typeof source === 'string' && !sandbox.deploymentIds.includes(source);
    },
  ],
  ['tasks that run', 'deployments_recipes', (row) => row['status'] === 'running'],
  ['tasks that failed', 'deployments_recipes', (row) => row['status'] === 'failed'],
  ['tasks without a type', 'deployments_recipes', (row) => !('resource_type' in row)],
  ['a read replica', 'deployments_replicas', (row) => row['leader'] !== ''],
  [
    'no time to restore to',
    'deployments_recovery_windows',
    (row) => row['earliest_point_in_time_recovery_time'] === null,
  ],
  ['usage in rows that only sums tell apart', 'billables', (row) => row['number'] === 2],
  ['groups without members', 'teams', (row) => (row['members'] as []).length === 0],
  [
    'policies for an instance',
    'deployments_roles',
    (row) => JSON.stringify(row['resource']).includes('serviceInstance'),
  ],
  ['policies for everything', 'deployments_roles', (row) => !JSON.stringify(row['resource']).includes('service')],
  ['policies for several subjects', 'deployments_roles', (row) => JSON.stringify(row['subject']).includes('AnyOf')],
  ['policies with a time', 'deployments_roles', (row) => 'rule' in row],
])('the world has %s', (_what, stream, test) => {
  const rows = [...sandbox.rows(stream)];
  expect(rows.some(test)).toBe(true);
  expect(rows.every(test)).toBe(false);
});

test('some engines have every report, and each report has an engine that does not offer it', () => {
  const { deployments_replicas, deployments_recovery_windows, deployments_allowlists } = sandbox.counts();
  for (const count of [deployments_replicas, deployments_recovery_windows]) expect(count).toBeLessThan(8);
  expect(deployments_allowlists).toBeGreaterThan(0);
});
