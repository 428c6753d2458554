import { expect, test } from 'vitest';
import { ibmRows, openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { crnOf, gen1Row, instanceRow } from '../../../../test-support/unit/instances.ts';
import { deploymentsReplicas } from './deployments-replicas.ts';

const common = { deployment_id: crnOf(1), generation: 'gen1' };
const instances = [gen1Row(1)];

test.each([
  [
    { leader: 'crn:leader', replicas: [] },
    { leader: 'crn:leader', replicas: [] },
  ],
  [
    { leader: '', replicas: ['crn:replica'] },
    { leader: null, replicas: ['crn:replica'] },
  ],
  [{ leader: null }, { leader: null }],
  [{}, { leader: null }],
])('a leader and replicas are taken as far as they are there: %j', async (remotes, told) => {
  expect(await ibmRows(deploymentsReplicas, { instances, answers: { '/remotes': { remotes } } })).toEqual([
    { ...common, ...told },
  ]);
});

test('is not asked for of types that have none', async () => {
  const redis = instanceRow(2, crnOf(2, 'databases-for-redis'));
  const { stream, api } = openIbmRead(deploymentsReplicas, { instances: [redis] });
  await stream.toEnd();
  expect(api.requests).toHaveLength(1);
  expect(stream.reader.report.leftOut).toEqual(['1 deployment of other types']);
});
