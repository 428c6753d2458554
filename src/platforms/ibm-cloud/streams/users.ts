import { text, timestamp } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import type { Account } from '../account/account.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { LAST_LOGIN_FIELDS, lastLogins } from '../account/identities.ts';
import { loadList, logListed } from '../account/list.ts';
import { failureOf } from '../api/failure.ts';
import { linked } from '../api/pages.ts';
import { textOrNull, within } from '../api/values.ts';

const VIEWER = 'the Viewer role on User Management';
const PAGE_SIZE = 100;

/** `GET /v2/accounts/{id}/users` (icd-api.md 2.8, icd-accounts-access.md 2.15). */
export const users = ibmStream({
  name: 'users',
  description: 'The users of the account.',
  needsOption: 'access_review',
  retrieval: {
    way: 'shared',
    path: 'v2/accounts/{id}/users',
    load: loadUsers,
    detail: lastLogins('user', ({ account_id, iam_id }, { config }) => ({
      origin: config.endpoints.users,
      path: `${pathIn(account_id)}/${encodeURIComponent(String(iam_id))}`,
    })),
  },
  primaryKey: { field: 'id', madeOf: ['account_id', 'iam_id'], needs: ['account_id', 'iam_id'] },
  dropped: ['phonenumber', 'altphonenumber', 'photo'],
  fields: {
    id: text('Key generated for this stream: account_id/iam_id.'),
    iam_id: text('IAM ID, as in the deployments_roles stream. Each person has the same IAM ID in every account.'),
    realm: text('Identity provider, such as IBMid.'),
    user_id: text('Login name, often the email address.'),
    email: text('Email address.'),
    firstname: text('First name.'),
    lastname: text('Last name.'),
    state: text('State of the user in the account, such as ACTIVE or PENDING.'),
    added_on: timestamp('Time at which the user was added to the account.'),
    ...LAST_LOGIN_FIELDS,
  },
});

function pathIn(account: unknown): string {
  return `v2/accounts/${encodeURIComponent(String(account))}/users`;
}

async function loadUsers(account: Account): Promise<{ rows: Row[] }> {
  const id = await account.requireId();
  const request = { stream: 'users', endpoint: 'users', path: pathIn(id), query: { limit: PAGE_SIZE } } as const;
  const next = linked('next_url', '_start');
  const rows = await loadList(account, { ...request, list: 'resources', next, key: 'iam_id', role: VIEWER });
  for (const row of rows) {
    // The record's id is generated later. Until then, messages show this id.
    row['id'] = row['iam_id'];
    for (const name of ['email', 'firstname', 'lastname']) row[name] = textOrNull(row[name]);
  }
  logListed(account, rows.length, 'user', VIEWER);
  if (account.api.isCheck !== true && rows.length <= 1) await warnIfRestricted(account, id);
  return { rows };
}

/** A restricted list contains at most the caller (icd-accounts-access.md 2.15 and 2.20). */
async function warnIfRestricted({ api, config }: Account, id: string): Promise<void> {
  const path = `v1/accounts/${encodeURIComponent(id)}/settings/identity`;
  const settings = await api.get({ origin: config.endpoints.iam, path }, 'users').catch(failureOf);
  if (within(settings, 'restrict_user_list_visibility') !== 'RESTRICTED') return;
  api.log(
    'warn',
    `users: users are missing, because the account restricts the list. To read all users, grant ${VIEWER} in this account`,
  );
}
