import { asConnectorError } from '../../../core/failure/errors.ts';
import { text } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import { objectOf } from '../api/envelope.ts';
import type { IbmCloudShared } from '../shared.ts';

const PATH = 'v4/accounts';

/** `GET /v4/accounts/{id}` (icd-api.md 2.9), or what the token says of the account where that is refused. */
export const accounts = streamsOf<IbmCloudShared>()({
  name: 'accounts',
  description: 'The account that the API key belongs to.',
  retrieval: {
    way: 'shared',
    path: `${PATH}/{id}`,
    load: loadAccount,
  },
  primaryKey: 'id',
  dropped: ['owner', 'owner_userid', 'owner_iamid', 'linked_softlayer_account', 'team_directory_enabled', 'traits'],
  fields: {
    id: text('Id of the account.'),
    name: text('Name of the account; none if the API key may not see it.'),
    owner_iam_id: text('IAM id of its owner.'),
    type: text('Kind of account, such as PAYG or SUBSCRIPTION.'),
    status: text('Whether it is active.'),
  },
});

async function loadAccount({ account, endpoints, api }: IbmCloudShared): Promise<{ rows: Row[]; requests: number }> {
  const id = await account('accounts');
  const path = `${PATH}/${encodeURIComponent(id)}`;
  try {
    const row = objectOf(await api.get({ origin: endpoints.accounts, path }, 'accounts'), path);
    return { rows: [{ ...row, id: row['id'] ?? id, owner_iam_id: row['owner_iamid'] }], requests: 1 };
  } catch (thrown) {
    const error = asConnectorError(thrown);
    if (!error.isRejection) throw thrown;
    api.log(
      'warn',
      `accounts: the account comes with its id alone, because IBM Cloud refused the rest (${error.answer})`,
    );
    return { rows: [{ id }], requests: 1 };
  }
}
