import { describe, expect, test } from 'vitest';
import { ACCOUNT, AUTHORIZATION, openApi } from '../../../../test-support/unit/instances.ts';
import { ibmCloudConfig } from '../config.ts';
import { Account } from './account.ts';
import { RESOURCE_GROUPS, loadResourceGroups } from './resource-groups.ts';

const KEY_DETAILS = 'v1/apikeys/details';

interface Given {
  authorization?: string;
  /** The response to each path, or an error to throw. */
  answers?: Record<string, unknown>;
}

function open({ authorization = AUTHORIZATION, answers = {} }: Given = {}) {
  const api = openApi(({ path }) => {
    const answer = answers[path];
    if (answer instanceof Error) throw answer;
    return answer;
  }, authorization);
  const config = ibmCloudConfig.parse({
    name: 'ibm_cloud',
    api_key: 'the-key',
    endpoints: { iam: 'https://iam.example.test', resource_controller: 'https://controller.example.test' },
  });
  return { api, account: new Account(config, api) };
}

describe("the lookup of the account's id", () => {
  test('uses the access token, without a request', async () => {
    const { api, account } = open();
    expect(await account.requireId()).toBe(ACCOUNT);
    expect(api.requests).toEqual([]);
  });

  test('sends IAM a single request, with the key, if the token omits the id', async () => {
    const { api, account } = open({
      authorization: 'Bearer opaque',
      answers: { [KEY_DETAILS]: { account_id: 'acc-1' } },
    });
    expect(await Promise.all([account.requireId(), account.requireId()])).toEqual(['acc-1', 'acc-1']);
    const role = 'the Viewer role on IAM Identity';
    expect(api.requests).toEqual([
      { origin: 'https://iam.example.test', path: KEY_DETAILS, headers: { 'iam-apikey': 'the-key' }, role },
    ]);
  });

  test.each([{}, { account_id: '' }, { account_id: 7 }, null])('fails if IAM responds with %j', async (body) => {
    const { account } = open({ authorization: 'Bearer opaque', answers: { [KEY_DETAILS]: body } });
    await expect(account.requireId()).rejects.toMatchObject({ problem: 'unexpected_body' });
  });
});

describe('the list of resource groups', () => {
  const groups = [
    { id: 'g1', name: 'default' },
    { id: 'g2', name: 'data' },
  ];

  test('is requested only once and returned unchanged', async () => {
    const { api, account } = open({ answers: { [RESOURCE_GROUPS]: { resources: groups } } });
    const rows = await Promise.all([account.once(loadResourceGroups), account.once(loadResourceGroups)]);
    expect(rows).toEqual([groups, groups]);
    expect(api.requests).toEqual([
      {
        origin: 'https://controller.example.test',
        path: RESOURCE_GROUPS,
        query: { account_id: ACCOUNT },
        role: 'the Viewer role on the resource groups',
      },
    ]);
  });

  test.each([{}, { resources: [null] }, { resources: groups, next_url: '/x' }])(
    'causes an error if the response is %j',
    async (body) => {
      const { account } = open({ answers: { [RESOURCE_GROUPS]: body } });
      await expect(account.once(loadResourceGroups)).rejects.toMatchObject({ problem: 'unexpected_body' });
    },
  );
});
