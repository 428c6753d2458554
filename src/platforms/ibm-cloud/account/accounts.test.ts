import { expect, test } from 'vitest';
import { refusal } from '../../../../test-support/unit/fake-api.ts';
import { guidOf, openApi } from '../../../../test-support/unit/instances.ts';
import { ibmCloudConfig } from '../config.ts';
import type { Account } from './account.ts';
import { Accounts } from './accounts.ts';

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [string, string, string];

function open(ids: readonly string[]) {
  const trusted_profiles = ids.map((id) => `crn:v1:bluemix:public:iam-identity::a/${id}::profile:Profile-${guidOf(1)}`);
  const api = openApi(() => ({}));
  return {
    api,
    accounts: new Accounts(ibmCloudConfig.parse({ name: 'ibm_cloud', api_key: 'k', trusted_profiles }), api),
  };
}

/** Only account A returns its list: B rejects the request, and C has an outage. */
async function load({ id }: Account): Promise<string> {
  if (id === B) throw refusal(403, 'list');
  if (id === C) throw refusal(503, 'list');
  return `list of ${id}`;
}

test('load returns the results of the accounts that could be loaded, and a transient failure in preference to a rejection', async () => {
  const { accounts, api } = open([A, B, C]);
  const { results, failure } = await accounts.load(load);
  expect(results).toEqual([`list of ${A}`]);
  expect(failure).toMatchObject({
    problem: 'server_error',
    account: C,
    message: expect.stringContaining(`Account ${C}`) as string,
  });
  expect(api.logged).toEqual([expect.stringContaining(`error Account ${B} could not be read: `)]);
});

test('load throws if all accounts fail', async () => {
  const { accounts } = open([B]);
  await expect(accounts.load(load)).rejects.toMatchObject({ problem: 'forbidden', account: B });
});

test("an account's requests and log lines name the account", async () => {
  const { accounts, api } = open([A, B]);
  await accounts.at(B).api.get({ path: 'things' }, 'stream');
  accounts.at(B).api.log('info', 'seen');
  expect(api.requests).toEqual([{ path: 'things', account: B }]);
  expect(api.logged).toEqual([`info account ${B}: seen`]);
});
