import type { Row } from '../platform.ts';
import { DAY, END_OF_HISTORY, Kind, type World, makeId, spell } from './world.ts';

export const ACCOUNT_SLUG = 'harbour-analytics';

const USER_NAMES = ['Ada Quay', 'Bo Pier', 'Çelik Ñandú', 'Dana "Dee" Dock'] as const;

const DATACENTER_SLUGS = [
  'aws:us-east-1',
  'aws:us-west-2',
  'aws:eu-west-1',
  'aws:eu-central-1',
  'aws:ap-southeast-2',
  'gce:us-east1',
  'gce:europe-west1',
  'softlayer:dallas-1',
] as const;

export interface DatabaseType {
  readonly type: string;
  readonly name: string;
  readonly scheme: string;
  /** The versions, from oldest to newest. The newest version is preferred. If the list is empty, the catalog row has no versions. */
  readonly versions: readonly string[];
}

/** Every database type in the catalog (compose-api.md, 9.5). */
export const DATABASE_TYPES: readonly [DatabaseType, ...DatabaseType[]] = [
  { type: 'postgresql', name: 'PostgreSQL', scheme: 'postgres', versions: ['9.4.16', '9.6.3', '9.6.10', '10.4'] },
  { type: 'mongodb', name: 'MongoDB', scheme: 'mongodb', versions: ['3.2.22', '3.4.10', '3.6.8'] },
  { type: 'redis', name: 'Redis', scheme: 'rediss', versions: ['3.2.12', '4.0.10'] },
  { type: 'elastic_search', name: 'Elasticsearch', scheme: 'https', versions: ['5.6.9', '6.2.2'] },
  { type: 'rabbitmq', name: 'RabbitMQ', scheme: 'amqps', versions: ['3.6.14', '3.7.6'] },
  { type: 'mysql', name: 'MySQL', scheme: 'mysql', versions: ['5.7.20', '5.7.22'] },
  { type: 'etcd', name: 'etcd', scheme: 'https', versions: ['2.3.8', '3.2.18'] },
  { type: 'rethink', name: 'RethinkDB', scheme: 'rethinkdb', versions: ['2.3.6'] },
  { type: 'scylla', name: 'ScyllaDB', scheme: 'cql', versions: ['2.0.3'] },
  { type: 'janusgraph', name: 'JanusGraph', scheme: 'wss', versions: ['0.1.1'] },
  { type: 'disque', name: 'Disque', scheme: 'disque', versions: [] },
];

const BETA = new Set(['janusgraph', 'scylla', 'disque']);

export function accountId(world: World): string {
  return makeId(world.seed, Kind.account, 0, 1);
}

/** The account. Each user had only one account (P-ref). */
export function accounts(world: World): Row[] {
  return [{ id: accountId(world), name: 'Harbour Analytics', slug: ACCOUNT_SLUG }];
}

/** The account's users (go user.go), with only their ids and names. */
export function users(world: World): { id: string; name: string }[] {
  return USER_NAMES.map((name, index) => ({ id: makeId(world.seed, Kind.user, 0, index + 1), name }));
}

/** The user who owns the token. */
export function currentUser(world: World): Row {
  return { id: makeId(world.seed, Kind.user, 0, 1), name: USER_NAMES[0] };
}

/** Teams with nested users (H-teamsapi). One team has an empty list of users, and one team has no list. */
export function teams(world: World): Row[] {
  const [ada, bo, third] = users(world);
  const id = (index: number): string => makeId(world.seed, Kind.team, 0, index);
  return [
    { id: id(1), name: 'Data Platform', users: [ada, bo] },
    { id: id(2), name: 'Billing', users: [] },
    { id: id(3), name: 'On call', users: [third] },
    { id: id(4), name: 'Contractors' },
  ];
}

export function clusterId(world: World, index: number): string {
  return makeId(world.seed, Kind.cluster, 0, (index % 3) + 1);
}

/**
 * Clusters in every variation: some have no `tags`, which Compose added late, and sources disagree on the type of `multitenant`
 * (compose-api.md, 12).
 */
export function clusters(world: World): Row[] {
  const common = (index: number, name: string): Row => ({
    id: clusterId(world, index),
    account_id: accountId(world),
    name,
    type: index === 2 ? 'public' : 'private',
    account_slug: ACCOUNT_SLUG,
    created_at: spell(END_OF_HISTORY - (1500 - index) * DAY + 123, index),
    subdomain: name,
  });
  return [
    {
      ...common(0, 'harbour-eu-c00'),
      provider: 'aws',
      region: 'eu-west-1',
      multitenant: false,
      tags: ['production', 'eu'],
    },
    { ...common(1, 'harbour-us-c01'), provider: 'gce', region: 'us-east1', multitenant: false, tags: [] },
    { ...common(2, 'compose-shared-17'), account_id: null, provider: 'aws', region: 'us-east-1', multitenant: 'true' },
  ];
}

/** Data centers, which have neither an id nor a date (go datacenter.go). */
export function datacenters(): Row[] {
  return DATACENTER_SLUGS.map((slug) => {
    const [provider, region] = slug.split(':');
    return { region, provider, slug };
  });
}

/** The catalog: each database type with its versions under `_embedded`. */
export function databases(): Row[] {
  return DATABASE_TYPES.map((database) => ({
    type: database.type,
    status: BETA.has(database.type) ? 'beta' : 'stable',
    display_name: database.name,
    ...(database.versions.length > 0 && {
      _embedded: { versions: database.versions.map((_, index) => databaseVersion(database, index)) },
    }),
  }));
}

function databaseVersion(database: DatabaseType, index: number): Row {
  const newest = index === database.versions.length - 1;
  const stable = BETA.has(database.type) ? 'beta' : 'stable';
  return {
    application: database.type,
    status: index === 0 && !newest ? 'deprecated' : stable,
    preferred: newest,
    version: database.versions[index],
  };
}
