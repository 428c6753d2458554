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
import { count } from '../../../text/count.ts';
import { Account } from './account.ts';
import { perDeployment, reportOf } from './partitions.ts';

function accountOf(rows: readonly Row[], options: object = {}): Account {
  const config = ibmCloudConfig.parse({ name: 'ibm_cloud', api_key: 'k', ...options });
  return new Account(
    config,
    openApi(() => instancesBody(rows)),
  );
}

const redis = (n: number, region: string): Row => instanceRow(n, crnOf(n, 'databases-for-redis', region));
const TYPES = new Set(['redis']);
const gen1 = perDeployment('/tasks');

describe('the partitions of a generation 1 stream', () => {
  test('are its deployments, each with the origin of its region and the fields for its records', async () => {
    const { chosen, all, leftOut } = await gen1.partitions(accountOf([gen1Row(1), redis(2, 'eu-de')]));
    expect(chosen).toEqual([
      {
        id: crnOf(1),
        label: `deployment db-1 (${crnOf(1)})`,
        origin: 'https://api.us-south.databases.cloud.ibm.com/v5/ibm',
        fields: { account_id: ACCOUNT, deployment_id: crnOf(1), generation: 'gen1' },
      },
      expect.objectContaining({
        label: expect.stringContaining('deployment db-2') as string,
        origin: 'https://api.eu-de.databases.cloud.ibm.com/v5/ibm',
      }),
    ]);
    expect(all).toEqual(new Set([crnOf(1), crnOf(2, 'databases-for-redis', 'eu-de')]));
    expect(leftOut).toEqual([]);
  });

  test('exclude and count deployments of generation 2 and of other types', async () => {
    const account = accountOf([gen1Row(1), redis(2, 'eu-de'), gen1Row(3), gen2Row(4, {}), backupRow(5, crnOf(4))]);
    const { chosen, leftOut } = await perDeployment('/tasks', TYPES).partitions(account);
    expect(chosen.map(({ id }) => id)).toEqual([crnOf(2, 'databases-for-redis', 'eu-de')]);
    expect(leftOut).toEqual(['of other types', 'of other types', 'of generation 2']);
  });

  test('exclude deployments with an unsupported CRN without counting them', async () => {
    const account = accountOf([redis(1, 'evil.example.test/'), redis(2, 'eu-de')]);
    const { chosen, leftOut } = await gen1.partitions(account);
    expect(chosen.map(({ id }) => id)).toEqual([crnOf(2, 'databases-for-redis', 'eu-de')]);
    expect(leftOut).toEqual([]);
  });

  test('are limited to the selected deployments, while the cursor values of all deployments are kept', async () => {
    const account = accountOf([gen1Row(1), gen1Row(2)], { deployment_ids: [crnOf(2)] });
    const { chosen, all } = await gen1.partitions(account);
    expect(chosen.map(({ id }) => id)).toEqual([crnOf(2)]);
    expect(all).toEqual(new Set([crnOf(1), crnOf(2)]));
  });

  test('leave it unknown which other deployments exist if only some resource groups are read', async () => {
    const account = accountOf([gen1Row(1)], { resource_group_ids: ['a'.repeat(32)] });
    expect((await gen1.partitions(account)).all).toBeUndefined();
  });
});

test('a report is requested in the region of its deployment, with the CRN as a single path segment', () => {
  const crn = crnOf(1);
  const origin = 'https://api.eu-de.databases.cloud.ibm.com/v5/ibm';
  const request = reportOf({ id: crn, origin }, '/groups/member/autoscaling');
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
])('the count %i is written as "%s"', (n, text) => {
  expect(count(n, 'deployment')).toBe(text);
});
