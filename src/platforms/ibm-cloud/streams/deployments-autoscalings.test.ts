import { expect, test } from 'vitest';
import { ibmRows } from '../../../../test-support/unit/ibm-reads.ts';
import { ACCOUNT, crnOf, gen1Row } from '../../../../test-support/unit/instances.ts';
import { deploymentsAutoscalings } from './deployments-autoscalings.ts';

const instances = [gen1Row(1)];
const REPORT = '/groups/member/autoscaling';

test('each autoscaled resource becomes a record', async () => {
  const autoscaling = {
    disk: {
      scalers: {
        capacity: { enabled: true, free_space_less_than_percent: 10 },
        io_utilization: { enabled: false, over_period: '30m', above_percent: 45 },
      },
      rate: { increase_percent: 20, period_seconds: 900, limit_mb_per_member: 3_670_016, units: 'mb' },
    },
    cpu: {
      scalers: {},
      rate: { increase_percent: 10, period_seconds: 900, limit_count_per_member: 10, units: 'count' },
    },
    memory: null,
    _links: [],
  };
  const rows = await ibmRows(deploymentsAutoscalings, { instances, answers: { [REPORT]: { autoscaling } } });
  const common = { account_id: ACCOUNT, deployment_id: crnOf(1), generation: 'gen1', group_id: 'member' };
  expect(rows).toEqual([
    expect.objectContaining({
      ...common,
      id: `${crnOf(1)}/member/cpu`,
      resource: 'cpu',
      rate_limit_count_per_member: 10,
      io_enabled: null,
    }),
    {
      ...common,
      id: `${crnOf(1)}/member/disk`,
      resource: 'disk',
      capacity_enabled: true,
      capacity_free_space_less_than_percent: 10,
      io_enabled: false,
      io_over_period: '30m',
      io_above_percent: 45,
      rate_increase_percent: 20,
      rate_period_seconds: 900,
      rate_limit_mb_per_member: 3_670_016,
      rate_limit_count_per_member: null,
      rate_units: 'mb',
    },
  ]);
});
