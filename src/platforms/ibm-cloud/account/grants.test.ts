import { describe, expect, test } from 'vitest';
import { ConnectorError } from '../../../core/failure/errors.ts';
import type { Request } from '../../../core/stream/request.ts';
import type { Row } from '../../../core/record/row.ts';
import { ACCOUNT, AUTHORIZATION } from '../../../../test-support/unit/instances.ts';
import type { Api } from '../../platform.ts';
import { ibmCloudConfig } from '../config.ts';
import { Account } from './account.ts';
import { grantsTo } from './grants.ts';

const GUID = 'a0000000-0000-4000-8000-000000000001';
const OTHER_GUID = 'a0000000-0000-4000-8000-000000000002';
const CRN = `crn:v1:bluemix:public:databases-for-postgresql:us-south:a/${ACCOUNT}:${GUID}::`;
const GROUP = 'b'.repeat(32);
const VIEWER = 'crn:v1:bluemix:public:iam::::role:Viewer';

interface Given {
  policies: Row[];
  roles?: Row | ConnectorError;
  config?: Row;
}

/** Loads the rows of both role streams for an account with a single deployment. */
async function grantsOf({ policies, roles = { system_roles: [] }, config = {} }: Given): Promise<{
  rows: { iam_id: Row[]; access_group_id: Row[] };
  log: string[];
}> {
  const log: string[] = [];
  const answers: Record<string, unknown> = {
    'v2/policies': { policies },
    'v2/roles': roles,
    'v2/resource_instances': {
      resources: [{ id: CRN, guid: GUID, resource_plan_id: 'databases-for-postgresql-standard' }],
    },
  };
  const api: Api = {
    get({ path }: Request) {
      const answer = answers[path];
      return answer instanceof ConnectorError ? Promise.reject(answer) : Promise.resolve(answer);
    },
    authorization: () => Promise.resolve(AUTHORIZATION),
    log: (_, sentence) => log.push(sentence),
  };
  const parsed = ibmCloudConfig.parse({ name: 'ibm_cloud', api_key: 'k', ...config });
  const account = new Account(parsed, api);
  const users = await grantsTo('iam_id', '').retrieval.load(account);
  const groups = await grantsTo('access_group_id', '').retrieval.load(account);
  return { rows: { iam_id: users.rows, access_group_id: groups.rows }, log };
}

let ids = 0;

function policy(covers: Row, { subject = { iam_id: 'IBMid-1' }, ...more }: Row & { subject?: Row } = {}): Row {
  const attributes = (of: Row): Row[] =>
    Object.entries(of).map(([key, value]) => ({ key, operator: 'stringEquals', value }));
  return {
    id: `p${(ids += 1)}`,
    type: 'access',
    subject: { attributes: attributes(subject) },
    resource: { attributes: attributes({ ...covers, accountId: ACCOUNT }) },
    control: { grant: { roles: [{ role_id: VIEWER }] } },
    ...more,
  };
}

describe("a policy's resource", () => {
  test.each([
    [{ serviceName: 'databases-for-redis' }, 'service'],
    [{ serviceName: 'databases-for-*' }, 'service'],
    [{ serviceName: ['kms', 'databases-for-mysql'] }, 'service'],
    [{ serviceName: 'databases-for-postgresql', serviceInstance: GUID }, 'instance'],
    [{ resourceGroupId: GROUP }, 'resource_group'],
    [{ serviceInstance: '*', serviceName: 'databases-for-redis' }, 'service'],
    [{ resourceGroupId: '*' }, 'account'],
    [{}, 'account'],
  ])('covers databases if its attributes are %j', async (covers, scope) => {
    const { rows } = await grantsOf({ policies: [policy(covers)] });
    expect(rows.iam_id).toMatchObject([{ scope }]);
    expect(rows.access_group_id).toEqual([]);
  });

  test.each([
    [{ serviceName: 'cloud-object-storage' }],
    [{ serviceType: 'platform_service' }],
    [{ service_group_id: 'IAM' }],
    [{ resourceType: 'resource-group', resource: GROUP }],
  ])('does not cover databases if its attributes are %j', async (covers) => {
    expect((await grantsOf({ policies: [policy(covers)] })).rows.iam_id).toEqual([]);
  });
});

