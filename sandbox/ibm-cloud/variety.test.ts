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

// The default data must contain these variations, because connectors often handle them incorrectly. Each variation
// occurs in some rows, but not in all.
test.each<[string, IbmCloudStreamName, (row: Row) => unknown]>([
  ['plans like gen2-standard', 'deployments', (r) => /-gen2-\w/.test(String(r['resource_plan_id']))],
  ['plans like standard-gen2', 'deployments', (r) => String(r['resource_plan_id']).endsWith('-gen2')],
  ['a Valkey deployment', 'deployments', (r) => r['resource_id'] === 'databases-for-valkey'],
  ['extensions in the older shape', 'deployments', (r) => of(r, 'extensions', 'dataservices', 'resources')],
  ['a CRN of a staging account', 'deployments', (r) => String(r['id']).startsWith('crn:v1:staging:')],
  ['a foreign region', 'deployments', (r) => String(r['region_id']).includes('.')],
  ['a CRN that lacks a segment', 'deployments', (r) => String(r['id']).split(':').length === 9],
  ['dates without fractions of a second', 'deployments', (r) => /:\d\dZ$/.test(String(r['created_at']))],
  ['dates with nine fraction digits', 'deployments', (r) => /\.\d{9}Z$/.test(String(r['created_at']))],
  ['scaling groups with shards instead of members', 'deployments_scalings', (r) => 'shards' in r && !('members' in r)],
  ['scaling groups in addition to the members', 'deployments_scalings', (r) => r['group_id'] === 'analytics'],
  ['scaling groups without a host flavor', 'deployments_scalings', (r) => r['host_flavor'] === null],
  ['shared CPUs', 'deployments_scalings', (r) => of(r, 'cpu', 'allocation_count') === 0],
  [
    'memory that members share unevenly',
    'deployments_scalings',
    (r) => Number(of(r, 'memory', 'allocation_mb')) % Number(r['count']) > 0,
  ],
  ['storage sizes with a fraction', 'deployments_scalings', (r) => r['storage_gb'] === 12.5],
  ['running backups', 'deployments_backups', (r) => r['status'] === 'running'],
  ['failed backups', 'deployments_backups', (r) => r['status'] === 'failed'],
  ['backups that are being provisioned', 'deployments_backups', (r) => r['state'] === 'provisioning'],
  [
    'backups of a deleted deployment',
    'deployments_backups',
    (r) => {
      const source = of(r, 'extensions', 'dataservices', 'backup', 'source_data_service_crn');
      return typeof source === 'string' && !sandbox.deploymentIds.includes(source);
    },
  ],
  ['running tasks', 'deployments_recipes', (r) => r['status'] === 'running'],
  ['failed tasks', 'deployments_recipes', (r) => r['status'] === 'failed'],
  ['tasks without a resource type', 'deployments_recipes', (r) => !('resource_type' in r)],
  ['a read replica', 'deployments_replicas', (r) => r['leader'] !== ''],
  [
    'recovery windows without a time',
    'deployments_recovery_windows',
    (r) => r['earliest_point_in_time_recovery_time'] === null,
  ],
  ['usage rows that differ only in their amounts', 'billables', (r) => r['number'] === 2],
  ['groups without members', 'teams', (r) => (r['members'] as []).length === 0],
  [
    'policies for a single instance',
    'deployments_roles',
    (r) => JSON.stringify(r['resource']).includes('serviceInstance'),
  ],
  ['policies for everything', 'deployments_roles', (r) => !JSON.stringify(r['resource']).includes('service')],
  ['policies for several subjects', 'deployments_roles', (r) => JSON.stringify(r['subject']).includes('AnyOf')],
  ['policies with a time-based condition', 'deployments_roles', (r) => 'rule' in r],
])('the default data includes %s', (_what, stream, test) => {
  const rows = [...sandbox.rows(stream)];
  expect(new Set(rows.map((row) => Boolean(test(row))))).toEqual(new Set([true, false]));
});

test('some deployments lack replicas and recovery windows, and some have an allowlist', () => {
  const { deployments_replicas, deployments_recovery_windows, deployments_allowlists } = sandbox.counts();
  for (const count of [deployments_replicas, deployments_recovery_windows]) expect(count).toBeLessThan(8);
  expect(deployments_allowlists).toBeGreaterThan(0);
});
