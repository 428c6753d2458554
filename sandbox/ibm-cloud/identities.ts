import { pick, upTo } from '../noise.ts';
import { type Answer, type QueryParameters, type Received, type Row, json } from '../platform.ts';
import { NAMES, profileId, serviceId, userId } from './access.ts';
import type { Refuse } from './errors.ts';
import { type Pages, lastPage, link } from './pages.ts';
import { DAY, Kind, type World, accountId, fakeSecret, iso, uuid } from './world.ts';

// The identities of the account, and their API keys (icd-accounts-access.md, 2.15 to 2.20).

const IAM_HOST = 'https://iam.cloud.ibm.com';

/** The lists of subjects that can assume a profile. */
const PARTS = ['identities', 'links', 'rules'] as const;

/** IBM sends the timestamps of identities without seconds (icd-accounts-access.md, 2.16). */
function minutes(time: number): string {
  return `${iso(time).slice(0, 16)}+0000`;
}

function dates({ clock }: World, index: number): Row {
  return { created_at: minutes(clock.start - (300 - index) * DAY), modified_at: minutes(clock.start - index * DAY) };
}

/** One identity in three has never been used. */
function activity({ clock }: World, index: number): Row {
  return index % 3 === 2
    ? { authn_count: 0 }
    : { last_authn: minutes(clock.start - index * DAY), authn_count: 7 * index + 1 };
}

/** The users, with phone numbers and photos. With restricted visibility, the list is empty, because the key's service ID isn't a user. */
export function users(world: World): Row[] {
  const { identities, missingRoles } = world.options;
  if (missingRoles.includes('users')) return [];
  return upTo(identities).map((index) => ({
    id: uuid(world, Kind.user, 1, index).replaceAll('-', ''),
    iam_id: userId(world, index),
    realm: 'IBMid',
    user_id: `user${index}@example.invalid`,
    firstname: pick(NAMES, index).split(' ')[0],
    lastname: pick(NAMES, index).split(' ').at(-1),
    state: index % 5 === 4 ? 'PENDING' : 'ACTIVE',
    email: index % 5 === 4 ? '' : `user${index}@example.invalid`,
    phonenumber: fakeSecret(world, 10, index),
    altphonenumber: fakeSecret(world, 11, index),
    photo: `https://example.invalid/${fakeSecret(world, 12, index)}.png`,
    account_id: accountId(world),
    added_on: iso(world.clock.start - (200 - index) * DAY),
  }));
}

/** The service IDs of all groups. The first service ID owns the API key. */
export function serviceIds(world: World): Row[] {
  return upTo(world.options.identities).map((index) => ({
    ...identity(world, 'serviceid', serviceId(world, index), index),
    group_id: groupIds(world)[index % 3],
    name: `service-${index}`,
    ...(index % 2 === 0 && { unique_instance_crns: [] }),
  }));
}

/** The trusted profiles, with the subjects that can assume them. */
export function profiles(world: World): Row[] {
  return upTo(world.options.identities).map((index) => ({
    ...identity(world, 'profile', profileId(world, index), index),
    name: `profile-${index}`,
    ...(index % 4 === 3 && { template_id: 'ProfileTemplate-1', assignment_id: 'TemplateAssignment-1' }),
    identities: [
      { iam_id: userId(world, index), identifier: userId(world, index), type: 'user', accounts: [accountId(world)] },
      { iam_id: serviceId(world, 0), identifier: bare(serviceId(world, 0)), type: 'serviceid', description: 'reader' },
    ],
    links: index % 2 === 0 ? [] : [computeLink(world, index)],
    rules: index % 3 === 0 ? [claimRule(world, index)] : [],
  }));
}

/**
 * The API keys of all users and service IDs. If the role `api_keys` is missing, only the keys of the connector's own
 * service ID are returned.
 */
export function apiKeys(world: World): Row[] {
  const owners = [...users(world), ...serviceIds(world)].map((owner, index) => apiKey(world, owner, index));
  const own = serviceId(world, 0);
  return world.options.missingRoles.includes('api_keys') ? owners.filter(({ iam_id }) => iam_id === own) : owners;
}

