import { asConnectorError, unexpectedBody } from '../../../core/failure/errors.ts';
import { boolean, listOfObjects, text, timestamp } from '../../../core/stream/fields.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import { textOrNull } from '../api/envelope.ts';
import { listPages, offsetOfNext } from '../api/pages.ts';
import { pruneToFields } from '../api/prune-to-fields.ts';
import type { IbmCloudShared } from '../shared.ts';
import { count, requiringRole } from '../terms.ts';

const GROUPS = 'v2/groups';
const PAGE_SIZE = 100;
const OWNER = 'teams';

/** `GET /v2/groups` and `GET /v2/groups/{id}/members` of each (icd-api.md 2.6). */
export const teams = streamsOf<IbmCloudShared>()({
  name: OWNER,
  description: 'The access groups of the account, with their members.',
  retrieval: {
    way: 'shared',
    path: GROUPS,
    load: loadGroups,
  },
  primaryKey: 'id',
  dropped: ['href', 'crn', 'members[].href'],
  fields: {
    id: text('Id of the access group.'),
    account_id: text('Id of the account.'),
    name: text('Name of the group.'),
    description: text('What it is for.'),
    is_federated: boolean('Whether rules make members of those who log in.'),
    members: listOfObjects('Its members; none if IBM Cloud refuses them.', {
      iam_id: text('IAM id of the member.'),
      type: text('user, service or profile.'),
      membership_type: text('static, or dynamic if a rule made it a member.'),
      name: text('Name of the member.'),
      email: text('Address of a user.'),
      description: text('What a service ID or profile is for.'),
      created_at: timestamp('When it became a member.'),
      created_by_id: text('IAM id of who made it one.'),
    }),
    created_at: timestamp('When the group was made.'),
    created_by_id: text('IAM id of who made it.'),
    last_modified_at: timestamp('When its name or description last changed; members do not count.'),
    last_modified_by_id: text('IAM id of who changed them.'),
  },
});

async function loadGroups(shared: IbmCloudShared): Promise<{ rows: Row[]; requests: number }> {
  const { api } = shared;
  const account_id = await shared.account(OWNER);
  const listing = listOf('groups', GROUPS, { account_id, show_federated: 'true' }, shared);
  const found = await requiringRole('the role Viewer on IAM Access Groups', GROUPS, listing);
  let { requests } = found;
  const groups = new Map<unknown, Row>();
  for (const group of found.rows) {
    group['description'] = textOrNull(group['description']);
    groups.set(group['id'], group);
  }
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const members = await membersOf(group, shared);
      group['members'] = members?.rows ?? null;
      pruneToFields(group, teams.fields);
      requests += members?.requests ?? 1;
    }),
  );
  api.log(
    'info',
    `IBM Cloud lists ${count(groups.size, 'access group')} to this API key. Groups that it may not view are not listed; the role Viewer on IAM Access Groups shows all`,
  );
  return { rows: [...groups.values()], requests };
}

/** Undefined, with a warning, if they are refused; a group may also be gone since it was listed. */
async function membersOf({ id }: Row, shared: IbmCloudShared): Promise<Listing | undefined> {
  const path = `${GROUPS}/${encodeURIComponent(String(id))}/members`;
  try {
    return await listOf('members', path, { membership_type: 'all', verbose: 'true' }, shared);
  } catch (thrown) {
    const error = asConnectorError(thrown);
    if (!error.isRejection) throw thrown;
    shared.api.log(
      'warn',
      `${OWNER}: the group ${String(id)} comes without its members, because IBM Cloud refused them (${error.answer})`,
    );
    return undefined;
  }
}

interface Listing {
  rows: Row[];
  requests: number;
}

/** A whole list of objects. One that ends before it has as many rows as it says is warned of: rows may be lost. */
async function listOf(
  list: string,
  path: string,
  filters: Readonly<Record<string, string>>,
  { api, endpoints }: IbmCloudShared,
): Promise<Listing> {
  let told: unknown;
  let requests = 0;
  const found: unknown[] = [];
  const query = { ...filters, limit: PAGE_SIZE, offset: 0 };
  for await (const page of listPages(api, { origin: endpoints.iam, path, query }, OWNER, list, offsetOfNext)) {
    told = page.body['total_count'];
    requests += 1;
    found.push(...page.rows);
  }
  const { length } = found;
  const rows = found.map((row, i) => {
    if (!isRow(row)) throw unexpectedBody(path, `row ${i + 1} of ${length} is no object`);
    return row;
  });
  if (typeof told === 'number' && told > length) {
    api.log('warn', `${OWNER}: ${path} says that it has ${told} rows, and gave ${length}`);
  }
  return { rows, requests };
}
