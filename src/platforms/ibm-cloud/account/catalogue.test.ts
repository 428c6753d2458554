import { expect, test } from 'vitest';
import {
  crnOf,
  gen1Row,
  gen2Row,
  instanceRow,
  instancesBody,
  openApi,
} from '../../../../test-support/unit/instances.ts';
import type { Row } from '../../../core/record/row.ts';
import { ibmCloudConfig } from '../config.ts';
import { Account } from './account.ts';
import { loadCatalogue } from './catalogue.ts';
import { INSTANCES } from './inventory.ts';

const redis = (n: number, region: string): Row => instanceRow(n, crnOf(n, 'databases-for-redis', region));

test.each<[string, Row[]]>([
  ['eu-gb', [redis(1, 'us-east'), redis(2, 'eu-gb'), redis(3, 'jp-tok')]],
  ['us-south', []],
  ['us-south', [gen2Row(1, {}), redis(2, 'evil.example.test/')]],
  ['us-south', [gen2Row(1, {}), gen1Row(2)]],
])('the catalog is requested from the API in the region %s', async (region, rows) => {
  const api = openApi(({ path }) => (path === INSTANCES ? instancesBody(rows) : {}));
  const account = new Account(ibmCloudConfig.parse({ name: 'ibm_cloud', api_key: 'k' }), api);
  await loadCatalogue(account, 'deployables', 'databases');
  expect(api.requests.slice(1)).toEqual([
    { origin: `https://api.${region}.databases.cloud.ibm.com/v5/ibm`, path: 'deployables' },
  ]);
});
