import { boolean, text, timestamp } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import type { Account } from '../account/account.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { everyServiceIdGroup, loadIdentities } from '../account/identities.ts';
import { logListed } from '../account/list.ts';
import { claimsOf } from '../api/token.ts';

const ADMINISTRATOR = 'the Administrator role on IAM Identity';

/** `GET /v1/apikeys` (icd-accounts-access.md 2.17). Keys are never requested individually: the response may contain the key's value. */
export const apiKeys = ibmStream({
  name: 'api_keys',
  description: 'The API keys of all users and service IDs in the account, without the key values.',
  needsOption: 'api_keys',
  retrieval: { way: 'shared', path: 'v1/apikeys', load: loadKeys },
  primaryKey: 'id',
  dropped: ['apikey', 'crn', 'entity_tag', 'history', 'activity'],
  fields: {
    id: text('ID of the API key.'),
    type: text('Type of the identity that owns the API key: user or serviceid.'),
    iam_id: text('IAM ID of the user or service ID that owns the API key.'),
    name: text('Name of the API key.'),
    description: text('Description of the API key.'),
    locked: boolean('Whether the API key is locked against changes.'),
    disabled: boolean('Whether the API key is disabled.'),
    support_sessions: boolean(
      'Whether IBM Cloud tracks CLI login sessions with the API key. Tracked sessions can be reviewed and revoked.',
    ),
    action_when_leaked: text('What IBM Cloud does if it detects that the API key has leaked: none, disable or delete.'),
    created_at: timestamp('Creation time.'),
    created_by: text('IAM ID of the identity that created the API key.'),
    modified_at: timestamp('Time of the last update.'),
    expires_at: timestamp('Expiration time. Null if the API key does not expire.'),
  },
});

async function loadKeys(account: Account): Promise<{ rows: Row[] }> {
  const groups = await everyServiceIdGroup(account);
  const rows = (await Promise.all([load('user', [{}]), load('serviceid', groups)])).flat();
  logListed(account, rows.length, 'API key', ADMINISTRATOR);
  if (account.api.isCheck !== true) await warnIfOwn(rows, account);
  return { rows };

  async function load(type: string, more: ReadonlyArray<{ group_id?: string }>): Promise<Row[]> {
    const filters = more.map((filter) => ({ scope: 'account', type, ...filter }));
    const keys = await loadIdentities(account, 'api_keys', 'apikeys', ADMINISTRATOR, filters);
    for (const key of keys) key['type'] = type;
    return keys;
  }
}

/** Without the Administrator role, the list may contain only the caller's own keys. */
async function warnIfOwn(rows: readonly Row[], { api }: Account): Promise<void> {
  const own = claimsOf(await api.authorization('api_keys'))['iam_id'];
  if (rows.length === 0 || rows.some(({ iam_id }) => iam_id !== own)) return;
  api.log(
    'warn',
    `api_keys: IBM Cloud lists only the keys of this API key's own service ID. To include all keys, grant this service ID ${ADMINISTRATOR}`,
  );
}
