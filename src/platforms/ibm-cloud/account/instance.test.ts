import { describe, expect, test } from 'vitest';
import {
  ACCOUNT,
  backupRow,
  crnOf,
  gen1Row,
  gen2Row,
  guidOf,
  instanceRow,
} from '../../../../test-support/unit/instances.ts';
import type { Row } from '../../../core/record/row.ts';
import { type Deployment, classify, diskKeyOf, gen2SizesOf } from './instance.ts';

function deploymentOf(row: Row): Deployment {
  const found = classify(row);
  if (found === undefined || !('deployment' in found)) throw new Error('it is no deployment');
  return found.deployment;
}

/** The row of an instance of a service and a plan. */
const planned = (service: string, plan: string, more: Row = {}): Row =>
  instanceRow(1, crnOf(1, service), { resource_plan_id: plan, ...more });

test('a deployment is what its CRN says of it', () => {
  const row = gen1Row(1);
  expect(deploymentOf(row)).toEqual({
    id: crnOf(1),
    guid: guidOf(1),
    row,
    service: 'databases-for-postgresql',
    generation: 'gen1',
    type: 'postgresql',
    account: ACCOUNT,
    region: 'us-south',
  });
});

describe('the generation', () => {
  test.each<[string, Row]>([
    ['by its plan in the order of today', planned('databases-for-redis', 'databases-for-redis-gen2-standard')],
    ['by its plan in the other order', planned('databases-for-redis', 'databases-for-redis-standard-gen2')],
    ['by what it says of itself', planned('databases-for-redis', 'odd', { extensions: { dataservices: {} } })],
    ['by its service, which has no other', planned('databases-for-valkey', 'databases-for-valkey-standard')],
  ])('is the second %s, and then it is asked about nowhere', (_, row) => {
    expect(deploymentOf(row)).toMatchObject({ generation: 'gen2', region: undefined });
  });

  test.each<[string, Row]>([
    ['with a plan of the first', planned('databases-for-redis', 'databases-for-redis-standard')],
    ['with a plan that only looks like it', planned('databases-for-redis', 'databases-for-redis-gen20')],
    ['with extensions of another kind', planned('databases-for-redis', 'x', { extensions: { virtual: {} } })],
    ['with dataservices that are none', planned('databases-for-redis', 'x', { extensions: { dataservices: 'x' } })],
  ])('is the first %s', (_, row) => {
    expect(deploymentOf(row)).toMatchObject({ generation: 'gen1', region: 'us-south' });
  });
});

test.each([
  ['databases-for-postgresql', 'databases-for-postgresql-standard', 'postgresql'],
  ['databases-for-elasticsearch', 'databases-for-elasticsearch-platinum', 'elasticsearchpl'],
  ['databases-for-mongodb', 'databases-for-mongodb-standard', 'mongodb'],
  ['databases-for-mongodb', 'databases-for-mongodb-enterprise', 'mongodbee'],
  ['databases-for-mongodb', 'databases-for-mongodb-enterprise-sharding-gen2', 'mongodbees'],
  ['databases-for-redis', 'databases-for-redis-enterprise', 'redis'],
  ['databases-for-newdb', 'databases-for-newdb-standard', 'newdb'],
])('%s with the plan %s is of the type %s', (service, plan, type) => {
  expect(deploymentOf(planned(service, plan))).toMatchObject({ service, type });
});

test.each(['cloud-object-storage', 'databases-for-', 'my-databases-for-postgresql', 'dashdb-for-transactions'])(
  'an instance of %s is no database',
  (service) => {
    expect(classify(planned(service, `${service}-standard`))).toBeUndefined();
  },
);

describe('a CRN that is odd', () => {
  test('without an id that of the row is taken', () => {
    const { id: _, ...row } = gen1Row(1);
    expect(deploymentOf(row)).toMatchObject({ id: crnOf(1), region: 'us-south' });
    expect(deploymentOf({ ...row, id: '' })).toMatchObject({ id: crnOf(1) });
  });

  test('a GUID that is missing stands in the CRN', () => {
    expect(deploymentOf(gen1Row(1, { guid: null }))).toMatchObject({ guid: guidOf(1) });
  });

  test('that is a segment short still tells the service, but not where to ask', () => {
    const short = crnOf(1).slice(0, -1);
    expect(deploymentOf(instanceRow(1, short, { account_id: 'the account' }))).toEqual(
      expect.objectContaining({
        id: short,
        service: 'databases-for-postgresql',
        account: 'the account',
        region: undefined,
      }),
    );
  });

  test('that is missing leaves the service to the row', () => {
    expect(deploymentOf({ guid: guidOf(1), resource_id: 'databases-for-redis' })).toEqual(
      expect.objectContaining({ id: '', guid: guidOf(1), type: 'redis', account: undefined, region: undefined }),
    );
    expect(classify({ guid: guidOf(1) })).toBeUndefined();
  });

  test.each(['', 'US-South', 'evil.example.test/', 'us-south@evil.example.test', 'us south', '127.0.0.1'])(
    'with the region %j is not gone by',
    (region) => {
      expect(deploymentOf(instanceRow(1, crnOf(1, 'databases-for-redis', region)))).toMatchObject({
        generation: 'gen1',
        region: undefined,
      });
    },
  );
});

