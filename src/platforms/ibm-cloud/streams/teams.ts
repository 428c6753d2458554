import { boolean, listOfObjects, text, timestamp } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import type { Query } from '../../../core/stream/request.ts';
import type { Account } from '../account/account.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { addLists, loadList, logListed } from '../account/list.ts';
import { linked } from '../api/pages.ts';
import { pruneToFields } from '../api/prune-to-fields.ts';
import { textOrNull } from '../api/values.ts';

const GROUPS = 'v2/groups';
const VIEWER = 'the Viewer role on IAM Access Groups';
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

async function loadGroups(account: Account): Promise<{ rows: Row[] }> {
  const query = { account_id: await account.requireId(), show_federated: 'true' };
  const groups = await load('groups', GROUPS, query, { key: 'id', role: VIEWER });
  await addLists(account, 'teams', 'members', groups, (id) =>
    load('members', `${GROUPS}/${id}/members`, { membership_type: 'all', verbose: 'true' }),
  );
  for (const group of groups) {
    group['description'] = textOrNull(group['description']);
    pruneToFields(group, teams.fields);
  }
  logListed(account, groups.length, 'access group', VIEWER);
  return { rows: groups };

  function load(list: string, path: string, filters: Query, more = {}): Promise<Row[]> {
    const query = { ...filters, limit: PAGE_SIZE, offset: 0 };
    const request = { stream: 'teams', endpoint: 'iam', path, query, list, next: linked('next', 'offset') } as const;
    return loadList(account, { ...request, ...more });
  }
}
