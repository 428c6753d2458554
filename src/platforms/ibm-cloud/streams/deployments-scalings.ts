import { type Field, number, text } from '../../../core/fields.ts';
import { coerce } from '../../../core/normalise.ts';
import { type Row, type Slice, type Slices, defineStream, isRow } from '../../../core/stream.ts';
import { rowsIn } from '../envelope.ts';
import { type Gen2Sizes, gen2SizesOf } from '../instance.ts';
import { labelOf } from '../inventory.ts';
import type { IbmCloudShared } from '../shared.ts';
import { failedSlice, gen1SlicesOf, ofDatabase } from '../slices.ts';
import { count } from '../words.ts';

/** The only group of a deployment of generation 2. */
const MEMBER = 'member';

/**
 * `GET /deployments/{id}/groups` (icd-api.md 2.3.5) of generation 1, whose sizes are those of a whole group; in generation 2
 * (2.4.1) they are those of one member, and stand in the inventory. Records have both.
 */
export const deploymentsScalings = defineStream<IbmCloudShared>({
  name: 'deployments_scalings',
  description: 'Size of each deployment, per member and in total: one record per group of members.',
  slices: sizedDatabases,
  first: (slice, shared) => ofDatabase(slice, '/groups', shared),
  rows: (body, { path }) => rowsIn(body, 'groups', path, groupRow),
  primaryKey: 'id',
  keyParts: ['deployment_id', 'group_id'],
  keyNeeds: ['deployment_id', 'group_id'],
  dropped: [],
  fields: {
    id: text('Key made for this stream: deployment_id/group_id.'),
    deployment_id: text('CRN of the deployment.'),
    generation: text('gen1 or gen2.'),
    group_id: text('Group of members: member, or that of an extension, such as analytics.'),
    members: number('Members of the group.'),
    ...limits('members', 'members'),
    cpu_count_per_member: number('CPUs of a member; none if it shares those of its host.'),
    cpu_count_total: number('CPUs of the group.'),
    ...limits('cpu_count', 'CPUs of the group'),
    memory_mb_per_member: number('Memory of a member in MB.'),
    memory_mb_total: number('Memory of the group in MB.'),
    ...limits('memory_mb', 'memory of the group in MB'),
    disk_mb_per_member: number('Disk of a member in MB.'),
    disk_mb_total: number('Disk of the group in MB.'),
    ...limits('disk_mb', 'disk of the group in MB'),
    host_flavor_id: text('Kind of host, such as multitenant or bx3d.4x20.'),
    host_flavor_name: text('Its name for people; generation 1 only.'),
    shards: number('Shards; generation 2 only.'),
  },
});

function limits(name: string, what: string): Record<string, Field> {
  return {
    [`${name}_min`]: number(`Fewest ${what}; generation 1 only.`.replace(/^Fewest (memory|disk)/, 'Least $1')),
    [`${name}_max`]: number(`Most ${what}; generation 1 only.`),
    [`${name}_step`]: number(`Step in which the ${what} can be changed; generation 1 only.`),
  };
}

/** A slice for each database of generation 1, and one with its row for each of generation 2 that tells its sizes. */
async function sizedDatabases({ inventory }: IbmCloudShared): Promise<Slices> {
  const { deployments, all, incomplete } = await inventory.load();
  const brought: Slice[] = [];
  let sizeless = 0;
  for (const deployment of deployments) {
    if (deployment.generation === 'gen1') continue;
    const { id } = deployment;
    const sizes = gen2SizesOf(deployment);
    if (incomplete.has(id)) brought.push(failedSlice(id, labelOf(deployment)));
    else if (sizes === undefined) sizeless += 1;
    else
      brought.push({
        id,
        label: `deployment ${id}`,
        fields: { deployment_id: id, generation: 'gen2' },
        rows: [memberRow(sizes)],
      });
  }
  const leftOut = sizeless === 0 ? [] : [`${count(sizeless, 'deployment')} of generation 2 without sizes`];
  return { chosen: [...gen1SlicesOf(deployments), ...brought], all, leftOut };
}

/** A group of generation 1, whose allocations are split evenly over its members. */
function groupRow(row: Row): Row {
  const { id, count: counted, members, memory, cpu, disk, host_flavor, ...rest } = row;
  const allocated = amount(members, 'allocation_count') ?? numberOf(counted);
  const flavor = isRow(host_flavor) ? host_flavor : {};
  // None of its own: it shares those of its host.
  const cpus = amount(cpu, 'allocation_count') || null;
  return {
    ...rest,
    group_id: id,
    members: allocated,
    ...limitsOf('members', members, 'count'),
    ...shares('cpu_count', cpus, allocated),
    ...limitsOf('cpu_count', cpu, 'count'),
    ...shares('memory_mb', amount(memory, 'allocation_mb'), allocated),
    ...limitsOf('memory_mb', memory, 'mb'),
    ...shares('disk_mb', amount(disk, 'allocation_mb'), allocated),
    ...limitsOf('disk_mb', disk, 'mb'),
    host_flavor_id: flavor['id'] ?? null,
    host_flavor_name: flavor['name'] ?? null,
    shards: null,
  };
}

function limitsOf(name: string, resource: unknown, unit: string): Row {
  return {
    [`${name}_min`]: amount(resource, `minimum_${unit}`),
    [`${name}_max`]: amount(resource, `maximum_${unit}`),
    [`${name}_step`]: amount(resource, `step_size_${unit}`),
  };
}

/** What does not divide stays a fraction. */
function shares(name: string, total: number | null, members: number | null): Row {
  const each = total === null || members === null || members === 0 ? null : total / members;
  return { [`${name}_per_member`]: each, [`${name}_total`]: total };
}

/** A deployment of generation 2. How many members its shards have is not told, and so no total. */
function memberRow({ members, shards, host_flavor, cpu_count, memory_gb, storage_gb }: Gen2Sizes): Row {
  const all = numberOf(members);
  const sums = (name: string, each: number | null): Row => ({
    [`${name}_per_member`]: each,
    [`${name}_total`]: each === null || all === null ? null : each * all * (numberOf(shards) ?? 1),
  });
  const megabytes = (value: unknown): number | null => {
    const gigabytes = numberOf(value);
    return gigabytes === null ? null : gigabytes * 1_024;
  };
  return {
    group_id: MEMBER,
    members: all,
    ...sums('cpu_count', numberOf(cpu_count)),
    ...sums('memory_mb', megabytes(memory_gb)),
    ...sums('disk_mb', megabytes(storage_gb)),
    host_flavor_id: host_flavor ?? null,
    shards: numberOf(shards),
  };
}

function amount(resource: unknown, name: string): number | null {
  return isRow(resource) ? numberOf(resource[name]) : null;
}

function numberOf(value: unknown): number | null {
  const number = coerce(value, 'number');
  return typeof number === 'number' ? number : null;
}
