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
import { DEFAULT_ENDPOINTS } from '../api/endpoints.ts';
import { type Deployment, gen2SizesOf, instanceOf, labelOf } from './instance.ts';

const of = (row: Row) => instanceOf(String(row['id']), row, DEFAULT_ENDPOINTS);

function deploymentOf(row: Row): Deployment {
  const instance = of(row);
  if (instance?.kind !== 'deployment') throw new Error('it is not a deployment');
  return instance;
}

/** An instance with this service and plan. */
const planned = (service: string, plan: string, more: Row = {}): Row =>
  instanceRow(1, crnOf(1, service), { resource_plan_id: plan, ...more });

test('a deployment gets its service, region, account and GUID from its CRN', () => {
  const row = gen1Row(1);
  expect(deploymentOf(row)).toEqual({
    kind: 'deployment',
    id: crnOf(1),
    row,
    service: 'databases-for-postgresql',
    generation: 'gen1',
    type: 'postgresql',
    account: ACCOUNT,
    region: 'us-south',
    partition: expect.objectContaining({ id: crnOf(1) }) as unknown,
  });
});

describe('the generation', () => {
  test.each<[string, Row]>([
    ['if its plan has the current word order', planned('databases-for-redis', 'databases-for-redis-gen2-standard')],
    ['if its plan has the other word order', planned('databases-for-redis', 'databases-for-redis-standard-gen2')],
    [
      'if its extensions describe a generation 2 deployment',
      planned('databases-for-redis', 'odd', { extensions: { dataservices: {} } }),
    ],
    ['if its service exists only in generation 2', planned('databases-for-valkey', 'databases-for-valkey-standard')],
  ])('is gen2, and the region is undefined, %s', (_, row) => {
    expect(deploymentOf(row)).toMatchObject({ generation: 'gen2', region: undefined });
  });

  test.each<[string, Row]>([
    ['with a plan of the first generation', planned('databases-for-redis', 'databases-for-redis-standard')],
    [
      'with a plan whose name merely resembles generation 2',
      planned('databases-for-redis', 'databases-for-redis-gen20'),
    ],
    ['with extensions of a different kind', planned('databases-for-redis', 'x', { extensions: { virtual: {} } })],
    ['with invalid dataservices', planned('databases-for-redis', 'x', { extensions: { dataservices: 'x' } })],
  ])('is gen1 for an instance %s', (_, row) => {
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
])('the service %s with the plan %s has the database type %s', (service, plan, type) => {
  expect(deploymentOf(planned(service, plan))).toMatchObject({ service, type });
});

test.each(['cloud-object-storage', 'databases-for-', 'my-databases-for-postgresql', 'dashdb-for-transactions'])(
  'an instance of the service %s is not a database',
  (service) => {
    expect(of(planned(service, `${service}-standard`))).toBeUndefined();
  },
);

describe('an invalid CRN', () => {
  test('without its last segment still contains the service, but no region', () => {
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

  test('that is a bare GUID does not contain the service, which is read from the row', () => {
    expect(deploymentOf({ id: guidOf(1), resource_id: 'databases-for-redis' })).toEqual(
      expect.objectContaining({ id: guidOf(1), type: 'redis', account: undefined, region: undefined }),
    );
    expect(of({ id: guidOf(1) })).toBeUndefined();
  });

  test.each(['', 'US-South', 'evil.example.test/', 'us-south@evil.example.test', 'us south', '127.0.0.1'])(
    'with the region %j does not contain a valid region',
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

  test('that is an instance of the backup service contains the details of the backup', () => {
    const row = backupRow(1, source);
    expect(of(row)).toEqual({
      kind: 'independent backup',
      id: row['id'],
      row,
      account: ACCOUNT,
      backup: { source_data_service_crn: source },
      source,
    });
  });

  test('may have no details', () => {
    const row = backupRow(1, undefined, { extensions: undefined });
    expect(of(row)).toMatchObject({ kind: 'independent backup', backup: {}, source: undefined });
  });

  test.each([null, '', 7, {}])('has no known source if the CRN of its database is %j', (crn) => {
    const dataservices = { backup: { source_data_service_crn: crn, type: 'automatic' } };
    expect(of(backupRow(1, undefined, { extensions: { dataservices } }))).toMatchObject({
      source: undefined,
      backup: { type: 'automatic' },
    });
  });

  test.each<[string, Row]>([
    ['the service of its database with the suffix -backup', planned('databases-for-postgresql-backup', 'x')],
    ['the service of its database', gen2Row(1, { backup: { source_data_service_crn: source } })],
    ['an unknown service', planned('odd', 'x', { extensions: { dataservices: { backup: {} } } })],
  ])('can be an instance of %s', (_, row) => {
    expect(of(row)?.kind).toBe('independent backup');
  });

  test('is not confused with a deployment that has backup settings', () => {
    expect(of(gen2Row(1, { backups: { retention: '30d' }, encryption: { backup: 'crn' } }))?.kind).toBe('deployment');
  });
});

describe('the sizes of a generation 2 deployment', () => {
  const postgresql = {
    version: '18',
    members: 2,
    host_flavor: 'bx3d.4x20',
    cpu_count: 4,
    memory_gb: 20,
    storage_gb: 10,
  };
  const sizesOf = (dataservices?: Row): unknown => gen2SizesOf(gen2Row(1, dataservices));

  test('are found under the name of the engine, even if the engine is unknown', () => {
    for (const name of ['postgresql', 'mongodbees', 'new_engine']) {
      const others = { $schema: { version: '1.0.0' }, encryption: { disk: 'crn' }, backups: { retention: '30d' } };
      expect(sizesOf({ ...others, [name]: { ...postgresql, configuration: { a: 1 } } })).toMatchObject(postgresql);
    }
    expect(sizesOf({ mongodbees: { shards: 2, storage_gb: 10.5 } })).toMatchObject({ shards: 2, storage_gb: 10.5 });
  });

  test('may be in the 2025 format', () => {
    const database = { members: 3, host_flavor: 'bxf.4x16', cpu_count: 4, memory_gb: 16, storage_gb: 20 };
    expect(sizesOf({ version: '17', resources: { database } })).toMatchObject({ version: '17', ...database });
    expect(sizesOf({ version: '17', resources: { database: { ...database, version: '17.4' } } })).toMatchObject({
      version: '17.4',
    });
  });

  test.each<[string, Row | undefined]>([
    ['no dataservices', undefined],
    ['nothing but a connection', { connection: { cli: { arguments: ['$PGUSER'] } } }],
    ['invalid resources', { resources: 'many' }],
  ])('are unknown if the row contains %s', (_, dataservices) => {
    expect(sizesOf(dataservices)).toBeUndefined();
  });
});

test.each([
  [{ name: 'orders' }, `deployment orders (${crnOf(1)})`],
  [{ name: '' }, `deployment ${crnOf(1)}`],
  [{ name: null }, `deployment ${crnOf(1)}`],
  [{ name: 'x'.repeat(101) }, `deployment ${crnOf(1)}`],
])('a label contains the name of its deployment only if the name is neither empty nor too long: %j', (more, label) => {
  expect(labelOf(deploymentOf(gen1Row(1, more)))).toBe(label);
});
