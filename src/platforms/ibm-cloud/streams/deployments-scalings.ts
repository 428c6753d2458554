import { type Field, number, text } from '../../../core/stream/fields.ts';
import { coerce } from '../../../core/record/normalise.ts';
import type { Row } from '../../../core/record/row.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import type { Partition, Partitions } from '../../../core/retrieval/partitions.ts';
import { rowsIn, within } from '../api/envelope.ts';
import { type Deployment, type Gen2Sizes, gen2SizesOf } from '../account/instance.ts';
import { labelOf } from '../account/inventory.ts';
import type { IbmCloudShared } from '../shared.ts';
import { gen1PartitionsOf, ofDatabase } from '../account/partitions.ts';
import { count } from '../terms.ts';

/** The only group of a deployment of generation 2. */
const MEMBER = 'member';

/** After so many, a warning says only how many more there are. */
const MAX_NAMED = 5;

const MB_PER_GB = 1_024;

/**
 * `GET /deployments/{id}/groups` (icd-api.md 2.3.5) of generation 1, whose sizes are those of a whole group; in generation 2
 * (2.4.1) they are those of one member, and stand in the inventory. Records have both.
 */
export const deploymentsScalings = streamsOf<IbmCloudShared>()({
  name: 'deployments_scalings',
  description: 'Size of each deployment, per member and in total: one record per group of members.',
  retrieval: {
    way: 'partition',
    partitions: sizedDatabases,
    request: (partition) => ofDatabase(partition, '/groups'),
    rows: (body, { path }) => rowsIn(body, 'groups', path, groupRow),
  },
  primaryKey: { field: 'id', madeOf: ['deployment_id', 'group_id'], needs: ['deployment_id', 'group_id'] },
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

function limits<N extends string>(name: N, what: string): Record<`${N}_${'min' | 'max' | 'step'}`, Field> {
  return {
    [`${name}_min`]: number(`Fewest ${what}; generation 1 only.`.replace(/^Fewest (memory|disk)/, 'Least $1')),
    [`${name}_max`]: number(`Most ${what}; generation 1 only.`),
    [`${name}_step`]: number(`Step in which the ${what} can be changed; generation 1 only.`),
  } as Record<`${N}_${'min' | 'max' | 'step'}`, Field>;
}

/** A partition for each database of generation 1, and one with its row for each of generation 2 that tells its sizes. */
async function sizedDatabases(shared: IbmCloudShared): Promise<Partitions> {
  const { inventory, api } = shared;
  const { deployments, all, incomplete } = await inventory.load();
  const brought: Partition[] = [];
  const sizeless: Deployment[] = [];
  for (const deployment of deployments) {
    if (deployment.generation === 'gen1') continue;
    const { id } = deployment;
    const sizes = gen2SizesOf(deployment);
    const failed = incomplete.get(id);
    const label = labelOf(deployment);
    if (failed !== undefined) brought.push({ id, label, failed });
    else if (sizes !== undefined)
      brought.push({ id, label, fields: { deployment_id: id, generation: 'gen2' }, rows: [memberRow(sizes)] });
    else sizeless.push(deployment);
  }
  // One that is still provisioned has no sizes yet.
  const active = sizeless.filter(({ row }) => row['state'] === 'active');
  if (active.length > 0) {
    api.log(
      'warn',
      `deployments_scalings: IBM Cloud reports no sizes for ${some(active)}, so there is no record of ${active.length === 1 ? 'it' : 'them'}. If the problem persists, report it to the maintainers of the connector`,
    );
  }
  const leftOut =
    sizeless.length === 0 ? [] : [`${count(sizeless.length, 'deployment')} of generation 2 without sizes`];
  return { chosen: [...gen1PartitionsOf(deployments, shared), ...brought], all, leftOut };
}

/** The first few, by name. */
function some(deployments: readonly Deployment[]): string {
  const more = deployments.length - MAX_NAMED;
  const named = deployments.slice(0, MAX_NAMED).map((each) => labelOf(each));
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/**
 * A group of generation 1, whose allocations are split evenly over its members. What is no number is passed on, so that the
 * record says which fields did not fit; sums are made of numbers alone.
 */
function groupRow(row: Row): Row {
  const { id, count: counted, members, memory, cpu, disk, host_flavor, ...rest } = row;
  const allocated = within(members, 'allocation_count') ?? counted ?? null;
  const cpus = within(cpu, 'allocation_count');
  return {
    ...rest,
    group_id: id,
    members: allocated,
    ...limitsOf('members', members, 'count'),
    // None of its own: it shares those of its host.
    ...shares('cpu_count', numberOf(cpus) === 0 ? null : cpus, allocated),
    ...limitsOf('cpu_count', cpu, 'count'),
    ...shares('memory_mb', within(memory, 'allocation_mb'), allocated),
    ...limitsOf('memory_mb', memory, 'mb'),
    ...shares('disk_mb', within(disk, 'allocation_mb'), allocated),
    ...limitsOf('disk_mb', disk, 'mb'),
    host_flavor_id: within(host_flavor, 'id'),
    host_flavor_name: within(host_flavor, 'name'),
    shards: null,
  };
}

function limitsOf(name: string, resource: unknown, unit: string): Row {
  return {
    [`${name}_min`]: within(resource, `minimum_${unit}`),
    [`${name}_max`]: within(resource, `maximum_${unit}`),
    [`${name}_step`]: within(resource, `step_size_${unit}`),
  };
}

/** What does not divide stays a fraction. */
function shares(name: string, total: unknown, members: unknown): Row {
  const all = numberOf(total);
  const count = numberOf(members);
  const each = all === null || count === null || count === 0 ? null : all / count;
  return { [`${name}_per_member`]: each, [`${name}_total`]: total };
}

/** A deployment of generation 2. How many members its shards have is not told, and so no total. */
function memberRow({ members, shards, host_flavor, cpu_count, memory_gb, storage_gb }: Gen2Sizes): Row {
  const count = numberOf(members);
  const times = shards === undefined || shards === null ? 1 : numberOf(shards);
  const sums = (name: string, size: unknown, unit: number): Row => {
    const number = numberOf(size);
    const each = number === null ? null : number * unit;
    return {
      [`${name}_per_member`]: each ?? size ?? null,
      [`${name}_total`]: each === null || count === null || times === null ? null : each * count * times,
    };
  };
  return {
    group_id: MEMBER,
    members: members ?? null,
    ...sums('cpu_count', cpu_count, 1),
    ...sums('memory_mb', memory_gb, MB_PER_GB),
    ...sums('disk_mb', storage_gb, MB_PER_GB),
    host_flavor_id: host_flavor ?? null,
    shards: shards ?? null,
  };
}

function numberOf(value: unknown): number | null {
  const number = coerce(value, 'number');
  return typeof number === 'number' ? number : null;
}
