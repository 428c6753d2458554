import { expect, test } from 'vitest';
import { ibmRows, openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { crnOf, gen1Row, instanceRow } from '../../../../test-support/unit/instances.ts';
import { deploymentsRecoveryWindows } from './deployments-recovery-windows.ts';

const common = { deployment_id: crnOf(1), generation: 'gen1' };
const instances = [gen1Row(1)];

test.each([
  [{ earliest_point_in_time_recovery_time: '2026-11-01T10:00:00Z' }, '2026-11-01T10:00:00.000Z'],
  [{ earliest_point_in_time_recovery_time: '' }, null],
  [{ earliest_point_in_time_recovery_time: null }, null],
  [{}, null],
])('the earliest time is taken, or there is none yet: %j', async (data, earliest) => {
  const answers = { '/point_in_time_recovery_data': { point_in_time_recovery_data: data } };
  expect(await ibmRows(deploymentsRecoveryWindows, { instances, answers })).toEqual([
    { ...common, earliest_point_in_time_recovery_time: earliest },
  ]);
});

test('is not asked for of types that have none', async () => {
  const redis = instanceRow(2, crnOf(2, 'databases-for-redis'));
  const { stream, api } = openIbmRead(deploymentsRecoveryWindows, { instances: [redis] });
  await stream.toEnd();
  expect(api.requests).toHaveLength(1);
  expect(stream.reader.report.leftOut).toEqual(['1 deployment of other types']);
});
