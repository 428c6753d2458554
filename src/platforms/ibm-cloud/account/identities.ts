import type { Detail, List } from '../../../core/retrieval/shared/declaration.ts';
import { integer, timestamp } from '../../../core/stream/fields.ts';
import type { Request } from '../../../core/stream/request.ts';
import { ConnectorError, unexpectedBody } from '../../../core/failure/errors.ts';
import type { Row } from '../../../core/record/row.ts';
import { objectOf } from '../api/envelope.ts';
import { orRejection } from '../api/failure.ts';
import { allRows, listPages, rowsOfOnlyPage, tokenIn } from '../api/pages.ts';
import { textOf, textOrNull, within } from '../api/values.ts';
import { requiringRole } from '../terms.ts';
import { accountId } from './account-id.ts';
import type { Account } from './account.ts';

export const IDENTITY_VIEWER = 'the Viewer role on IAM Identity';

/** The page size; the API's default is 20 rows. */
const PAGE_SIZE = 100;
const GROUPS = 'v1/serviceid_groups';

/**
 * A list of IAM Identity (icd-accounts-access.md 2.16 to 2.18): the rows of one request chain per filter, each row once. `role`
 * shows the whole list. Throws a ConnectorError.
 */
export async function loadIdentities(
  account: Account,
  stream: string,
  list: 'apikeys' | 'profiles' | 'serviceids',
  role: string,
  filters: ReadonlyArray<Readonly<Record<string, string>>> = [{}],
): Promise<List> {
  const path = `v1/${list}`;
  const account_id = await account.once(accountId);
  const lists = filters.map((filter) => {
    const query = { account_id, ...filter, pagesize: PAGE_SIZE };
    const first = { origin: account.config.endpoints.iam, path, query };
    const pages = listPages(account.api, first, stream, list, ({ next }) => tokenIn(next, ['pagetoken'], path));
    return requiringRole(role, path, allRows(pages));
  });
  const read = await Promise.all(lists);
  const rows = new Map(read.flatMap((part) => part.rows).map((row) => [row['id'], row]));
  return { rows: [...rows.values()], requests: read.reduce((sum, { requests }) => sum + requests, 0) };
}

/**
 * The filters for service IDs, or their API keys, of all groups: IAM lists one group at a time or, without a filter, the default
 * group (2.16), which the list of groups may also contain. In a check, the default group is enough.
 */
export async function everyServiceIdGroup(account: Account): Promise<Array<{ group_id?: string }>> {
  const groups = account.api.isCheck === true ? [] : await account.once(loadServiceIdGroups);
  return [{}, ...groups.map((group_id) => ({ group_id }))];
}

async function loadServiceIdGroups(account: Account): Promise<string[]> {
  const query = { account_id: await account.once(accountId) };
  const body = await orRejection(
    account.api.get({ origin: account.config.endpoints.iam, path: GROUPS, query }, 'service_ids'),
  );
  if (!(body instanceof ConnectorError)) {
    return rowsOfOnlyPage(body, 'serviceid_groups', GROUPS).map(({ id }) => {
      const group = textOf(id);
      if (group === undefined) throw unexpectedBody(GROUPS, 'a group has no id');
      return group;
    });
  }
  account.api.log(
    'warn',
    `service_ids and api_keys have only the default service ID group, because IBM Cloud rejected the request for the groups (${body.answer})`,
  );
  return [];
}

/** The fields that last logins add to a stream. */
export const LAST_LOGIN_FIELDS = {
  last_authenticated_at: timestamp(
    'Time of the last login, or null if no login is known; only with identity_activity.',
  ),
  authentication_count: integer('Number of logins; only with identity_activity.'),
};

type Activity = keyof typeof LAST_LOGIN_FIELDS;

/** Adds last logins if the user wants them. The list omits them, so each identity is requested (2.15, 2.16 and 2.18). */
export function lastLogins(
  noun: string,
  requestOf: (row: Row, account: Account) => Request | undefined,
): Detail<Account, Activity> {
  return {
    isWanted: ({ config }) => config.identity_activity,
    request(row, account) {
      const request = requestOf(row, account);
      return request && { ...request, query: { include_activity: 'true' } };
    },
    fields: ['last_authenticated_at', 'authentication_count'],
    values(body, { path }) {
      const activity = within(objectOf(body, path), 'activity');
      return {
        last_authenticated_at: textOrNull(within(activity, 'last_authn')),
        authentication_count: within(activity, 'authn_count'),
      };
    },
    what: 'last logins',
    noun,
  };
}

/** The request for a service ID or trusted profile of a list; undefined for a row without an ID. */
export function requestOfIdentity(list: 'profiles' | 'serviceids') {
  return (row: Row, { config }: Account): Request | undefined => {
    const id = textOf(row['id']);
    return id === undefined
      ? undefined
      : { origin: config.endpoints.iam, path: `v1/${list}/${encodeURIComponent(id)}` };
  };
}