test('a policy becomes one row per role and subject', async () => {
  const own = `crn:v1:bluemix:public:iam-access-management::a/${ACCOUNT}::customRole:Nightwatch`;
  const { rows } = await grantsOf({
    policies: [
      policy(
        { serviceName: 'databases-for-postgresql', serviceInstance: GUID },
        {
          id: 'p',
          subject: { iam_id: ['IBMid-1', 'iam-ServiceId-2'], access_group_id: 'AccessGroupId-3' },
          control: { grant: { roles: [{ role_id: VIEWER }, { role_id: own }] } },
        },
      ),
    ],
    roles: { system_roles: [{ crn: VIEWER, display_name: 'Betrachter' }], custom_roles: [] },
  });
  expect(rows.iam_id.map(({ id, name, deployment_id }) => [id, name, deployment_id])).toEqual([
    ['p/Viewer/IBMid-1', 'Betrachter', CRN],
    ['p/Viewer/iam-ServiceId-2', 'Betrachter', CRN],
    ['p/Nightwatch/IBMid-1', 'Nightwatch', CRN],
    ['p/Nightwatch/iam-ServiceId-2', 'Nightwatch', CRN],
  ]);
  expect(rows.access_group_id.map(({ id }) => id)).toEqual([
    'p/Viewer/AccessGroupId-3',
    'p/Nightwatch/AccessGroupId-3',
  ]);
});

test.each([
  ['IBMid-1', 'user'],
  ['SL-2', 'user'],
  ['iam-ServiceId-3', 'service_id'],
  ['Iam-Profile-4', 'profile'],
  ['crn-crn:v1:bluemix:public:containers-kubernetes:eu-de:a/1:2::', 'resource'],
])('a policy for the id %s has the subject type %s', async (iam_id, type) => {
  const { rows } = await grantsOf({ policies: [policy({}, { subject: { iam_id } })] });
  expect(rows.iam_id).toMatchObject([{ subject_type: type }]);
});

test('two roles with the same short name get different ids', async () => {
  const own = `crn:v1:bluemix:public:iam-access-management::a/${ACCOUNT}::customRole:Viewer`;
  const roles = [{ role_id: VIEWER }, { role_id: own }];
  const { rows } = await grantsOf({ policies: [policy({}, { id: 'p', control: { grant: { roles } } })] });
  expect(rows.iam_id.map(({ id }) => id)).toEqual(['p/Viewer/IBMid-1', `p/${own}/IBMid-1`]);
});

test('an attribute with the operator stringExists and the value false does not limit a policy', async () => {
  const attributes = [{ key: 'serviceName', operator: 'stringExists', value: false }];
  const { rows } = await grantsOf({ policies: [policy({}, { resource: { attributes } })] });
  expect(rows.iam_id).toMatchObject([{ scope: 'account' }]);
});