function apiKey(world: World, { iam_id, group_id }: Row, index: number): Row {
  const id = `ApiKey-${uuid(world, Kind.service, 2, index)}`;
  return {
    ...common(world, 'apikey', id, index),
    ...dates(world, index),
    type: group_id === undefined ? 'user' : 'serviceid',
    group_id,
    iam_id,
    name: `key-${index}`,
    description: index % 2 === 0 ? '' : 'For "tests"',
    disabled: index % 7 === 6,
    support_sessions: false,
    action_when_leaked: 'disable',
    created_by: userId(world, 0),
    ...(index % 2 === 1 && { expires_at: minutes(world.clock.start + index * DAY) }),
    apikey: '',
  };
}

/** The ids of three service ID groups, starting with the default group. */
function groupIds(world: World): string[] {
  return upTo(3).map((index) => `ServiceIDGroup-${uuid(world, Kind.service, 3, index)}`);
}

function bare(iamId: string): string {
  return iamId.replace('iam-', '');
}

function identity(world: World, type: string, iam_id: string, index: number): Row {
  const description = index % 2 === 0 ? '' : `A ${type}`;
  return { ...common(world, type, bare(iam_id), index), ...dates(world, index), iam_id, description };
}

function common(world: World, type: string, id: string, index: number): Row {
  const crn = `crn:v1:bluemix:public:iam-identity::a/${accountId(world)}::${type}:${id}`;
  const locked = index % 4 === 1;
  return { id, entity_tag: `1-${index}`, crn, account_id: accountId(world), ...(type !== 'profile' && { locked }) };
}

function computeLink(world: World, index: number): Row {
  const crn = `crn:v1:bluemix:public:containers-kubernetes:eu-de:a/${accountId(world)}:cluster-${index}::`;
  return {
    id: `link-${index}`,
    entity_tag: '1-0',
    ...dates(world, index),
    cr_type: 'ROKS_SA',
    is_cross_account: false,
    link: { crn, namespace: 'shop', name: 'reader', component_type: 'serviceaccount', component_name: 'reader' },
  };
}

function claimRule(world: World, index: number): Row {
  return {
    id: `ClaimRule-${index}`,
    entity_tag: '1-0',
    ...dates(world, index),
    name: 'dba',
    type: 'Profile-SAML',
    realm_name: 'https://idp.example.invalid',
    expiration: 43_200,
    conditions: [{ claim: 'groups', operator: 'EQUALS', value: '"dba"' }],
  };
}

/** `GET /v2/accounts/:id/users`: paginated by `_start`, with relative links. */
export function listUsers(world: World, pages: Pages, { parameters, query, path }: Received, refuse: Refuse): Answer {
  if (parameters['id'] !== accountId(world)) return refuse(path, 403);
  const all = users(world);
  const page = pages.byToken(all, query, { path, token: '_start', limit: 'limit', usual: 100, most: 100 });
  if (page === undefined) return refuse(path, 400, '_start or limit is not valid.');
  const here = path.replace('/users', '');
  const next_url = page.next === undefined ? undefined : link(here, query, { _start: pages.token(page.next) });
  return json(200, {
    total_results: all.length,
    limit: page.limit,
    first_url: link(here, { ...query, _start: undefined }, {}),
    ...(next_url === undefined ? lastPage(world.options.lastPage, 'next_url') : { next_url }),
    resources: page.items,
  });
}

type IamList = 'apikeys' | 'profiles' | 'serviceids';

/** The rows that IAM returns for a list request. */
function rowsFor(world: World, list: IamList, query: QueryParameters): Row[] {
  const { group_id = groupIds(world)[0], scope = 'entity', type, show_group_id } = query;
  switch (list) {
    case 'profiles':
      return profiles(world).map((row) => without(row, PARTS));
    case 'serviceids':
      return serviceIds(world)
        .filter((row) => row['group_id'] === group_id)
        .map(({ group_id: group, ...row }) => ({ ...row, ...(show_group_id === 'true' && { group_id: group }) }));
    case 'apikeys':
      return apiKeys(world)
        .filter((row) => scope === 'account' || row['iam_id'] === serviceId(world, 0))
        .filter((row) => row['type'] === (type ?? row['type']))
        .filter((row) => row['group_id'] === undefined || row['group_id'] === group_id)
        .map((row) => without(row, ['group_id', 'type']));
  }
}

