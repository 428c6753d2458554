import { expect, test } from 'vitest';
import { ibmRows, openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { crnOf, instanceRow } from '../../../../test-support/unit/instances.ts';
import { datacenters } from './datacenters.ts';

const instances = [instanceRow(1, crnOf(1, 'databases-for-redis', 'eu-de'))];

test('each region becomes a record', async () => {
  const rows = await ibmRows(datacenters, { instances, answers: { regions: { regions: ['us-south', 'eu-de'] } } });
  expect(rows).toEqual([
    { slug: 'ibm:eu-de', account_id: null, provider: 'ibm', region: 'eu-de' },
    { slug: 'ibm:us-south', account_id: null, provider: 'ibm', region: 'us-south' },
  ]);
});

test.each([null, '', 7, { name: 'eu-de' }])('the stream fails if the name of a region is %j', async (region) => {
  const { stream } = openIbmRead(datacenters, { instances, answers: { regions: { regions: ['us-south', region] } } });
  await expect(stream.toEnd()).rejects.toThrow('region 2 has no name');
});
