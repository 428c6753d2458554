import { ConnectorError } from '../../../core/failure/errors.ts';
import { boolean, listOfObjects, text, timestamp } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import { accountId } from '../account/account-id.ts';
import type { Account } from '../account/account.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { orRejection } from '../api/failure.ts';
import { allRows, listPages, offsetOfNext } from '../api/pages.ts';
import { pruneToFields } from '../api/prune-to-fields.ts';
import { textOrNull } from '../api/values.ts';
import { count, requiringRole } from '../terms.ts';

const GROUPS = 'v2/groups';
const PAGE_SIZE = 100;

/** `GET /v2/groups`, and `GET /v2/groups/{id}/members` for each group (icd-api.md 2.6). */
export const teams = ibmStream({
  name: 'teams',
  description: 'The access groups of the account, with their members.',
  retrieval: { way: 'shared', path: GROUPS, load: loadGroups },
  primaryKey: { field: 'key', madeOf: ['account_id', 'id'], needs: ['account_id', 'id'] },
  dropped: ['href', 'crn', 'members[].href'],
  fields: {
    key: text('Key generated for this stream: account_id/id.'),
    id: text('ID of the access group; Public Access has the same ID in every account.'),
    name: text('Name of the access group.'),
    description: text('Description of the access group.'),
    is_federated: boolean('Whether the access group has dynamic rules.'),
    members: listOfObjects('Members of the access group; null if IBM Cloud rejects the request for them.', {
      iam_id: text('IAM ID of the member.'),
      type: text('Member type: user, service or profile.'),
      membership_type: text('Membership type: static, or dynamic if a dynamic rule added the member.'),
      name: text('Name of the member.'),
      email: text('Email address of a user.'),
      description: text('Description of a service ID or trusted profile.'),
      created_at: timestamp('Time at which the member was added.'),
      created_by_id: text('IAM ID of the user or service ID that added the member.'),
    }),
    created_at: timestamp('Creation time.'),
    created_by_id: text('IAM ID of the creator.'),
    last_modified_at: timestamp('Time of the last change to the name or description.'),
    last_modified_by_id: text('IAM ID of the last modifier.'),
  },
});

interface List {
  rows: Row[];
  requests: number;
}

async function loadGroups(account: Account): Promise<List> {
  const account_id = await account.once(accountId);
  const list = loadList('groups', GROUPS, { account_id, show_federated: 'true' }, account);
  const { rows, requests } = await requiringRole('the Viewer role on IAM Access Groups', GROUPS, list);
  // Pagination by offset isn't a snapshot, so a group may be listed twice.
  const groups = [...new Map(rows.map((group) => [group['id'], group])).values()];
  const members = await Promise.all(groups.map((group) => loadMembers(group, account)));
  for (const [i, group] of groups.entries()) {
    group['description'] = textOrNull(group['description']);
    group['members'] = members[i]?.rows ?? null;
    pruneToFields(group, teams.fields);
  }
  account.api.log(
    'info',
    `IBM Cloud lists ${count(groups.length, 'access group')} for this API key. It omits groups that the key can't view; to include them, grant the Viewer role on IAM Access Groups`,
  );
  return { rows: groups, requests: members.reduce((sum, list) => sum + (list?.requests ?? 1), requests) };
}

/** Logs a warning and returns undefined if the request is rejected: the group may have been deleted since it was listed. */
async function loadMembers({ id }: Row, account: Account): Promise<List | undefined> {
  const path = `${GROUPS}/${encodeURIComponent(String(id))}/members`;
  const list = await orRejection(loadList('members', path, { membership_type: 'all', verbose: 'true' }, account));
  if (!(list instanceof ConnectorError)) return list;
  account.api.log(
    'warn',
    `teams: members of ${String(id)} is null, because IBM Cloud rejected the request (${list.answer})`,
  );
  return undefined;
}

function loadList(
  list: string,
  path: string,
  filters: Readonly<Record<string, string>>,
  { api, config }: Account,
): Promise<List> {
  const first = { origin: config.endpoints.iam, path, query: { ...filters, limit: PAGE_SIZE, offset: 0 } };
  return allRows(listPages(api, first, 'teams', list, offsetOfNext));
}