describe('an invalid policy', () => {
  const NO_TEXT = 'the attribute iam_id has a value that is empty or not text';
  const role = { role_id: VIEWER };
  const subject = { key: 'iam_id', operator: 'stringEquals', value: 'IBMid-1' };
  test.each<[string, Row, string]>([
    ['a control that is a list', { control: [{ grant: { roles: [role] } }] }, 'it is not an object'],
    ['a role without its id', { control: { grant: { roles: [role, { id: VIEWER }] } } }, 'role_id is missing'],
    ['no subject', { subject: undefined }, 'it is not an object'],
    ['an attribute that is a string', { subject: { attributes: ['IBMid-1'] } }, 'row 1 of 1 is not an object'],
    ['an attribute without a name', { subject: { attributes: [{ value: 'IBMid-1' }] } }, 'key is missing'],
    ['a value that is an object', { subject: { attributes: [{ ...subject, value: { id: 1 } }] } }, NO_TEXT],
    ['an empty value', { subject: { attributes: [{ ...subject, value: '' }] } }, NO_TEXT],
    ['another kind of subject', { subject: { attributes: [{ ...subject, key: 'name' }] } }, 'its subject has neither'],
    ['no resource', { resource: null }, 'it is not an object'],
    [
      'a service that is not a string',
      { resource: { attributes: [{ key: 'serviceName', value: { name: 'databases-for-redis' } }] } },
      'the attribute serviceName has a value that is empty or not text',
    ],
  ])('causes an error if it has %s', async (_, more, fault) => {
    const damaged = grantsOf({ policies: [policy({}), { ...policy({}), id: 'odd', ...more }] });
    await expect(damaged).rejects.toThrow(`v2/policies, policy odd: ${fault}`);
    await expect(damaged).rejects.toMatchObject({ problem: 'unexpected_body' });
  });
});

test('policies on databases cause a warning if they have attributes that no field contains', async () => {
  const limited = policy({ serviceName: 'databases-for-redis', resourceType: 'backup', path: '/x' }, { id: 'p' });
  const other = policy({ serviceName: 'cloud-object-storage', prefix: 'x' });
  const { rows, log } = await grantsOf({ policies: [policy({}), other, limited] });
  expect(rows.iam_id).toHaveLength(2);
  expect(log.filter((line) => line.includes('the records omit'))).toEqual([
    'deployments_roles: some policies cover less than their records suggest, because the records omit the attributes path, resourceType',
  ]);
});

test('a policy that is listed twice becomes one record', async () => {
  const twice = policy({});
  expect((await grantsOf({ policies: [twice, { ...twice }] })).rows.iam_id).toHaveLength(1);
});

test('a role on a deleted deployment has the GUID of the deployment, but no CRN', async () => {
  const gone = policy({ serviceName: 'databases-for-redis', serviceInstance: OTHER_GUID });
  const { rows } = await grantsOf({ policies: [gone] });
  expect(rows.iam_id[0]).toMatchObject({ service_instance: OTHER_GUID, scope: 'instance' });
  expect(rows.iam_id[0]?.['deployment_id']).toBeUndefined();
});

/** The IDs of the policies that are kept for every selection. */
const MORE = ['two', 'pattern', 'two groups', 'any group'];

describe('a selection', () => {
  const policies = [
    policy({ serviceName: 'databases-for-postgresql', serviceInstance: GUID }, { id: 'own' }),
    policy({ serviceName: 'databases-for-postgresql', serviceInstance: OTHER_GUID }, { id: 'other' }),
    policy({ resourceGroupId: GROUP }, { id: 'group' }),
    policy({ resourceGroupId: 'c'.repeat(32) }, { id: 'other group' }),
    policy({}, { id: 'account' }),
    policy({ serviceInstance: [OTHER_GUID, GUID] }, { id: 'two' }),
    policy({ serviceInstance: 'a0000000-*' }, { id: 'pattern' }),
    policy({ resourceGroupId: ['c'.repeat(32), GROUP] }, { id: 'two groups' }),
    policy({ resourceGroupId: '*' }, { id: 'any group' }),
  ];

  test.each([
    ['no ids', {}, ['own', 'other', 'group', 'other group', 'account', ...MORE]],
    ['a GUID', { deployment_ids: [GUID.toUpperCase()] }, ['own', 'group', 'other group', 'account', ...MORE]],
    ['a CRN', { deployment_ids: [CRN] }, ['own', 'group', 'other group', 'account', ...MORE]],
    ['a resource group', { resource_group_ids: [GROUP] }, ['own', 'group', 'account', ...MORE]],
  ])('with %s keeps all policies that may apply to it', async (_, config, expected) => {
    const { rows } = await grantsOf({ policies, config });
    expect(rows.iam_id.map((row) => row['policy_id'])).toEqual(expected);
  });
});
