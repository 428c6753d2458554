import type { Detail } from '../../../core/retrieval/shared/declaration.ts';
import { integer, timestamp } from '../../../core/stream/fields.ts';
import { ConnectorError } from '../../../core/failure/errors.ts';
import type { Row } from '../../../core/record/row.ts';
import { objectOf } from '../api/envelope.ts';
import { rejectionOf } from '../api/failure.ts';
import { linked } from '../api/pages.ts';
import { emptyAsNull, within } from '../api/values.ts';
import type { Account } from './account.ts';
import { loadList } from './list.ts';

export const IDENTITY_VIEWER = 'the Viewer role on IAM Identity';
export const USERS_VIEWER = 'the Viewer role on User Management';

/** Rows per page. The API's default is only 20. */
const PAGE_SIZE = 100;

/** Loads a list from IAM Identity (icd-accounts-access.md 2.16 to 2.18) once per filter, without duplicates. Throws a ConnectorError. */
export async function loadIdentities(
  account: Account,
  stream: string,
  list: 'apikeys' | 'profiles' | 'serviceids',
  role: string,
  filters: ReadonlyArray<Readonly<Record<string, string>>> = [{}],
): Promise<Row[]> {
  const account_id = await account.requireId();
  const lists = filters.map((filter) => {
    const query = { account_id, ...filter, pagesize: PAGE_SIZE };
    const request = { stream, endpoint: 'iam', path: `v1/${list}`, query } as const;
    return loadList(account, { ...request, list, next: linked('next', 'pagetoken'), key: 'id', role });
  });
  const rows = new Map((await Promise.all(lists)).flat().map((row) => [row['id'], row]));
  for (const row of rows.values()) row['description'] = emptyAsNull(row['description']);
  return [...rows.values()];
}

/**
 * One filter per service ID group. The first is empty, because without a filter, IAM lists only the default group (icd-accounts-access.md
 * 2.16). A check requests only the default group.
 */
export async function everyServiceIdGroup(account: Account): Promise<Array<{ group_id?: string }>> {
  const groups = account.api.isCheck === true ? [] : await account.once(loadServiceIdGroups);
  return [{}, ...groups.map(({ id }) => ({ group_id: String(id) }))];
}

async function loadServiceIdGroups(account: Account): Promise<Row[]> {
  const query = { account_id: await account.requireId() };
  const request = { stream: 'service_ids', endpoint: 'iam', path: 'v1/serviceid_groups', query } as const;
  const list = { list: 'serviceid_groups', key: 'id', role: IDENTITY_VIEWER };
  const groups = await loadList(account, { ...request, ...list }).catch(rejectionOf);
  if (!(groups instanceof ConnectorError)) return groups;
  account.api.log(
    'warn',
    `service_ids and api_keys omit service IDs outside the default group, because IBM Cloud rejected the request for the groups (${groups.answer})`,
  );
  return [];
}

export const LAST_LOGIN_FIELDS = {
  last_authenticated_at: timestamp(
    'Time of the last login. Null if no login is known. Emitted only if identity_activity is on.',
  ),
  authentication_count: integer('Number of logins. Emitted only if identity_activity is on.'),
};

type Activity = keyof typeof LAST_LOGIN_FIELDS;

/** Adds last logins, which lists omit, with one request per identity if `identity_activity` is on (icd-accounts-access.md 2.15 to 2.18). */
export function lastLogins(
  noun: string,
  endpoint: 'iam' | 'users',
  pathOf: (row: Row) => string,
): Detail<Account, Activity> {
  return {
    isWanted: ({ config }) => config.identity_activity,
    request: (row, { config: { endpoints } }) => ({
      origin: endpoints[endpoint],
      path: pathOf(row),
      query: { include_activity: 'true' },
      role: endpoint === 'iam' ? IDENTITY_VIEWER : USERS_VIEWER,
    }),
    fields: ['last_authenticated_at', 'authentication_count'],
    values(body, path) {
      const activity = within(objectOf(body, path), 'activity');
      return {
        last_authenticated_at: emptyAsNull(within(activity, 'last_authn')),
        authentication_count: within(activity, 'authn_count'),
      };
    },
    what: 'last logins',
    noun,
  };
}
