import type { Row } from './world.ts';

interface DatabaseType {
  readonly type: string;
  readonly name: string;
  readonly scheme: string;
  /** Oldest first; the last is preferred. None: the catalogue row comes without versions. */
  readonly versions: readonly string[];
}

/** Every database type of the catalogue (reference, 9.5). */
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

const version = (database: DatabaseType, index: number): Row => {
  const newest = index === database.versions.length - 1;
  const stable = BETA.has(database.type) ? 'beta' : 'stable';
  return {
    application: database.type,
    status: index === 0 && !newest ? 'deprecated' : stable,
    preferred: newest,
    version: database.versions[index],
  };
};

/** The catalogue, each type with its versions under `_embedded`. */
export const databases = (): Row[] =>
  DATABASE_TYPES.map((database) => ({
    type: database.type,
    status: BETA.has(database.type) ? 'beta' : 'stable',
    display_name: database.name,
    ...(database.versions.length > 0 && {
      _embedded: { versions: database.versions.map((_, index) => version(database, index)) },
    }),
  }));
