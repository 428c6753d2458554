import { expect, test } from 'vitest';
import { ibmRows, openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { crnOf, gen1Row, gen2Row, instanceRow } from '../../../../test-support/unit/instances.ts';
import type { Row } from '../../../core/record/row.ts';
import { databases } from './databases.ts';

const redis = (n: number, region: string): Row => instanceRow(n, crnOf(n, 'databases-for-redis', region));
const instances = [redis(1, 'eu-de')];

test.each<[string, Row[]]>([
  ['eu-gb', [redis(1, 'us-east'), redis(2, 'eu-gb'), redis(3, 'jp-tok')]],
  ['us-south', []],
  ['us-south', [gen2Row(1, {}), redis(2, 'evil.example.test/')]],
  ['us-south', [gen2Row(1, {}), gen1Row(2)]],
])('the catalog is requested from the API in the region %s', async (region, listed) => {
  const answers = { deployables: { deployables: [] } };
  const { stream, api } = openIbmRead(databases, { instances: listed, answers });
  await stream.toEnd();
  expect(api.requests.slice(1)).toEqual([
    { origin: `https://api.${region}.databases.cloud.ibm.com/v5/ibm`, path: 'deployables' },
  ]);
});

test('each database type becomes a record, whose versions have both preferred and is_preferred', async () => {
  const versions = [{ version: '16', status: 'stable', is_preferred: true, transitions: [] }, 'odd'];
  const deployables = [
    { type: 'postgresql', versions },
    { type: 'etcd', versions: null },
  ];
  expect(await ibmRows(databases, { instances, answers: { deployables: { deployables } } })).toEqual([
    { type: 'etcd', account_id: null, generation: 'gen1', versions: null },
    {
      type: 'postgresql',
      account_id: null,
      generation: 'gen1',
      versions: [
        {
          application: 'postgresql',
          preferred: true,
          version: '16',
          status: 'stable',
          is_preferred: true,
          transitions: [],
        },
      ],
    },
  ]);
});
