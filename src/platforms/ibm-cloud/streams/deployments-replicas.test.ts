import { expect, test } from 'vitest';
import { ibmRows } from '../../../../test-support/unit/ibm-reads.ts';
import { ACCOUNT, crnOf, gen1Row } from '../../../../test-support/unit/instances.ts';
import { deploymentsReplicas } from './deployments-replicas.ts';

const common = { account_id: ACCOUNT, deployment_id: crnOf(1), generation: 'gen1' };
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
])('a deployment may have no leader and no replicas: %j', async (remotes, told) => {
  expect(await ibmRows(deploymentsReplicas, { instances, answers: { '/remotes': { remotes } } })).toEqual([
    { ...common, ...told },
  ]);
});
