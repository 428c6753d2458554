import { expect, test } from 'vitest';
import { ibmRows, openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { ACCOUNT } from '../../../../test-support/unit/instances.ts';
import { refusal } from '../../../../test-support/unit/fake-api.ts';
import { accounts } from './accounts.ts';

// The access token in these tests does not contain the account's id.

test('the record of the account excludes the personal data of the owner', async () => {
  const body = {
    id: ACCOUNT,
    name: 'Orders',
    type: 'PAYG',
    status: 'ACTIVE',
    owner: 1,
    owner_userid: 'someone',
    owner_iamid: 'IBMid-1',
  };
  const { stream, printed, api } = openIbmRead(accounts, { answers: { [ACCOUNT]: body } });
  await stream.toEnd();
  expect(printed.rows).toEqual([
    { id: ACCOUNT, account_id: ACCOUNT, name: 'Orders', type: 'PAYG', status: 'ACTIVE', owner_iam_id: 'IBMid-1' },
  ]);
  expect(printed.logged('WARN')).toEqual([]);
  expect(api.requests.at(-1)).toMatchObject({
    origin: 'https://accounts.cloud.ibm.com',
    path: `v4/accounts/${ACCOUNT}`,
  });
});

test('a response without an id gets the requested id', async () => {
  expect(await ibmRows(accounts, { answers: { [ACCOUNT]: { name: 'Orders' } } })).toMatchObject([
    { id: ACCOUNT, name: 'Orders' },
  ]);
});

test.each([403, 404])('with HTTP %i, the record contains only the id, and a warning is logged', async (status) => {
  const { stream, printed } = openIbmRead(accounts, { answers: { [ACCOUNT]: refusal(status, 'x') } });
  await stream.toEnd();
  expect(printed.rows).toEqual([{ id: ACCOUNT, account_id: ACCOUNT }]);
  expect(printed.logged('WARN')).toEqual([
    `accounts: the name and other details are missing, because the API rejected the request (HTTP ${status})`,
  ]);
});

test('with several accounts, each warning names its account', async () => {
  const ids = ['1'.repeat(32), '2'.repeat(32)];
  const guid = 'a0000000-0000-4000-8000-000000000001';
  const trusted_profiles = ids.map((id) => `crn:v1:bluemix:public:iam-identity::a/${id}::profile:Profile-${guid}`);
  const { stream, printed } = openIbmRead(accounts, { config: { trusted_profiles } });
  await stream.toEnd();
  expect(printed.logged('WARN')).toEqual(
    ids.map(
      (id) =>
        `accounts: the name and other details of account ${id} are missing, because the API rejected the request (HTTP 404)`,
    ),
  );
});

test('the stream fails if the API has an outage', async () => {
  const { stream } = openIbmRead(accounts, { answers: { [ACCOUNT]: refusal(503, 'x') } });
  await expect(stream.toEnd()).rejects.toMatchObject({ problem: 'server_error' });
});
