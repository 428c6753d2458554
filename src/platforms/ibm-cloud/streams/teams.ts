import { asConnectorError, unexpectedBody } from '../../../core/errors.ts';
import { boolean, listOfObjects, text, timestamp } from '../../../core/fields.ts';
import { type Request, type Row, defineStream, isRow } from '../../../core/stream.ts';
import { textOrNull } from '../envelope.ts';
import { allRows, offsetOfNext } from '../all-rows.ts';
import type { IbmCloudShared } from '../shared.ts';
import { taking } from '../words.ts';

const GROUPS = 'v2/groups';
const PAGE_SIZE = 100;
const OWNER = 'teams';

/** `GET /v2/groups` and `GET /v2/groups/{id}/members` of each (icd-api.md 2.6). */
export const teams = defineStream<IbmCloudShared>({
  name: OWNER,
  description: 'The access groups of the account, with their members.',
  listed: { path: GROUPS, load: loadGroups },
  primaryKey: 'id',
  dropped: ['href', 'crn'],
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
  const { api, endpoints } = shared;
  const account_id = await shared.account(OWNER);
  const query = { account_id, limit: PAGE_SIZE, offset: 0, show_federated: 'true' };
  const request = { origin: endpoints.iam, path: GROUPS, query };
  const paging = { list: 'groups', next: ({ next }: Row, at: Request) => offsetOfNext(next, at) };
  const listing = allRows(api, request, OWNER, paging);
  const found = await taking('the role Viewer on IAM Access Groups', GROUPS, listing);
  let { requests } = found;
  const groups = new Map<unknown, Row>();
  for (const [i, group] of found.rows.entries()) {
    if (!isRow(group)) throw unexpectedBody(GROUPS, `row ${i + 1} of ${found.rows.length} is no object`);
    group['description'] = textOrNull(group['description']);
    groups.set(group['id'], group);
  }
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const members = await membersOf(group, shared);
      group['members'] = members?.rows ?? null;
      requests += members?.requests ?? 1;
    }),
  );
  api.log(
    'info',
    `IBM Cloud lists ${groups.size} access groups to this API key. Groups that it may not view are not listed; the role Viewer on IAM Access Groups shows all`,
  );
  return { rows: [...groups.values()], requests };
}

/** Undefined, with a warning, if they are refused; a group may also be gone since it was listed. */
async function membersOf(
  { id }: Row,
  { api, endpoints }: IbmCloudShared,
): Promise<{ rows: unknown[]; requests: number } | undefined> {
  const path = `${GROUPS}/${encodeURIComponent(String(id))}/members`;
  const query = { membership_type: 'all', verbose: 'true', limit: PAGE_SIZE, offset: 0 };
  const paging = { list: 'members', next: ({ next }: Row, at: Request) => offsetOfNext(next, at) };
  try {
    return await allRows(api, { origin: endpoints.iam, path, query }, OWNER, paging);
  } catch (thrown) {
    const error = asConnectorError(thrown);
    if (!error.refused) throw thrown;
    api.log(
      'warn',
      `${OWNER}: the group ${String(id)} comes without its members, because IBM Cloud refused them (${error.answer})`,
    );
    return undefined;
  }
}
