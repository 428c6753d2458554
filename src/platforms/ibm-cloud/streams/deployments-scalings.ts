import { type Field, number, text } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import type { Partition, Partitions } from '../../../core/retrieval/partitions.ts';
import type { Account } from '../account/account.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { type Deployment, gen2SizesOf, labelOf } from '../account/instance.ts';
import { loadInventory } from '../account/inventory.ts';
import { partitionsOf, reportOf } from '../account/partitions.ts';
import { rowsIn } from '../api/envelope.ts';
import { within } from '../api/values.ts';
import { count } from '../terms.ts';

const MB_PER_GB = 1_024;

/**
 * `GET /deployments/{id}/groups` (icd-api.md 2.3.5) for generation 1, where sizes are totals of the group. For generation
 * 2, the inventory contains the sizes per member (2.4.1). Records contain both.
 */
export const deploymentsScalings = ibmStream({
  name: 'deployments_scalings',
  description: 'Allocated resources of each deployment, per member and in total: one record per scaling group.',
  retrieval: {
    way: 'partition',
    partitions: scaledDeployments,
    request: (partition) => reportOf(partition, '/groups'),
    rows: (body, { path }) => rowsIn(body, 'groups', path, gen1Row),
  },
  primaryKey: { field: 'id', madeOf: ['deployment_id', 'group_id'], needs: ['deployment_id', 'group_id'] },
  fields: {
    id: text('Key generated for this stream: deployment_id/group_id.'),
    deployment_id: text('CRN of the deployment.'),
    generation: text('gen1 or gen2.'),
    group_id: text('Scaling group: member, or the name of an add-on group such as analytics.'),
    members: number('Number of members.'),
    ...limits('members', 'number of members'),
    cpu_count_per_member: number('CPUs per member; null for shared CPUs.'),
    cpu_count_total: number('CPUs of the group; null for shared CPUs.'),
    ...limits('cpu_count', 'CPUs of the group'),
    memory_mb_per_member: number('Memory per member in MB.'),
    memory_mb_total: number('Memory of the group in MB.'),
    ...limits('memory_mb', 'memory of the group in MB'),
    disk_mb_per_member: number('Disk per member in MB.'),
    disk_mb_total: number('Disk of the group in MB.'),
    ...limits('disk_mb', 'disk of the group in MB'),
    host_flavor_id: text('ID of the host flavor, such as multitenant or bx3d.4x20.'),
    host_flavor_name: text('Name of the host flavor; generation 1 only.'),
    shards: number('Number of shards; generation 2 only.'),
  },
});

function limits<N extends string>(name: N, what: string): Record<`${N}_${'min' | 'max' | 'step'}`, Field> {
  return {
    [`${name}_min`]: number(`Minimum ${what}; generation 1 only.`),
    [`${name}_max`]: number(`Maximum ${what}; generation 1 only.`),
    [`${name}_step`]: number(`Step size of the ${what}; generation 1 only.`),
  } as Record<`${N}_${'min' | 'max' | 'step'}`, Field>;
}

/** One partition per generation 1 deployment, and another per generation 2 deployment with known sizes. */
async function scaledDeployments(account: Account): Promise<Partitions> {
  const { deployments, all } = await account.once(loadInventory);
  const sizeless: Deployment[] = [];
  const gen2: Partition[] = [];
  for (const deployment of deployments.filter(({ generation }) => generation === 'gen2')) {
    const { id, row, account } = deployment;
    const sizes = gen2SizesOf(row);
    const fields = { account_id: account ?? null, deployment_id: id, generation: 'gen2' };
    if (sizes === undefined) sizeless.push(deployment);
    else gen2.push({ id, label: labelOf(deployment), fields, rows: [gen2Row(sizes)] });
  }
  // Deployments that are still being provisioned have no sizes.
  const active = sizeless.filter(({ row }) => row['state'] === 'active');
  const [first] = active;
  if (first !== undefined) {
    account.api.log(
      'warn',
      `deployments_scalings: no record for ${count(active.length, 'active deployment')}, such as ${labelOf(first)}, because IBM Cloud doesn't report their sizes. If the problem persists, report it`,
    );
  }
  const leftOut = sizeless.map(() => 'of generation 2 without sizes');
  return { chosen: [...(await partitionsOf(deployments, account)), ...gen2], all, leftOut };
}

/** How each generation names a resource. */
const RESOURCES = [
  { name: 'cpu_count', gen1: 'cpu', unit: 'count', gen2: 'cpu_count', factor: 1 },
  { name: 'memory_mb', gen1: 'memory', unit: 'mb', gen2: 'memory_gb', factor: MB_PER_GB },
  { name: 'disk_mb', gen1: 'disk', unit: 'mb', gen2: 'storage_gb', factor: MB_PER_GB },
] as const;

/** The row of a generation 1 group, whose allocations are divided equally among its members. */
function gen1Row({ id, count: counted, members, memory, cpu, disk, host_flavor, ...rest }: Row): Row {
  const resources = { memory, cpu, disk };
  const size = within(members, 'allocation_count') ?? counted ?? null;
  const row = {
    ...rest,
    group_id: id,
    members: size,
    ...limitsOf('members', members, 'count'),
    host_flavor_id: within(host_flavor, 'id'),
    host_flavor_name: within(host_flavor, 'name'),
    shards: null,
  };
  for (const { name, gen1, unit } of RESOURCES) {
    const allocation = within(resources[gen1], `allocation_${unit}`);
    // An allocation of 0 means shared CPUs.
    const total = name === 'cpu_count' && allocation === 0 ? null : allocation;
    const share = typeof total === 'number' && typeof size === 'number' ? total / size : NaN;
    Object.assign(row, sizesOf(name, share, total), limitsOf(name, resources[gen1], unit));
  }
  return row;
}

function limitsOf(name: string, resource: unknown, unit: string): Row {
  return {
    [`${name}_min`]: within(resource, `minimum_${unit}`),
    [`${name}_max`]: within(resource, `maximum_${unit}`),
    [`${name}_step`]: within(resource, `step_size_${unit}`),
  };
}

/**
 * The row of a generation 2 deployment. It has no totals if it has shards: IBM doesn't report how many members they have.
 */
function gen2Row({ members = null, shards = null, host_flavor: host_flavor_id = null, ...sizes }: Row): Row {
  const row = { group_id: 'member', members, host_flavor_id, shards };
  for (const { name, gen2, factor } of RESOURCES) {
    const size = sizes[gen2];
    const each = typeof size === 'number' ? size * factor : NaN;
    const total = typeof members === 'number' && shards === null ? each * members : NaN;
    Object.assign(row, sizesOf(name, each, Number.isFinite(total) ? total : null));
  }
  return row;
}

function sizesOf(name: string, perMember: number, total: unknown): Row {
  return { [`${name}_per_member`]: Number.isFinite(perMember) ? perMember : null, [`${name}_total`]: total };
}
