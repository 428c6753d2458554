import { boolean, integer, number, text } from '../../../core/fields.ts';
import { type Row, defineStream, isRow } from '../../../core/stream.ts';
import { objectIn } from '../envelope.ts';
import type { IbmCloudShared } from '../shared.ts';
import { gen1Slices, ofDatabase } from '../slices.ts';

/** The one group that can scale by itself. */
const GROUP = 'member';

/** `GET /deployments/{id}/groups/member/autoscaling` (icd-api.md 2.3.6): an object with a part for each resource. */
export const deploymentsAutoscalings = defineStream<IbmCloudShared>({
  name: 'deployments_autoscalings',
  description: 'When each deployment of generation 1 grows by itself: one record per resource.',
  slices: gen1Slices,
  absentEverywhere: 'empty',
  first: (slice, shared) => ofDatabase(slice, `/groups/${GROUP}/autoscaling`, shared),
  rows(body, { path }) {
    const parts = Object.entries(objectIn(body, 'autoscaling', path));
    return { rows: parts.map(([resource, part]) => rowOf(resource, isRow(part) ? part : {})), warnings: [] };
  },
  primaryKey: 'id',
  keyParts: ['deployment_id', 'group_id', 'resource'],
  keyNeeds: ['deployment_id', 'resource'],
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

function rowOf(resource: string, { scalers, rate, ...rest }: Row): Row {
  const { capacity, io_utilization } = isRow(scalers) ? scalers : {};
  const limits = isRow(rate) ? rate : {};
  const free = isRow(capacity) ? capacity : {};
  const busy = isRow(io_utilization) ? io_utilization : {};
  return {
    ...rest,
    group_id: GROUP,
    resource,
    capacity_enabled: free['enabled'] ?? null,
    capacity_free_space_less_than_percent: free['free_space_less_than_percent'] ?? null,
    io_enabled: busy['enabled'] ?? null,
    io_over_period: busy['over_period'] ?? null,
    io_above_percent: busy['above_percent'] ?? null,
    rate_increase_percent: limits['increase_percent'] ?? null,
    rate_period_seconds: limits['period_seconds'] ?? null,
    rate_limit_mb_per_member: limits['limit_mb_per_member'] ?? null,
    rate_limit_count_per_member: limits['limit_count_per_member'] ?? null,
    rate_units: limits['units'] ?? null,
  };
}
