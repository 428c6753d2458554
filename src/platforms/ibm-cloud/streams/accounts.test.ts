import { expect, test } from 'vitest';
import { ibmRows, openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { ACCOUNT } from '../../../../test-support/unit/instances.ts';
import { refusal } from '../../../../test-support/unit/fake-api.ts';
import { accounts } from './accounts.ts';

// The access token of these tests omits the account.
const details = { account_id: ACCOUNT };

test('the account has no personal data of its owner', async () => {
  const body = {
    id: ACCOUNT,
    name: 'Orders',
    type: 'PAYG',
    status: 'ACTIVE',
    owner: 1,
    owner_userid: 'someone',
    owner_iamid: 'IBMid-1',
  };
  const { stream, printed, api } = openIbmRead(accounts, { answers: { details, [ACCOUNT]: body } });
  await stream.toEnd();
  expect(printed.rows).toEqual([
    { id: ACCOUNT, name: 'Orders', type: 'PAYG', status: 'ACTIVE', owner_iam_id: 'IBMid-1' },
  ]);
  expect(printed.logged('WARN')).toEqual([]);
  expect(api.requests.at(-1)).toMatchObject({
    origin: 'https://accounts.cloud.ibm.com',
    path: `v4/accounts/${ACCOUNT}`,
  });
});

test('an account without an id gets the requested id', async () => {
  expect(await ibmRows(accounts, { answers: { details, [ACCOUNT]: { name: 'Orders' } } })).toMatchObject([
    { id: ACCOUNT, name: 'Orders' },
  ]);
});

test.each([403, 404])('if the request gets HTTP %i, the record has only the id, with a warning', async (status) => {
  const { stream, printed, api } = openIbmRead(accounts, { answers: { details, [ACCOUNT]: refusal(status, 'x') } });
  await stream.toEnd();
  expect(printed.rows).toEqual([{ id: ACCOUNT }]);
  expect(api.logged).toEqual([
    `warn accounts: the record has only the id, because IBM Cloud rejected the request (HTTP ${status})`,
  ]);
});

test('an outage fails the stream', async () => {
  const { stream } = openIbmRead(accounts, { answers: { details, [ACCOUNT]: refusal(503, 'x') } });
  await expect(stream.toEnd()).rejects.toMatchObject({ problem: 'server_error' });
});
