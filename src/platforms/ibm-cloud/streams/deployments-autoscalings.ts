import { boolean, integer, number, text } from '../../../core/stream/fields.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { perDeployment } from '../account/partitions.ts';
import { objectIn } from '../api/envelope.ts';
import { within } from '../api/values.ts';

/** The only scaling group that supports autoscaling. */
const GROUP = 'member';

/** `GET /deployments/{id}/groups/member/autoscaling` (icd-api.md 2.3.6): an object with one property per resource. */
export const deploymentsAutoscalings = ibmStream({
  name: 'deployments_autoscalings',
  description: 'Autoscaling settings of each generation 1 deployment: one record per resource.',
  retrieval: {
    ...perDeployment(`/groups/${GROUP}/autoscaling`),
    rows: (body, { path }) => ({ rows: rowsOf(objectIn(body, 'autoscaling', path)), warnings: [] }),
    absentEverywhere: 'empty',
  },
  primaryKey: { field: 'id', madeOf: ['deployment_id', 'group_id', 'resource'], needs: ['deployment_id', 'resource'] },
  fields: {
    id: text('Key generated for this stream: deployment_id/group_id/resource.'),
    deployment_id: text('CRN of the deployment.'),
    generation: text('Always gen1; generation 2 has no autoscaling.'),
    group_id: text('Scaling group; always member.'),
    resource: text('Resource that scales: disk, memory or cpu.'),
    capacity_enabled: boolean('Whether low free space triggers scaling.'),
    capacity_free_space_less_than_percent: number('Percentage of free space below which scaling is triggered.'),
    io_enabled: boolean('Whether high I/O utilization triggers scaling.'),
    io_over_period: text('Period over which I/O utilization is measured, such as 30m.'),
    io_above_percent: number('Percentage of I/O utilization above which scaling is triggered.'),
    rate_increase_percent: number('Increase per scaling operation, in percent.'),
    rate_period_seconds: integer('Minimum time between two scaling operations, in seconds.'),
    rate_limit_mb_per_member: number('Maximum size per member in MB.'),
    rate_limit_count_per_member: number('Maximum number of CPUs per member.'),
    rate_units: text('Unit of the limit, such as mb or count.'),
  },
});

function rowsOf(autoscaling: Row): Row[] {
  return Object.entries(autoscaling).flatMap(([resource, part]) => (isRow(part) ? [rowOf(resource, part)] : []));
}

function rowOf(resource: string, { scalers, rate, ...rest }: Row): Row {
  const capacity = within(scalers, 'capacity');
  const io = within(scalers, 'io_utilization');
  return {
    ...rest,
    group_id: GROUP,
    resource,
    capacity_enabled: within(capacity, 'enabled'),
    capacity_free_space_less_than_percent: within(capacity, 'free_space_less_than_percent'),
    io_enabled: within(io, 'enabled'),
    io_over_period: within(io, 'over_period'),
    io_above_percent: within(io, 'above_percent'),
    rate_increase_percent: within(rate, 'increase_percent'),
    rate_period_seconds: within(rate, 'period_seconds'),
    rate_limit_mb_per_member: within(rate, 'limit_mb_per_member'),
    rate_limit_count_per_member: within(rate, 'limit_count_per_member'),
    rate_units: within(rate, 'units'),
  };
}
