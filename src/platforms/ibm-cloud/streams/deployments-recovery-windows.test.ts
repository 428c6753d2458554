import { expect, test } from 'vitest';
import { ibmRows } from '../../../../test-support/unit/ibm-reads.ts';
import { ACCOUNT, crnOf, gen1Row } from '../../../../test-support/unit/instances.ts';
import { deploymentsRecoveryWindows } from './deployments-recovery-windows.ts';

const common = { account_id: ACCOUNT, deployment_id: crnOf(1), generation: 'gen1' };
const instances = [gen1Row(1)];

test.each([
  [{ earliest_point_in_time_recovery_time: '2026-11-01T10:00:00Z' }, '2026-11-01T10:00:00.000Z'],
  [{ earliest_point_in_time_recovery_time: '' }, null],
  [{ earliest_point_in_time_recovery_time: null }, null],
  [{}, null],
])('a deployment may have no earliest recovery time: %j', async (data, earliest) => {
  const answers = { '/point_in_time_recovery_data': { point_in_time_recovery_data: data } };
  expect(await ibmRows(deploymentsRecoveryWindows, { instances, answers })).toEqual([
    { ...common, earliest_point_in_time_recovery_time: earliest },
  ]);
});