describe('a backup', () => {
  const source = crnOf(7);

  test('of the service for backups is told from deployments, with what it says of itself', () => {
    const row = backupRow(1, source);
    expect(classify(row)).toEqual({
      backup: { id: row['id'], row, backup: { source_data_service_crn: source }, source },
    });
  });

  test('that says nothing of itself yet is one all the same', () => {
    const row = backupRow(1, undefined, { extensions: undefined });
    expect(classify(row)).toEqual({ backup: { id: row['id'], row, backup: {}, source: undefined } });
  });

  test.each([null, '', 7, {}])('whose database is %j has none that is known', (crn) => {
    const dataservices = { backup: { source_data_service_crn: crn, type: 'automatic' } };
    expect(classify(backupRow(1, undefined, { extensions: { dataservices } }))).toMatchObject({
      backup: { source: undefined, backup: { type: 'automatic' } },
    });
  });

  test.each<[string, Row]>([
    ['the service of its database, with -backup', planned('databases-for-postgresql-backup', 'x')],
    ['the service of its database', gen2Row(1, { backup: { source_data_service_crn: source } })],
    ['a service that nobody knows', planned('odd', 'x', { extensions: { dataservices: { backup: {} } } })],
  ])('of %s is one, too', (_, row) => {
    expect(classify(row)).toHaveProperty('backup');
  });

  test('is not what has a setting about backups', () => {
    expect(classify(gen2Row(1, { backups: { retention: '30d' }, encryption: { backup: 'crn' } }))).toHaveProperty(
      'deployment',
    );
  });
});

describe('the sizes of a deployment of generation 2', () => {
  const postgresql = {
    version: '18',
    members: 2,
    host_flavor: 'bx3d.4x20',
    cpu_count: 4,
    memory_gb: 20,
    storage_gb: 10,
  };
  const sizesOf = (dataservices?: Row, service = 'databases-for-postgresql'): unknown => {
    return gen2SizesOf({ row: gen2Row(1, dataservices), service });
  };

  test('stand under the name of its engine', () => {
    expect(sizesOf({ $schema: { version: '1.0.0' }, postgresql: { ...postgresql, configuration: { a: 1 } } })).toEqual({
      ...postgresql,
      shards: undefined,
    });
  });

  test('stand under the name of a kind of the engine', () => {
    const mongodbees = { version: '8', shards: 2, host_flavor: 'bx3d.4x20', storage_gb: 10.5 };
    for (const name of ['mongodb', 'mongodbee', 'mongodbees']) {
      expect(sizesOf({ [name]: mongodbees }, 'databases-for-mongodb')).toMatchObject(mongodbees);
    }
  });

  test('stand under one name that nobody knows, if no other could be meant', () => {
    expect(sizesOf({ pg_next: postgresql, encryption: { disk: 'crn' }, backups: {} })).toMatchObject(postgresql);
    expect(sizesOf({ pg_next: { storage_gb: 10 } })).toMatchObject({ storage_gb: 10 });
    expect(sizesOf({ one: postgresql, other: postgresql })).toBeUndefined();
  });

  test('stood elsewhere in 2025', () => {
    const database = { members: 3, host_flavor: 'bxf.4x16', cpu_count: 4, memory_gb: 16, storage_gb: 20 };
    expect(sizesOf({ version: '17', resources: { database } })).toMatchObject({ version: '17', ...database });
    expect(sizesOf({ version: '17', resources: { database: { ...database, version: '17.4' } } })).toMatchObject({
      version: '17.4',
    });
  });

  test.each<[string, Row | undefined]>([
    ['no dataservices', undefined],
    ['nothing but a connection', { connection: { cli: { arguments: ['$PGUSER'] } } }],
    ['resources that are none', { resources: 'many' }],
  ])('are not known with %s', (_, dataservices) => {
    expect(sizesOf(dataservices)).toBeUndefined();
  });
});

test('the key that encrypts the disks is told, if it is', () => {
  expect(diskKeyOf(gen2Row(1, { encryption: { disk: 'crn:key', backup: 'crn:other' } }))).toBe('crn:key');
  for (const row of [gen1Row(1), gen2Row(1, {}), gen2Row(1, { encryption: null }), gen2Row(1, { encryption: {} })]) {
    expect(diskKeyOf(row) ?? null).toBeNull();
  }
});
