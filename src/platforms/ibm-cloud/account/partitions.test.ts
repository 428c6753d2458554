import { describe, expect, test } from 'vitest';
import {
  ACCOUNT,
  backupRow,
  crnOf,
  gen1Row,
  gen2Row,
  instanceRow,
  instancesBody,
  openApi,
} from '../../../../test-support/unit/instances.ts';
import type { Row } from '../../../core/record/row.ts';
import { ibmCloudConfig } from '../config.ts';
import { type IbmCloudShared, openShared } from '../shared.ts';
import { gen1Partitions, gen1PartitionsOf, ofDatabase } from './partitions.ts';
import { count } from '../terms.ts';

function sharedOf(rows: readonly Row[], options: object = {}): IbmCloudShared {
  const config = ibmCloudConfig.parse({ name: 'ibm_cloud', api_key: 'k', ...options });
  return openShared(
    config,
    openApi(() => instancesBody(rows)),
  );
}

const redis = (n: number, region: string): Row => instanceRow(n, crnOf(n, 'databases-for-redis', region));
const TYPES = new Set(['redis']);

describe('the partitions of a stream of generation 1', () => {
  test('are its deployments, each at the origin of its region, and say what their rows get', async () => {
    const { chosen, all, leftOut } = await gen1Partitions(sharedOf([gen1Row(1), redis(2, 'eu-de')]));
    expect(chosen).toEqual([
      {
        id: crnOf(1),
        label: `deployment db-1 (${crnOf(1)})`,
        origin: 'https://api.us-south.databases.cloud.ibm.com/v5/ibm',
        fields: { deployment_id: crnOf(1), generation: 'gen1' },
      },
      expect.objectContaining({
        label: expect.stringContaining('deployment db-2') as string,
        origin: 'https://api.eu-de.databases.cloud.ibm.com/v5/ibm',
      }),
    ]);
    expect(all).toEqual(new Set([crnOf(1), crnOf(2, 'databases-for-redis', 'eu-de')]));
    expect(leftOut).toEqual([]);
  });

  test('are none of generation 2 or of another type, which is told', async () => {
    const shared = sharedOf([gen1Row(1), redis(2, 'eu-de'), gen1Row(3), gen2Row(4, {}), backupRow(5, crnOf(4))]);
    const { chosen, leftOut } = await gen1Partitions(shared, { types: TYPES });
    expect(chosen.map(({ id }) => id)).toEqual([crnOf(2, 'databases-for-redis', 'eu-de')]);
    expect(leftOut).toEqual(['1 deployment of generation 2', '2 deployments of other types']);
  });

  test('are none of what cannot be asked about, which the inventory warns of', async () => {
    const shared = sharedOf([redis(1, 'evil.example.test/'), redis(2, 'eu-de')]);
    const { chosen, leftOut } = await gen1Partitions(shared);
    expect(chosen.map(({ id }) => id)).toEqual([crnOf(2, 'databases-for-redis', 'eu-de')]);
    expect(leftOut).toEqual([]);
  });

  test('are the chosen ones, while all that there are keep their marks', async () => {
    const shared = sharedOf([gen1Row(1), gen1Row(2)], { deployment_ids: [crnOf(2)] });
    const { chosen, all } = await gen1Partitions(shared);
    expect(chosen.map(({ id }) => id)).toEqual([crnOf(2)]);
    expect(all).toEqual(new Set([crnOf(1), crnOf(2)]));
  });

  test('of some resource groups leave open which others there are', async () => {
    const shared = sharedOf([gen1Row(1)], { resource_group_ids: ['a'.repeat(32)] });
    expect((await gen1Partitions(shared)).all).toBeUndefined();
  });

  test('may have more fields for their rows', async () => {
    const shared = sharedOf([gen1Row(1)]);
    const { deployments } = await shared.inventory.load();
    const [partition] = gen1PartitionsOf(deployments, shared, { fields: ({ account }) => ({ account_id: account }) });
    expect(partition?.fields).toEqual({ deployment_id: crnOf(1), generation: 'gen1', account_id: ACCOUNT });
  });
});

test('a report is asked for in the region of its deployment, whose whole CRN is one part of the path', () => {
  const crn = crnOf(1);
  const origin = 'https://api.eu-de.databases.cloud.ibm.com/v5/ibm';
  const request = ofDatabase({ id: crn, label: '', origin }, '/groups/member/autoscaling');
  expect(request).toEqual({
    origin,
    path: `deployments/${crn.replaceAll(':', '%3A').replaceAll('/', '%2F')}/groups/member/autoscaling`,
  });
  expect(new URL(`${request.origin}/${request.path}`).pathname.split('/')).toHaveLength(8);
});

test.each([
  [0, '0 deployments'],
  [1, '1 deployment'],
  [2, '2 deployments'],
])('%i is %s', (n, text) => {
  expect(count(n, 'deployment')).toBe(text);
});
