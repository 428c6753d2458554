import { text } from '../../../core/stream/fields.ts';
import type { Skipped } from '../../../core/retrieval/partitions.ts';
import type { List } from '../../../core/retrieval/shared/declaration.ts';
import type { Account } from '../account/account.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { loadObject } from '../account/list.ts';
import { orSkipped } from '../api/failure.ts';

const PATH = 'v4/accounts';

/** `GET /v4/accounts/{id}` (icd-api.md 2.9). If the request is rejected, the record contains only the id. */
export const accounts = ibmStream({
  name: 'accounts',
  description:
    'The account that the API key belongs to, or the accounts of the trusted profiles. If IBM Cloud rejects the request for an account, the record contains only the account ID.',
  retrieval: { way: 'shared', path: `${PATH}/{id}`, load: loadAccount },
  primaryKey: 'id',
  dropped: ['owner', 'owner_userid', 'owner_iamid', 'linked_softlayer_account', 'team_directory_enabled', 'traits'],
  fields: {
    id: text('ID of the account.'),
    name: text('Name of the account.'),
    owner_iam_id: text('IAM ID of the account owner.'),
    type: text('Account type, such as PAYG or SUBSCRIPTION.'),
    status: text('Status of the account, such as ACTIVE.'),
  },
});

async function loadAccount(account: Account): Promise<List> {
  const id = await account.requireId();
  const path = `${PATH}/${encodeURIComponent(id)}`;
  const role = 'the Viewer role on all account management services';
  const request = { stream: 'accounts', endpoint: 'accounts', path, role } as const;
  const skipped: Skipped[] = [];
  const row = await orSkipped('the name and other details', loadObject(account, request), skipped);
  return { rows: [{ ...row, id: row?.['id'] ?? id, owner_iam_id: row?.['owner_iamid'] }], skipped };
}
