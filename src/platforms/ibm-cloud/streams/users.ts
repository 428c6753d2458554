import { text, timestamp } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import { accountId } from '../account/account-id.ts';
import type { Account } from '../account/account.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { LAST_LOGIN_FIELDS, lastLogins } from '../account/identities.ts';
import { failureOf } from '../api/failure.ts';
import { allRows, listPages, tokenIn } from '../api/pages.ts';
import { textOf, textOrNull, within } from '../api/values.ts';
import { count, requiringRole } from '../terms.ts';

const ACCOUNTS = 'v2/accounts';
const VIEWER = 'the Viewer role on User Management';
const PAGE_SIZE = 100;

/** `GET /v2/accounts/{id}/users` (icd-api.md 2.8, icd-accounts-access.md 2.15). */
export const users = ibmStream({
  name: 'users',
  description: 'The users of the account.',
  needsOption: 'access_review',
  retrieval: {
    way: 'shared',
    path: `${ACCOUNTS}/{id}/users`,
    load: loadUsers,
    detail: lastLogins('user', (row, { config }) => {
      const id = textOf(row['iam_id']);
      if (id === undefined) return undefined;
      return { origin: config.endpoints.users, path: `${pathIn(row['account_id'])}/${encodeURIComponent(id)}` };
    }),
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
  return `${ACCOUNTS}/${encodeURIComponent(String(account))}/users`;
}

async function loadUsers(account: Account): Promise<{ rows: Row[]; requests: number }> {
  const { api, config } = account;
  const id = await account.once(accountId);
  const first = { origin: config.endpoints.users, path: pathIn(id), query: { limit: PAGE_SIZE } };
  const pages = listPages(api, first, 'users', 'resources', (body) =>
    tokenIn(body['next_url'], ['_start'], first.path),
  );
  const { rows, requests } = await requiringRole(VIEWER, first.path, allRows(pages));
  // The list isn't a snapshot, and may contain a user twice.
  const found = [...new Map(rows.map((row) => [row['iam_id'], row])).values()];
  for (const row of found) {
    // The record's id is generated later. Until then, messages show this id.
    row['id'] = row['iam_id'];
    for (const name of ['email', 'firstname', 'lastname']) row[name] = textOrNull(row[name]);
  }
  if (api.isCheck === true) return { rows: found, requests };
  api.log(
    'info',
    `IBM Cloud lists ${count(found.length, 'user')} for this API key. It may omit users that the key can't view; to include them, grant ${VIEWER}`,
  );
  if (found.length <= 1) await warnIfRestricted(account, id);
  return { rows: found, requests };
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
