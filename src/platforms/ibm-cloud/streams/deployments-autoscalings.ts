import { boolean, integer, number, text } from '../../../core/stream/fields.ts';
import type { ParsedPage } from '../../../core/stream/request.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import { objectIn, withoutOrigin, within } from '../api/envelope.ts';
import type { IbmCloudShared } from '../shared.ts';
import { gen1Partitions, ofDatabase } from '../account/partitions.ts';

/** The one group that can scale by itself. */
const GROUP = 'member';

/** `GET /deployments/{id}/groups/member/autoscaling` (icd-api.md 2.3.6): an object with a part for each resource. */
export const deploymentsAutoscalings = streamsOf<IbmCloudShared>()({
  name: 'deployments_autoscalings',
  description: 'When each deployment of generation 1 grows by itself: one record per resource.',
  retrieval: {
    way: 'partition',
    partitions: gen1Partitions,
    request: (partition) => ofDatabase(partition, `/groups/${GROUP}/autoscaling`),
    rows: (body, { path }) => rowsOf(objectIn(body, 'autoscaling', path)),
    absentEverywhere: 'empty',
  },
  primaryKey: { field: 'id', madeOf: ['deployment_id', 'group_id', 'resource'], needs: ['deployment_id', 'resource'] },
  dropped: [],
  fields: {
    id: text('Key made for this stream: deployment_id/group_id/resource.'),
    deployment_id: text('CRN of the deployment.'),
    generation: text('gen1: generation 2 has no autoscaling.'),
    group_id: text('Group of members that grows; always member.'),
    resource: text('What grows: disk, memory or cpu.'),
    capacity_enabled: boolean('Whether it grows when little of it is free.'),
    capacity_free_space_less_than_percent: number('How little of it has to be free, in percent.'),
    io_enabled: boolean('Whether it grows when disks are busy.'),
    io_over_period: text('For how long they have to be busy, such as 30m.'),
    io_above_percent: number('How busy they have to be, in percent.'),
    rate_increase_percent: number('By how much it grows at a time, in percent.'),
    rate_period_seconds: integer('How often it may grow, in seconds.'),
    rate_limit_mb_per_member: number('How large a member may become in MB.'),
    rate_limit_count_per_member: number('How many CPUs a member may get.'),
    rate_units: text('What the limit counts, such as mb or count.'),
  },
});

const RESOURCES: ReadonlySet<string> = new Set(['disk', 'memory', 'cpu']);

/**
 * A row for each resource. What else stands beside them, such as a link, makes none: it goes into the first row as a field
 * that is not declared, to be told of once.
 */
function rowsOf(autoscaling: Row): ParsedPage {
  const isResource = (name: string, part: unknown): boolean =>
    RESOURCES.has(name) || (isRow(part) && !name.startsWith('_'));
  const parts = Object.entries(autoscaling);
  const rows = parts.filter(([name, part]) => isResource(name, part)).map(([name, part]) => rowOf(name, part));
  const others = parts
    .filter(([name, part]) => !isResource(name, part) && part !== null)
    .map(([name]) => `autoscaling.${name}`);
  const [first] = rows;
  if (first === undefined) {
    return {
      rows,
      warnings: others.length === 0 ? [] : ['an answer has no resource that could grow, but other things'],
    };
  }
  for (const name of others) first[name] = true;
  return { rows, warnings: [] };
}

function rowOf(resource: string, part: unknown): Row {
  const { scalers: _scalers, rate: _rate, ...rest } = isRow(part) ? withoutOrigin(part) : {};
  const scalers = within(part, 'scalers');
  const limits = within(part, 'rate');
  const free = within(scalers, 'capacity');
  const busy = within(scalers, 'io_utilization');
  return {
    ...rest,
    group_id: GROUP,
    resource,
    capacity_enabled: within(free, 'enabled'),
    capacity_free_space_less_than_percent: within(free, 'free_space_less_than_percent'),
    io_enabled: within(busy, 'enabled'),
    io_over_period: within(busy, 'over_period'),
    io_above_percent: within(busy, 'above_percent'),
    rate_increase_percent: within(limits, 'increase_percent'),
    rate_period_seconds: within(limits, 'period_seconds'),
    rate_limit_mb_per_member: within(limits, 'limit_mb_per_member'),
    rate_limit_count_per_member: within(limits, 'limit_count_per_member'),
    rate_units: within(limits, 'units'),
  };
}
