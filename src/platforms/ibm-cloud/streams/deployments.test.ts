import { describe, expect, test } from 'vitest';
import { openIbmRead, ibmRows } from '../../../../test-support/unit/ibm-reads.ts';
import { ACCOUNT, crnOf, gen1Row, gen2Row, guidOf } from '../../../../test-support/unit/instances.ts';
import { refusal } from '../../../../test-support/unit/fake-api.ts';
import type { Row } from '../../../core/record/row.ts';
import { deployments } from './deployments.ts';

const GROUPS = { resources: [{ id: 'g1', name: 'default' }] };

/** A deployment in the databases API (icd-api.md 2.3.2). */
const detail = (more: Row = {}): Row => ({
  deployment: {
    id: crnOf(1),
    name: crnOf(1),
    type: 'postgresql',
    platform: 'classic',
    platform_options: { disk_encryption_key_crn: 'hunter2' },
    version: '15',
    admin_usernames: { database: 'admin' },
    enable_public_endpoints: true,
    enable_private_endpoints: false,
    ...more,
  },
});
const answers = { resource_groups: GROUPS, [encodeURIComponent(crnOf(1))]: detail() };

/** A row with every field that the inventory is known to contain (icd-api.md 2.1). Some fields may contain secrets. */
const whole = (row: Row): Row => ({
  ...row,
  url: '/v2/resource_instances/x',
  type: 'service_instance',
  sub_type: 'Public',
  account_id: ACCOUNT,
  region_id: 'us-south',
  resource_group_id: 'g1',
  resource_group_crn: 'crn',
  target_crn: 'crn:target',
  created_at: '2026-07-17T06:41:51.267012883Z',
  updated_at: '2026-07-17T06:41:51Z',
  deleted_at: null,
  created_by: 'IBMid-1',
  updated_by: '',
  deleted_by: '',
  scheduled_reclaim_at: null,
  scheduled_reclaim_by: '',
  restored_at: null,
  restored_by: '',
  reseller_channel_id: '',
  controlled_by: '',
  allow_cleanup: false,
  migrated: false,
  locked: false,
  onetime_credentials: false,
  dashboard_url: 'https://cloud.example.test',
  last_operation: { type: 'create', state: 'succeeded', async: true, description: 'Made.', cancelable: false },
  plan_history: [{ resource_plan_id: 'x' }],
  resource_keys_url: '/v2/keys',
  resource_aliases_url: '/v2/aliases',
  resource_bindings_url: '/v2/bindings',
  parameters: { members_memory_allocation_mb: 1, password: 'hunter2' },
});

test('the record of a generation 1 deployment combines its instance with the response of the databases API', async () => {
  const { stream, printed, api } = openIbmRead(deployments, { instances: [whole(gen1Row(1))], answers });
  await stream.toEnd();
  expect(printed.rows).toEqual([
    {
      id: crnOf(1),
      guid: guidOf(1),
      account_id: ACCOUNT,
      name: 'db-1',
      type: 'postgresql',
      service: 'databases-for-postgresql',
      generation: 'gen1',
      version: '15',
      plan_id: 'databases-for-postgresql-standard',
      region: 'us-south',
      resource_group_id: 'g1',
      resource_group_name: 'default',
      tags: [],
      access_tags: [],
      state: 'active',
      created_at: '2026-07-17T06:41:51.267Z',
      updated_at: '2026-07-17T06:41:51.000Z',
      deleted_at: null,
      created_by: 'IBMid-1',
      updated_by: null,
      last_operation_type: 'create',
      last_operation_state: 'succeeded',
      last_operation_description: 'Made.',
      locked: false,
      target_crn: 'crn:target',
      platform: 'classic',
      enable_public_endpoints: true,
      enable_private_endpoints: false,
      admin_usernames: { database: 'admin' },
      members: null,
      shards: null,
      host_flavor: null,
      cpu_count_per_member: null,
      memory_gb_per_member: null,
      storage_gb_per_member: null,
      disk_encryption_key_crn: null,
      backup_encryption_key_crn: null,
      automatic_backups_enabled: null,
      backup_window_start: null,
      backup_retention_days: null,
      backups_preserved: null,
      pitr_retention_days: null,
      independent_backups_authorized: null,
      endpoints: null,
      vpe_dns_domain: null,
      vpe_ip_addresses: null,
      onetime_credentials: false,
    },
  ]);
  expect(printed.logged('WARN')).toEqual([]);
  expect(JSON.stringify(printed.messages)).not.toContain('hunter2');
  // The resource groups, the inventory, the tags, and the deployment's details are requested once each.
  expect(api.requests).toHaveLength(4);
});

test('the record of a generation 2 deployment contains its sizes, but not its connection details', async () => {
  const row = gen2Row(1, {
    postgresql: { version: '18', members: 2, host_flavor: 'bx3d.4x20', cpu_count: 4, memory_gb: 20, storage_gb: 10 },
    encryption: { disk: 'crn:key' },
    connection: { postgres: { composed: ['postgres://$PGUSER:hunter2@host'] } },
  });
  const { stream, printed } = openIbmRead(deployments, { instances: [whole(row)], answers });
  await stream.toEnd();
  expect(printed.rows).toMatchObject([
    {
      generation: 'gen2',
      version: '18',
      members: 2,
      host_flavor: 'bx3d.4x20',
      cpu_count_per_member: 4,
      memory_gb_per_member: 20,
      storage_gb_per_member: 10,
      disk_encryption_key_crn: 'crn:key',
      platform: null,
      admin_usernames: null,
    },
  ]);
  expect(printed.rows[0]).not.toHaveProperty('extensions');
  expect(JSON.stringify(printed.messages)).not.toContain('hunter2');
});

test('a deployment without a region gets the region in its CRN', async () => {
  expect(await ibmRows(deployments, { instances: [gen2Row(1, {})], answers })).toMatchObject([{ region: 'us-south' }]);
});

describe('a deployment whose details request is rejected', () => {
  const path = encodeURIComponent(crnOf(1));

  test('keeps its inventory data and is named in a warning', async () => {
    const instances = [gen1Row(1), gen1Row(2)];
    const some = { ...answers, [path]: refusal(403, path), [encodeURIComponent(crnOf(2))]: detail() };
    const { stream, printed } = openIbmRead(deployments, { instances, answers: some });
    await stream.toEnd();
    expect(new Map(printed.rows.map(({ id, version }) => [id, version]))).toEqual(
      new Map([
        [crnOf(1), null],
        [crnOf(2), '15'],
      ]),
    );
    expect(printed.logged('WARN')).toEqual([
      `deployments: version and endpoints are missing for deployment ${crnOf(1)}, because the API rejected the request (HTTP 403)`,
    ]);
  });

  test('keeps its inventory data, and a single warning is logged if all requests are rejected', async () => {
    const instances = [gen1Row(1), gen1Row(2), gen2Row(3, {})];
    const { stream, printed } = openIbmRead(deployments, {
      instances,
      answers: { resource_groups: GROUPS },
    });
    await stream.toEnd();
    expect(printed.rows).toHaveLength(3);
    expect(printed.logged('WARN')).toEqual([
      `deployments: version and endpoints are missing for 2 deployments, such as deployment ${crnOf(1)}, because the API rejected the request (HTTP 404)`,
    ]);
  });
});

test('the stream fails if the response is not a deployment', async () => {
  const { stream } = openIbmRead(deployments, {
    instances: [gen1Row(1)],
    answers: { ...answers, [encodeURIComponent(crnOf(1))]: {} },
  });
  await expect(stream.toEnd()).rejects.toMatchObject({ problem: 'unexpected_body' });
});
