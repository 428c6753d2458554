import { expect, test } from 'vitest';
import { ibmRows } from '../../../../test-support/unit/ibm-reads.ts';
import { ACCOUNT, crnOf, gen1Row } from '../../../../test-support/unit/instances.ts';
import { deploymentsAllowlists } from './deployments-allowlists.ts';

const common = { account_id: ACCOUNT, deployment_id: crnOf(1), generation: 'gen1' };
const instances = [gen1Row(1)];

test('each allowed address becomes a record', async () => {
  const ip_addresses = [
    { address: '10.0.0.0/8', description: 'office' },
    { address: '1.2.3.4', description: '' },
  ];
  const answers = { '/allowlists/ip_addresses': { ip_addresses } };
  expect(await ibmRows(deploymentsAllowlists, { instances, answers })).toEqual([
    { ...common, id: `${crnOf(1)}/1.2.3.4`, address: '1.2.3.4', description: null },
    { ...common, id: `${crnOf(1)}/10.0.0.0/8`, address: '10.0.0.0/8', description: 'office' },
  ]);
});
