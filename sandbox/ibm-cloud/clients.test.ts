import AccountManagementV4 from '@ibm-cloud/platform-services/account-management/v4.js';
import AccessGroupsV2 from '@ibm-cloud/platform-services/iam-access-groups/v2.js';
import IdentityV1 from '@ibm-cloud/platform-services/iam-identity/v1.js';
import PolicyManagementV1 from '@ibm-cloud/platform-services/iam-policy-management/v1.js';
import ResourceControllerV2 from '@ibm-cloud/platform-services/resource-controller/v2.js';
import ResourceManagerV2 from '@ibm-cloud/platform-services/resource-manager/v2.js';
import UsageReportsV4 from '@ibm-cloud/platform-services/usage-reports/v4.js';
import UserManagementV1 from '@ibm-cloud/platform-services/user-management/v1.js';
import { IamAuthenticator } from 'ibm-cloud-sdk-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type IbmCloudSandbox, startSandbox } from '../server.ts';

// What IBM's own clients read from the stand-in, against its table of reports. Pages of two make every pager turn.
let sandbox: IbmCloudSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ platform: 'ibm_cloud', now: '2026-11-24T12:00:00Z', maxLimit: 2 });
});
beforeEach(() => sandbox.setFaults([]));
afterAll(() => sandbox.close());

const serviceAt = (
  serviceUrl: string,
  apikey: string = sandbox.apiKey,
): { authenticator: IamAuthenticator; serviceUrl: string } => ({
  authenticator: new IamAuthenticator({ apikey, url: sandbox.endpoints.iam }),
  serviceUrl,
});

const controller = (apikey?: string): ResourceControllerV2 =>
  new ResourceControllerV2(serviceAt(sandbox.endpoints.resource_controller, apikey));

const ids = (rows: readonly { id?: string }[]): string[] => rows.map(({ id }) => String(id)).toSorted();

const keys = (stream: Parameters<IbmCloudSandbox['keys']>[0]): string[] => [...sandbox.keys(stream)].toSorted();

test('the pager of instances finds every deployment and backup, and each one on its own', async () => {
  const client = controller();
  const all = await new ResourceControllerV2.ResourceInstancesPager(client, {
    type: 'service_instance',
    limit: 100,
  }).getAll();
  const read = new Set(ids(all));
  for (const id of keys('deployments')) expect(read).toContain(id);
  expect(new Set(all.map(({ guid }) => guid)).size).toBe(all.length);
  const backups = keys('deployments_backups').filter((id) => !id.includes(':backup:'));
  expect(ids(all.filter((row) => 'backup' in (row.extensions?.['dataservices'] ?? {})))).toEqual(backups);
  const [deployment = ''] = sandbox.deploymentIds;
  const { result } = await client.getResourceInstance({ id: deployment });
  expect(result).toEqual(all.find(({ id }) => id === deployment));
  expect(result).toEqual([...sandbox.rows('deployments')].find(({ id }) => id === deployment));
  expect((await client.getResourceInstance({ id: result.guid ?? '' })).result).toEqual(result);
});

test('a token is asked for once, however many requests there are', async () => {
  const before = sandbox.stats().byPath['/iam/identity/token'] ?? 0;
  const client = controller();
  await Promise.all(Array.from({ length: 8 }, () => client.listResourceInstances({ limit: 1 })));
  expect(sandbox.stats().byPath['/iam/identity/token']).toBe(before + 1);
});

test('the key goes to IAM alone', async () => {
  await controller().listResourceInstances({});
  const withKey = sandbox.requests.filter(({ credential }) => credential).map(({ path }) => path.split('/')[1]);
  expect(new Set(withKey)).toEqual(new Set(['iam']));
});

test('resource groups', async () => {
  const client = new ResourceManagerV2(serviceAt(sandbox.endpoints.resource_controller));
  const { result } = await client.listResourceGroups({ accountId: sandbox.accountId });
  expect(result.resources).toEqual([...sandbox.rows('resource_groups')]);
});