function without(row: Row, fields: readonly string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([field]) => !fields.includes(field)));
}

/** `GET /v1/serviceids`, `/v1/profiles` and `/v1/apikeys`: paginated, with 20 rows by default and absolute links. */
export function listIdentities(list: IamList) {
  return (world: World, pages: Pages, { query, path }: Received, refuse: Refuse): Answer => {
    if (query['account_id'] !== accountId(world)) return refuse(path, query['account_id'] === undefined ? 400 : 403);
    const history = query['include_history'] === 'true' && { history: [{ message: fakeSecret(world, 13, 0) }] };
    const rows = rowsFor(world, list, query).map((row) => ({ ...row, ...history }));
    const page = pages.byToken(rows, query, { path, token: 'pagetoken', limit: 'pagesize', usual: 20, most: 100 });
    if (page === undefined) return refuse(path, 400, 'pagetoken or pagesize is not valid.');
    const linkTo = (changed: Record<string, string>): string => IAM_HOST + link(`/v1/${list}`, query, changed);
    return json(200, {
      context: { transaction_id: 'sandbox', operation: `list_${list}` },
      offset: page.from,
      limit: page.limit,
      first: IAM_HOST + link(`/v1/${list}`, { ...query, pagetoken: undefined }, {}),
      ...(page.next === undefined
        ? lastPage(world.options.lastPage, 'next')
        : { next: linkTo({ pagetoken: pages.token(page.next) }) }),
      [list]: page.items,
    });
  };
}

/** `GET /v1/serviceid_groups`, which is not paginated. */
export function listServiceIdGroups(world: World, { query, path }: Received, refuse: Refuse): Answer {
  const account_id = accountId(world);
  if (query['account_id'] !== account_id) return refuse(path, 403);
  const rows = groupIds(world).map((id, index) => ({ id, name: `group-${index}`, account_id, ...dates(world, index) }));
  return json(200, { serviceid_groups: rows });
}

/** A single identity, with its activity if requested. For an API key, the response contains the key's value in clear text. */
export function oneIdentity(list: IamList | 'users') {
  return (world: World, { parameters, query, path }: Received, refuse: Refuse): Answer => {
    const lists = { apikeys: apiKeys, profiles, serviceids: serviceIds, users };
    const all = lists[list](world);
    const index = all.findIndex((row) => row[list === 'users' ? 'iam_id' : 'id'] === parameters['identity']);
    if (index === -1) return refuse(path, 404);
    return json(200, {
      ...without(all[index] ?? {}, PARTS),
      ...(list === 'apikeys' && { apikey: fakeSecret(world, 14, index) }),
      ...(query['include_activity'] === 'true' && { activity: activity(world, index) }),
    });
  };
}

/** `GET /v1/profiles/:identity/identities`, `links` and `rules`. */
export function profilePart(part: (typeof PARTS)[number]) {
  return (world: World, { parameters, path }: Received, refuse: Refuse): Answer => {
    const profile = profiles(world).find(({ id }) => id === parameters['identity']);
    return profile === undefined ? refuse(path, 404) : json(200, { [part]: profile[part] });
  };
}

/** `GET /v1/accounts/:id/settings/identity`. */
export function identitySettings(world: World, { parameters, path }: Received, refuse: Refuse): Answer {
  const account_id = accountId(world);
  if (parameters['id'] !== account_id) return refuse(path, 403);
  const isRestricted = world.options.missingRoles.includes('users');
  return json(200, {
    account_id,
    mfa: 'NONE',
    user_mfa: [],
    restrict_create_service_id: 'NOT_SET',
    restrict_create_platform_apikey: 'NOT_SET',
    restrict_user_list_visibility: isRestricted ? 'RESTRICTED' : 'NOT_RESTRICTED',
    entity_tag: '1-0',
  });
}

/** Adds each identity's activity to its row. */
export function withActivity(world: World, rows: readonly Row[]): Row[] {
  return rows.map((row, index) => ({ ...row, activity: activity(world, index) }));
}
