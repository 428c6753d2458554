import { describe, expect, test } from 'vitest';
import { crnOf, guidOf } from '../../../test-support/unit/instances.ts';
import { ibmCloudConfig } from './config.ts';
import { DEFAULT_ENDPOINTS } from './api/endpoints.ts';

const KEY = { name: 'ibm_cloud', api_key: 'the-key' };
const GROUP = '11112222333344445555666677778888';

test('all options except the key have defaults', () => {
  expect(ibmCloudConfig.parse(KEY)).toEqual({
    ...KEY,
    deployment_ids: [],
    resource_group_ids: [],
    billing: 'resource_groups',
    logs_instances: [],
    access_review: false,
    api_keys: false,
    identity_activity: false,
    trusted_profiles: [],
    endpoints: DEFAULT_ENDPOINTS,
  });
});

test('a config that sets one endpoint keeps the defaults of the others', () => {
  const { endpoints } = ibmCloudConfig.parse({ ...KEY, endpoints: { iam: 'https://private.iam.cloud.ibm.com' } });
  expect(endpoints).toEqual({ ...DEFAULT_ENDPOINTS, iam: 'https://private.iam.cloud.ibm.com' });
});

describe('the parsed config', () => {
  test.each([
    [{ api_key: ' \nthe-key\t' }, { api_key: 'the-key' }],
    [{ deployment_ids: [` ${guidOf(1)}\n`, guidOf(1)] }, { deployment_ids: [guidOf(1)] }],
    [{ deployment_ids: [crnOf(1), ` ${crnOf(1)}`] }, { deployment_ids: [crnOf(1)] }],
    [{ resource_group_ids: ['AAAA'.repeat(8), ` ${'aaaa'.repeat(8)}`] }, { resource_group_ids: ['aaaa'.repeat(8)] }],
    [{ endpoints: { iam: ' http://localhost:8080/iam// ' } }, { endpoints: { iam: 'http://localhost:8080/iam' } }],
  ])('has normalized values: %j', (given, kept) => {
    expect(ibmCloudConfig.parse({ ...KEY, ...given })).toMatchObject(kept);
  });
});

describe('an invalid value', () => {
  const NO_ID = 'must be the CRN or the GUID of a deployment';
  const NO_GROUP = 'must be the ID of a resource group: 32 hexadecimal digits';
  test.each([
    ['api_key', undefined, 'is missing; add it'],
    ['api_key', 12_345_678, 'must be a string'],
    ['api_key', ' \t', 'must not be empty'],
    ['deployment_ids', ['orders-pg'], NO_ID],
    ['deployment_ids', [`${guidOf(1)},${guidOf(2)}`], NO_ID],
    ['deployment_ids', [crnOf(1).slice(0, -1)], NO_ID],
    ['deployment_ids', ['5a2b4c6d8e0f12001300b001'], NO_ID],
    ['resource_group_ids', GROUP, 'must be an array of strings, even for a single value: ["…"]'],
    ['resource_group_ids', ['default'], NO_GROUP],
    ['resource_group_ids', [`${GROUP}0`], NO_GROUP],
    ['endpoints', { iam: 1 }, 'must be a string'],
  ])('of %s causes an error that names the option: %j', (option, value, problem) => {
    const { error } = ibmCloudConfig.safeParse({ ...KEY, [option]: value });
    expect(error?.issues.map(({ path }) => path[0])).toEqual([option]);
    expect(error?.issues[0]?.message).toContain(problem);
  });
});

describe('trusted_profiles', () => {
  const profile = (account: string, n = 1): string =>
    `crn:v1:bluemix:public:iam-identity::a/${account}::profile:Profile-${guidOf(n)}`;
  const [one, other] = ['1'.repeat(32), '2'.repeat(32)];
  const logs = (account: string): string => `crn:v1:bluemix:public:logs:us-south:a/${account}:${guidOf(1)}::`;

  test.each([
    ['trusted_profiles', { trusted_profiles: ['Profile-1'] }, 'must be the CRN of a trusted profile'],
    [
      'trusted_profiles',
      { trusted_profiles: [profile(one), profile(one, 2)] },
      `contains two profiles of account ${one}`,
    ],
    [
      'logs_instances',
      { trusted_profiles: [profile(one)], logs_instances: [logs(one), logs(other)] },
      `contains an instance in account ${other}, which has no profile in trusted_profiles`,
    ],
  ])('cause an error about %s if the config is invalid: %j', (option, given, problem) => {
    const { error } = ibmCloudConfig.safeParse({ ...KEY, ...given });
    expect(error?.issues.map(({ path }) => path[0])).toEqual([option]);
    expect(error?.issues[0]?.message).toContain(problem);
  });

  test('may name one profile of each account, with Logs instances of these accounts', () => {
    const given = { trusted_profiles: [profile(one), profile(other)], logs_instances: [logs(other)] };
    expect(ibmCloudConfig.parse({ ...KEY, ...given })).toMatchObject(given);
  });
});
