import { expect, test } from 'vitest';
import { ibmRows, openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { ACCOUNT, crnOf, gen1Row } from '../../../../test-support/unit/instances.ts';
import { deploymentsVersions } from './deployments-versions.ts';

const instances = [gen1Row(1)];
const REPORT = '/capability/versions';
const read = (versions: unknown) => ({ instances, answers: { [REPORT]: { capability: { versions } } } });

test('each upgrade becomes a record with the status of the current version', async () => {
  const transition = { method: 'in-place', to_version: '16', skip_backup_supported: true };
  const version = { type: 'postgresql', version: '15', status: 'deprecated', is_preferred: false };
  const transitions = [transition, { ...transition, method: 'restore', application: 'pg', from_version: '15.4' }];
  const common = {
    account_id: ACCOUNT,
    deployment_id: crnOf(1),
    generation: 'gen1',
    to_version: '16',
    status: 'deprecated',
    is_preferred: false,
  };
  expect(await ibmRows(deploymentsVersions, read([{ ...version, transitions }]))).toEqual([
    {
      ...common,
      id: `${crnOf(1)}/15.4/16/restore`,
      application: 'pg',
      method: 'restore',
      from_version: '15.4',
      skip_backup_supported: true,
    },
    {
      ...common,
      id: `${crnOf(1)}/15/16/in-place`,
      application: 'postgresql',
      method: 'in-place',
      from_version: '15',
      skip_backup_supported: true,
    },
  ]);
});

test.each([
  [[]],
  [[{ version: '16', transitions: [] }]],
  [[{ version: '16', transitions: null }]],
  [[{ version: '16' }]],
])('a version without upgrades adds no record: %j', async (versions) => {
  expect(await ibmRows(deploymentsVersions, read(versions))).toEqual([]);
});

test.each([
  [[null], 'row 1 of 1 is not an object'],
  [[{ version: '15', transitions: ['16'] }], 'row 1 of 1 is not an object'],
  [[{ version: '15', transitions: [{ method: 'restore' }] }], 'row 1 of 1 has no id'],
  [null, 'versions is missing or not a list'],
])('the stream fails if an upgrade is invalid: %j', async (versions, detail) => {
  const { stream } = openIbmRead(deploymentsVersions, read(versions));
  await expect(stream.toEnd()).rejects.toMatchObject({
    problem: 'unexpected_body',
    message: expect.stringContaining(detail) as string,
  });
});
