import { describe, expect, test } from 'vitest';
import { ibmRows, openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { ACCOUNT, crnOf, gen1Row, gen2Row, instanceRow } from '../../../../test-support/unit/instances.ts';
import type { Row } from '../../../core/record/row.ts';
import { deploymentsScalings } from './deployments-scalings.ts';

/** A scaling group as documented in icd-api.md 2.3.5. */
const group = (more: Row = {}): Row => ({
  id: 'member',
  count: 3,
  members: { units: 'count', allocation_count: 3, minimum_count: 2, maximum_count: 20, step_size_count: 1 },
  memory: { units: 'mb', allocation_mb: 12_288, minimum_mb: 1_024, maximum_mb: 114_688, step_size_mb: 1_024 },
  cpu: { units: 'count', allocation_count: 9, minimum_count: 3, maximum_count: 32, step_size_count: 2 },
  disk: { units: 'mb', allocation_mb: 10_240, minimum_mb: 2_048, maximum_mb: 4_194_304, step_size_mb: 2_048 },
  host_flavor: { id: 'b3c.4x16.encrypted', name: '4x16', hosting_size: 'xs' },
  ...more,
});

async function gen1(...groups: Row[]): Promise<Row[]> {
  return ibmRows(deploymentsScalings, { instances: [gen1Row(1)], answers: { '/groups': { groups } } });
}

/** Reads the record of a generation 2 deployment with these sizes. */
async function gen2(sizes: Row, service = 'databases-for-postgresql', engine = 'postgresql'): Promise<Row | undefined> {
  const row = instanceRow(1, crnOf(1, service), { extensions: { dataservices: { [engine]: sizes } } });
  const [record] = await ibmRows(deploymentsScalings, { instances: [row] });
  return record;
}

describe('a generation 1 scaling group', () => {
  test('has sizes that are divided equally among its members', async () => {
    expect(await gen1(group())).toEqual([
      {
        id: `${crnOf(1)}/member`,
        account_id: ACCOUNT,
        deployment_id: crnOf(1),
        generation: 'gen1',
        group_id: 'member',
        members: 3,
        members_min: 2,
        members_max: 20,
        members_step: 1,
        cpu_count_per_member: 3,
        cpu_count_total: 9,
        cpu_count_min: 3,
        cpu_count_max: 32,
        cpu_count_step: 2,
        memory_mb_per_member: 4_096,
        memory_mb_total: 12_288,
        memory_mb_min: 1_024,
        memory_mb_max: 114_688,
        memory_mb_step: 1_024,
        disk_mb_per_member: 10_240 / 3,
        disk_mb_total: 10_240,
        disk_mb_min: 2_048,
        disk_mb_max: 4_194_304,
        disk_mb_step: 2_048,
        host_flavor_id: 'b3c.4x16.encrypted',
        host_flavor_name: '4x16',
        shards: null,
      },
    ]);
  });

  test('becomes a separate record', async () => {
    const rows = await gen1(group(), group({ id: 'analytics', members: { allocation_count: 1 } }));
    expect(rows).toMatchObject([
      { group_id: 'analytics', members: 1, disk_mb_per_member: 10_240 },
      { group_id: 'member', members: 3 },
    ]);
  });

  test('has no CPUs if they are shared', async () => {
    const [row] = await gen1(group({ cpu: { allocation_count: 0, minimum_count: 3 } }));
    expect(row).toMatchObject({ cpu_count_per_member: null, cpu_count_total: null, cpu_count_min: 3 });
  });

  test('has no flavor under the old hosting model', async () => {
    const [row] = await gen1(group({ host_flavor: null }));
    expect(row).toMatchObject({ host_flavor_id: null, host_flavor_name: null });
  });

  test('gets its number of members from count if members is missing', async () => {
    expect(await gen1(group({ members: null }))).toMatchObject([{ members: 3, memory_mb_per_member: 4_096 }]);
    expect(await gen1(group({ members: null, count: null }))).toMatchObject([
      { members: null, memory_mb_per_member: null, memory_mb_total: 12_288 },
    ]);
    expect(await gen1(group({ members: { allocation_count: 0 } }))).toMatchObject([
      { members: 0, memory_mb_per_member: null },
    ]);
  });

  test('has null for missing and invalid sizes', async () => {
    const [row] = await gen1({ id: 'member', memory: [], cpu: 'many', disk: { allocation_mb: {} } });
    expect(row).toMatchObject({ members: null, memory_mb_total: null, cpu_count_total: null, disk_mb_total: null });
  });
});

describe('the record of a generation 2 deployment', () => {
  test('contains sizes per member, and totals computed from them', async () => {
    expect(await gen2({ members: 3, host_flavor: 'bx3d.4x20', cpu_count: 4, memory_gb: 20, storage_gb: 10.5 })).toEqual(
      {
        id: `${crnOf(1)}/member`,
        account_id: ACCOUNT,
        deployment_id: crnOf(1),
        generation: 'gen2',
        group_id: 'member',
        members: 3,
        cpu_count_per_member: 4,
        cpu_count_total: 12,
        memory_mb_per_member: 20_480,
        memory_mb_total: 61_440,
        disk_mb_per_member: 10_752,
        disk_mb_total: 32_256,
        host_flavor_id: 'bx3d.4x20',
        shards: null,
      },
    );
  });

  test('contains the same sizes if IBM Cloud sends numbers as text', async () => {
    expect(await gen2({ members: '3', cpu_count: '4', memory_gb: '20' })).toMatchObject({
      members: 3,
      cpu_count_total: 12,
      memory_mb_per_member: 20_480,
      memory_mb_total: 61_440,
    });
  });

  test('contains no totals if the deployment has shards', async () => {
    const sizes = { shards: 2, host_flavor: 'bx3d.4x20', cpu_count: 4, memory_gb: 20 };
    expect(await gen2(sizes, 'databases-for-mongodb', 'mongodbees')).toMatchObject({
      members: null,
      shards: 2,
      cpu_count_per_member: 4,
      cpu_count_total: null,
      memory_mb_total: null,
    });
  });

  test('requires no request and is omitted, but counted, if the sizes are missing', async () => {
    const instances = [
      gen2Row(1, { postgresql: { members: 2 } }),
      gen2Row(2, {}),
      gen2Row(3, undefined, { state: 'provisioning' }),
    ];
    const { stream, api, printed } = openIbmRead(deploymentsScalings, { instances });
    await stream.toEnd();
    expect(api.requests).toHaveLength(1);
    expect(printed.rows.map(({ deployment_id }) => deployment_id)).toEqual([crnOf(1)]);
    expect(stream.reader.leftOut).toEqual(['2 deployments of generation 2 without sizes']);
  });
});

describe('an active generation 2 deployment without sizes', () => {
  test.each([
    ['are not an object', 'postgresql'],
    ['are a list', [{ postgresql: { members: 2 } }]],
    ['are empty', {}],
    ['are missing', undefined],
    ['contain no object for its engine', { postgresql: 2 }],
  ])('causes a warning if its dataservices %s', async (_, dataservices) => {
    const odd = gen2Row(1, {}, { extensions: { dataservices } });
    const instances = [odd, gen2Row(2, { postgresql: { members: 2 } })];
    const { stream, printed, api } = openIbmRead(deploymentsScalings, { instances });
    await stream.toEnd();
    expect(printed.rows.map(({ deployment_id }) => deployment_id)).toEqual([crnOf(2)]);
    expect(api.logged.filter((line) => line.startsWith('warn '))).toEqual([
      expect.stringContaining(`no records for deployment db-1 (${crnOf(1)}),`),
    ]);
    expect(stream.reader.leftOut).toEqual(['1 deployment of generation 2 without sizes']);
  });

  test('is named in the warning if it is the first one', async () => {
    const instances = Array.from({ length: 7 }, (_, i) => gen2Row(i, {}));
    const { stream, api } = openIbmRead(deploymentsScalings, { instances });
    await stream.toEnd();
    expect(api.logged.filter((line) => line.startsWith('warn '))).toEqual([
      expect.stringMatching(/ 7 active deployments, such as deployment db-0 \(/),
    ]);
  });
});