test('the pager of usage finds every metric of a month, for the account and by resource group', async () => {
  const client = new UsageReportsV4(serviceAt(sandbox.endpoints.billing));
  const billingmonth = '2026-10';
  const { accountId } = sandbox;
  const account = await new UsageReportsV4.GetResourceUsageAccountPager(client, {
    accountId,
    billingmonth,
    names: true,
  }).getAll();
  const isOfDatabase = ({ resource_instance_id }: { resource_instance_id: string }): boolean =>
    /:(databases|messages)-for-/.test(resource_instance_id);
  const read = account
    .filter(isOfDatabase)
    .flatMap(({ usage, ...row }) =>
      usage.map(({ metric }) =>
        [row.month, row.resource_instance_id, row.plan_id, metric, row.region, row.pricing_country].join('/'),
      ),
    );
  const expected = keys('billables').filter((key) => key.startsWith(billingmonth));
  expect(read.length).toBe(expected.length);
  expect(new Set(read)).toEqual(new Set(expected.map((key) => key.replace(/\/\d+$/, ''))));
  expect(account[0]?.resource_instance_name).toEqual(expect.any(String));
  const byGroup = await Promise.all(
    keys('resource_groups').map((resourceGroupId) =>
      new UsageReportsV4.GetResourceUsageResourceGroupPager(client, {
        accountId,
        resourceGroupId,
        billingmonth,
        names: true,
      }).getAll(),
    ),
  );
  const texts = (rows: object[]): string[] => rows.map((row) => JSON.stringify(row)).toSorted();
  expect(texts(byGroup.flat())).toEqual(texts(account));
});

test('the pagers of access groups and members', async () => {
  const client = new AccessGroupsV2(serviceAt(sandbox.endpoints.iam));
  const { accountId } = sandbox;
  const groups = await new AccessGroupsV2.AccessGroupsPager(client, { accountId }).getAll();
  expect(ids(groups)).toEqual(keys('teams'));
  const members = await Promise.all(
    groups.map(({ id = '' }) =>
      new AccessGroupsV2.AccessGroupMembersPager(client, {
        accessGroupId: id,
        membershipType: 'all',
        verbose: true,
      }).getAll(),
    ),
  );
  expect(groups.map((group, index) => ({ ...group, members: members[index] }))).toEqual([...sandbox.rows('teams')]);
  const counts = members.map((list) => list.length);
  expect(counts).toContain(0);
  expect(Math.max(...counts)).toBe(12);
  expect(new Set(members.flat().map(({ type }) => type))).toEqual(new Set(['user', 'service', 'profile']));
});

test('the pager of policies, and roles', async () => {
  const client = new PolicyManagementV1(serviceAt(sandbox.endpoints.iam));
  const { accountId } = sandbox;
  const policies = await new PolicyManagementV1.V2PoliciesPager(client, { accountId, type: 'access' }).getAll();
  const read = new Set(ids(policies));
  for (const key of [...keys('deployments_roles'), ...keys('deployments_team_roles')]) {
    expect(read).toContain(key.split('/')[0]);
  }
  expect(read.size).toBe(12);
  const { result } = await client.listRoles({ accountId, serviceName: 'databases-for-redis' });
  expect(result.system_roles?.map(({ display_name }) => display_name)).toContain('Viewer');
});

test('the pager of users, the account, and whose the key is', async () => {
  const { accountId, apiKey } = sandbox;
  const users = new UserManagementV1(serviceAt(`${sandbox.baseUrl}/user-management`));
  expect((await new UserManagementV1.UsersPager(users, { accountId }).getAll()).length).toBe(5);
  const accounts = new AccountManagementV4(serviceAt(sandbox.endpoints.accounts));
  expect((await accounts.getAccount({ accountId })).result.id).toBe(accountId);
  const identity = new IdentityV1(serviceAt(sandbox.endpoints.iam));
  const { result } = await identity.getApiKeysDetails({ iamApiKey: apiKey });
  expect(result).toMatchObject({ account_id: accountId, apikey: apiKey });
});

test('a wrong key is a 400 of the token endpoint with its code', async () => {
  await expect(controller('wrong').listResourceInstances({})).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('API key could not be found'),
  });
});

test('a token that is revoked is a 401 of the service', async () => {
  const client = controller();
  await client.listResourceInstances({});
  sandbox.revokeTokens();
  await expect(client.listResourceInstances({})).rejects.toMatchObject({ status: 401 });
});

test.each([403, 404, 429, 500])('a %i has its message where the client looks for it', async (status) => {
  sandbox.setFaults([{ path: '/iam/identity/token', kind: 'status', status }]);
  const identity = new IdentityV1(serviceAt(sandbox.endpoints.iam));
  const token = identity.getAuthenticator().authenticate({ headers: {} });
  await expect(token).rejects.toMatchObject({ status });
  sandbox.setFaults([{ path: '/resource-controller/**', kind: 'status', status }]);
  await expect(controller().listResourceInstances({})).rejects.toMatchObject({
    status,
    message: expect.stringMatching(/\w/),
  });
  sandbox.setFaults([{ path: '/billing/**', kind: 'status', status }]);
  const usage = new UsageReportsV4(serviceAt(sandbox.endpoints.billing));
  const request = usage.getResourceUsageAccount({ accountId: sandbox.accountId, billingmonth: '2026-10' });
  await expect(request).rejects.toMatchObject({ status, message: expect.stringMatching(/\w/) });
});
