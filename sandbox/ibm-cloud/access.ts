import { noise, pick, upTo } from '../noise.ts';
import { type Answer, type Received, type Row, json } from '../platform.ts';
import type { Refuse } from './errors.ts';
import { type Page, type Pages, lastPage, link } from './pages.ts';
import { DAY, Kind, type World, accountId, iso, uuid } from './world.ts';

const IAM_HOST = 'https://iam.cloud.ibm.com';

const PUBLIC_GROUP = 'AccessGroupId-PublicAccess';

export const NAMES = ['Ada Quay', 'Bo Pier', 'Çelik Ñandú', 'Dana "Dee" Dock'] as const;

/** The IAM ID of the nth user. The first user, who owns the account, is the same person in every account. */
export function userId(world: World, index: number): string {
  if (index === 0) return 'IBMid-0269999999';
  return `IBMid-${String(270_000_000 + (noise(world.seed, Kind.user, 0) % 1000) * 1000 + index).padStart(10, '0')}`;
}

/** `GET /v4/accounts/:id`. */
export function account(world: World, { parameters, path }: Received, refuse: Refuse): Answer {
  const isRefused = parameters['id'] !== accountId(world) || world.options.missingRoles.includes('account');
  return isRefused ? refuse(path, 403) : json(200, accountRow(world));
}

/** The account (icd-api.md, 2.9). */
export function accountRow(world: World): Row {
  return {
    id: accountId(world),
    name: 'Harbour "Analytics"',
    owner: uuid(world, Kind.user, 0, 0),
    owner_userid: 'user0@example.invalid',
    owner_iamid: userId(world, 0),
    type: 'PAYG',
    status: 'ACTIVE',
    linked_softlayer_account: '',
    team_directory_enabled: true,
    traits: { eu_supported: false, poc: false, hippa: false },
  };
}

export function groupId(world: World, index: number): string {
  return `AccessGroupId-${uuid(world, Kind.accessGroup, 0, index)}`;
}

/** The access groups that the key can view (icd-api.md, 2.6). The group for all users is last. */
export function accessGroups(world: World): Row[] {
  if (world.options.missingRoles.includes('access_groups')) return [];
  const row = (index: number, id: string, name: string): Row => ({
    id,
    name,
    description: index % 2 === 0 ? '' : `Group of ${name}`,
    account_id: accountId(world),
    created_at: `${iso(world.clock.start - (600 - index) * DAY).slice(0, 19)}Z`,
    created_by_id: userId(world, 0),
    last_modified_at: iso(world.clock.start - (100 - (index % 90)) * DAY),
    last_modified_by_id: userId(world, 0),
    href: `${IAM_HOST}/v2/groups/${id}`,
  });
  const { accessGroups: count } = world.options;
  return [
    ...upTo(count).map((index) =>
      row(index, groupId(world, index), `${pick(['dba', 'Büro', 'on "call"'], index)}-${index}`),
    ),
    row(count, PUBLIC_GROUP, 'Public Access'),
  ];
}

/** A group's members of every type. Of every four groups, one has no members, and one has four times the usual number. */
export function members(world: World, group: string): Row[] {
  const index = upTo(world.options.accessGroups).find((one) => groupId(world, one) === group);
  if (index === undefined || index % 4 === 3) return [];
  return upTo(world.options.members * (index % 4 === 1 ? 4 : 1)).map((place) => {
    const type = pick(['user', 'user', 'service', 'profile'] as const, place);
    const common = {
      type,
      membership_type: place % 5 === 4 ? 'dynamic' : 'static',
      created_at: iso(world.clock.start - (500 - place) * DAY),
      created_by_id: userId(world, 0),
      href: `${IAM_HOST}/v2/groups/${group}/members/${place}`,
    };
    if (type === 'user') {
      return {
        iam_id: userId(world, place),
        ...common,
        name: pick(NAMES, place),
        email: `user${place}@example.invalid`,
      };
    }
    const iam_id = type === 'service' ? serviceId(world, place) : profileId(world, place);
    return { iam_id, ...common, name: `${type}-${place}`, description: `A ${type}` };
  });
}

export function serviceId(world: World, index: number): string {
  return `iam-ServiceId-${uuid(world, Kind.service, 0, index)}`;
}

export function profileId(world: World, index: number): string {
  return `iam-Profile-${uuid(world, Kind.profile, 0, index)}`;
}

/** `GET /v2/groups`: paginated by offset, with links to IBM's own host. */
export function listGroups(world: World, pages: Pages, received: Received, refuse: Refuse): Answer {
  const { query, path } = received;
  if (query['account_id'] !== accountId(world)) return refuse(path, query['account_id'] === undefined ? 400 : 403);
  const all = accessGroups(world)
    .filter(({ id }) => query['hide_public_access'] !== 'true' || id !== PUBLIC_GROUP)
    .map((row) => ({
      ...row,
      ...(query['show_federated'] === 'true' && { is_federated: false }),
      ...(query['show_crn'] === 'true' && {
        crn: `crn:v1:bluemix:public:iam-groups::::accessgroup:${String(row['id'])}`,
      }),
    }));
  return offsetPage(
    world,
    received,
    { name: 'groups', path: '/v2/groups' },
    pages.byOffset(all, query, 50),
    all,
    refuse,
  );
}

/** `GET /v2/groups/:id/members`: by default, returns only static members, without names. */
export function listMembers(world: World, pages: Pages, received: Received, refuse: Refuse): Answer {
  const { parameters, query, path } = received;
  const { id = '' } = parameters;
  if (!accessGroups(world).some((row) => row['id'] === id)) return refuse(path, 404);
  const wanted = query['membership_type'] ?? 'static';
  const all = members(world, id)
    .filter(({ membership_type }) => wanted === 'all' || membership_type === wanted)
    .filter(({ type }) => query['type'] === undefined || type === query['type'])
    .map((row) => (query['verbose'] === 'true' ? row : briefly(row)));
  const about = { name: 'members', path: `/v2/groups/${id}/members` };
  return offsetPage(world, received, about, pages.byOffset(all, query, 50), all, refuse);
}

function briefly(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !['name', 'email', 'description'].includes(name)));
}

function offsetPage(
  world: World,
  { query, path }: Received,
  about: { name: string; path: string },
  page: Page<Row> | undefined,
  all: readonly Row[],
  refuse: Refuse,
): Answer {
  if (page === undefined) return refuse(path, 400, 'offset or limit is not valid.');
  const { limit, from } = page;
  const at = (offset: number): Row => ({
    href: IAM_HOST + link(about.path, query, { limit: String(limit), offset: String(offset) }),
  });
  const end = page.next === undefined ? lastPage(world.options.lastPage, 'next') : { next: at(page.next) };
  const last = Math.max(0, Math.floor((all.length - 1) / limit) * limit);
  return json(200, {
    limit,
    offset: from,
    total_count: all.length,
    first: at(0),
    ...(from > 0 && { previous: at(Math.max(0, from - limit)) }),
    ...end,
    last: at(last),
    [about.name]: page.items,
  });
}
