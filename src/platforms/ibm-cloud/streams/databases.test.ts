import { expect, test } from 'vitest';
import { ibmRows } from '../../../../test-support/unit/ibm-reads.ts';
import { crnOf, instanceRow } from '../../../../test-support/unit/instances.ts';
import { databases } from './databases.ts';

const instances = [instanceRow(1, crnOf(1, 'databases-for-redis', 'eu-de'))];

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
