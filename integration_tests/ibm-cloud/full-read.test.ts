import { describe, expect, it } from 'vitest';
import { STREAMS, STREAM_NAMES, expectedRows, fieldsOf } from './expected.ts';
import {
  type AccountOptions,
  EVERY_DEPLOYMENT,
  INSTANCES,
  discovered,
  expectRows,
  gen1Of,
  ibmCloud,
  keysRead,
  logged,
  rowsRead,
  timesAsked,
} from './reads.ts';

describe('discover', () => {
  it('discover lists the streams in order, with their keys, cursors and fields', async () => {
    const streams = (await discovered()).filter(({ name }) => name !== 'audit_events');
    expect(streams.map(({ name }) => name)).toEqual(STREAM_NAMES);
    for (const stream of streams) {
      const name = stream.name as keyof typeof STREAMS;
      const { key, ...more } = STREAMS[name];
      const { properties } = (stream as unknown as { json_schema: { properties: object } }).json_schema;
      const cursor = 'cursor' in more ? [more.cursor] : undefined;
      expect(stream.source_defined_primary_key, name).toEqual([[key]]);
      expect(stream.default_cursor_field, name).toEqual(cursor);
      expect(stream.supported_sync_modes, name).toEqual(
        cursor === undefined ? ['full_refresh'] : ['full_refresh', 'incremental'],
      );
      expect(Object.keys(properties).toSorted(), name).toEqual(fieldsOf(name).toSorted());
      for (const [field, property] of Object.entries(properties)) {
        expect(property, `${name}.${field}`).toMatchObject({
          type: expect.arrayContaining(['null']) as unknown,
          description: expect.stringMatching(/\w{2}/) as string,
        });
      }
    }
  });
});

const SMALL = { backupDays: 3 };

const accounts: Array<[string, AccountOptions]> = [
  ['with default options', {}],
  ['with every engine in all regions', { deployments: 13, gen2Deployments: 9, regions: 10 }],
  ['with pages of one row', { ...SMALL, maxLimit: 1, deployments: 3, gen2Deployments: 2 }],
  ['with pages of two, linked by next_docid', { ...SMALL, maxLimit: 2, inventoryToken: 'next_docid' }],
  ['with pages of three, linked by next_url', { ...SMALL, maxLimit: 3, inventoryToken: 'next_url', lastPage: 'null' }],
  ['with empty pages before the last', { ...SMALL, maxLimit: 2, hiddenInstances: 9, lastPage: 'null' }],
  ['with only generation 2', { deployments: 0, oddInstances: false }],
  ['from a different seed', { ...SMALL, seed: 7 }],
];

describe.concurrent('a full read of an account', () => {
  it.each(accounts)(
    'a full read of an account %s emits every record once, with the expected fields',
    async (_, options) => {
      await ibmCloud(options, async ({ sandbox, read }) => {
        const result = await read();
        expect(result.violations).toEqual([]);
        expect(result.errors).toEqual([]);
        expect(result.exitCode).toBe(0);
        const expected = await expectedRows(sandbox);
        for (const name of STREAM_NAMES) {
          expect(keysRead(result, name).toSorted(), name).toEqual([...sandbox.keys(name)].toSorted());
          expectRows(result, name, expected[name]);
        }
      });
    },
  );

  it('a full read of an account without databases completes every stream', async () => {
    const nothing = { deployments: 0, gen2Deployments: 0, gen2Backups: 0, otherInstances: 0, oddInstances: false };
    await ibmCloud(nothing, async ({ sandbox, read }) => {
      const result = await read();
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      for (const name of STREAM_NAMES) expect(keysRead(result, name), name).toHaveLength(sandbox.counts()[name]);
    });
  });

  it('a full read without problems logs no warning', async () => {
    // The six deployments include no read replica, because read replicas have no autoscaling.
    await ibmCloud({ ...SMALL, deployments: 6, oddInstances: false }, async ({ read }) => {
      // Start at the first month with usage in the sandbox.
      const result = await read({ config: { start_date: '2024-06-01T00:00:00Z' } });
      expect(result.exitCode).toBe(0);
      expect(logged(result, 'WARN')).toEqual([]);
    });
  });

  it("a full read requests the inventory and each deployment's lists once, and nothing else", async () => {
    await ibmCloud(SMALL, async ({ sandbox, read }) => {
      const result = await read({ config: { num_workers: 16 } });
      expect(result.exitCode).toBe(0);
      const { byPath } = sandbox.stats();
      // Service IDs and API keys have a list per service ID group.
      const twice = Object.entries(byPath).filter(([path, times]) => times > 1 && !/apikeys$|serviceids$/.test(path));
      // A search requires a second request, because only an empty page marks the end.
      expect(twice).toEqual([['/search/v3/resources/search', 2]]);
      expect(timesAsked(sandbox, INSTANCES)).toBe(1);
      const perDeployment = Object.keys(byPath).filter((path) => path.includes('/deployments/'));
      // Replicas and recovery windows are requested only for some engines.
      expect(perDeployment.length).toBeLessThanOrEqual(9 * gen1Of(sandbox).length);
      const forbidden =
        /connections|resource_keys|apikeys\/|\/backups\/|\/tasks\/|configuration|gen2|\/v2\/resource_instances\/./;
      expect(Object.keys(byPath).filter((path) => forbidden.test(path))).toEqual([]);
      expect(new Set(sandbox.requests.map(({ method, path }) => `${method} ${path.split('/')[1]}`))).toEqual(
        new Set([
          ...['POST iam', 'GET iam', 'GET resource-controller', 'GET databases', 'GET accounts', 'GET billing'],
          ...['GET users', 'POST search', 'GET cbr', 'GET atracker'],
        ]),
      );
    });
  });
});

describe.concurrent('an instance with an invalid CRN', () => {
  it('an instance with an invalid CRN is emitted and named in a warning, but is never requested', async () => {
    await ibmCloud(SMALL, async ({ sandbox, read }) => {
      const odd = [...sandbox.keys('deployments')].filter((id) => !sandbox.deploymentIds.includes(id));
      expect(odd).toHaveLength(2);
      const result = await read();
      expect(result.exitCode).toBe(0);
      for (const id of odd) {
        expect(keysRead(result, 'deployments')).toContain(id);
        expect(logged(result, 'WARN').filter((text) => text.includes(id))).toHaveLength(1);
        const guid = id.split(':')[7] ?? '';
        expect(sandbox.requests.filter(({ path }) => path.includes(guid))).toEqual([]);
      }
      expect(sandbox.requests.filter(({ path }) => path.includes('evil'))).toEqual([]);
      expect(new Set(sandbox.requests.map(({ host }) => host))).toEqual(new Set([new URL(sandbox.baseUrl).host]));
    });
  });
});

describe.concurrent('deployment_ids', () => {
  it('deployment_ids limits deployments and per-deployment streams by CRN or GUID', async () => {
    await ibmCloud({ ...SMALL, maxLimit: 2 }, async ({ sandbox, read }) => {
      const [first = '', second = '', ...rest] = sandbox.deploymentIds;
      const gen2 = rest.at(-1) ?? '';
      const ids = [first, second.split(':')[7], gen2];
      const result = await read({ platform: { deployment_ids: ids } });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      const asked = sandbox.requests.filter(({ path }) => path.includes('/deployments/'));
      expect(asked.filter(({ path }) => ![first, second].some((id) => path.includes(id.split(':')[7] ?? '')))).toEqual(
        [],
      );
      const wanted = new Set([first, second, gen2]);
      const expected = await expectedRows(sandbox);
      for (const name of STREAM_NAMES) {
        const rows = expected[name].filter((row) => {
          if (!name.startsWith('deployments') && name !== 'billables') return true;
          // Policies and rules that don't specify a deployment also cover the selected deployments.
          if (/(roles|restrictions)$/.test(name) && row['service_instance'] === null) return true;
          return wanted.has(String(name === 'deployments' ? row['id'] : row['deployment_id']));
        });
        expectRows(result, name, rows);
      }
    });
  });
});

describe.concurrent('resource_group_ids', () => {
  it("resource_group_ids limits deployments and per-deployment streams, and each group's pages are requested", async () => {
    await ibmCloud({ ...SMALL, maxLimit: 2, deployments: 9, gen2Deployments: 8 }, async ({ sandbox, read }) => {
      const groups = [...sandbox.keys('resource_groups')].slice(1);
      const result = await read({ platform: { resource_group_ids: groups } });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      const expected = await expectedRows(sandbox);
      const inGroups = expected.deployments.filter((row) => groups.includes(String(row['resource_group_id'])));
      expect(inGroups.length).toBeGreaterThan(4);
      expectRows(result, 'deployments', inGroups);
      expectRows(
        result,
        'billables',
        expected.billables.filter((row) => groups.includes(String(row['resource_group_id']))),
      );
      const ids = new Set(inGroups.map(({ id }) => id));
      for (const name of ['deployments_scalings', 'deployments_recipes', 'deployments_replicas'] as const) {
        expectRows(
          result,
          name,
          expected[name].filter((row) => ids.has(row['deployment_id'])),
        );
      }
      const asked = sandbox.requests.filter(({ path }) => path === INSTANCES);
      const first = asked.filter(({ query }) => query['start'] === undefined);
      expect(
        first
          .map(({ query }) => query['resource_group_id'])
          .slice(0, groups.length)
          .toSorted(),
      ).toEqual(groups.toSorted());
    });
  });
});

describe.concurrent('start_date', () => {
  it('start_date skips earlier tasks and backups, and the log reports how many', async () => {
    await ibmCloud({}, async ({ sandbox, read }) => {
      const start = '2025-06-01T00:00:00.000Z';
      const result = await read({ config: { start_date: '2025-06-01T02:00:00+02:00' } });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      const expected = await expectedRows(sandbox);
      for (const name of ['deployments_backups', 'deployments_recipes'] as const) {
        const rows = expected[name].filter((row) => String(row['created_at']) >= start);
        expect(rows.length, name).toBeGreaterThan(0);
        expect(rows.length, name).toBeLessThan(expected[name].length);
        expectRows(result, name, rows);
        expect(logged(result, 'INFO')).toContainEqual(
          expect.stringMatching(new RegExp(`^${name}: .* before start_date .* omitted`)),
        );
      }
      expectRows(result, 'deployments', expected.deployments);
    });
  });
});

it('an unknown field is named in one warning per stream, and omitted from records', async () => {
  const faults = [
    { path: '/resource-controller/**', kind: 'nested', levels: 3 },
    { path: `${EVERY_DEPLOYMENT}/*`, kind: 'nested', levels: 3 },
  ] as const;
  await ibmCloud({ ...SMALL, faults }, async ({ sandbox, read }) => {
    const streams = ['deployments', 'deployments_recipes', 'deployments_backups', 'resource_groups'] as const;
    const result = await read({ streams });
    expect(result).toMatchObject({ violations: [], exitCode: 0 });
    expect(result.stdout).not.toContain('[[[');
    for (const name of streams) {
      expect(keysRead(result, name).toSorted()).toEqual([...sandbox.keys(name)].toSorted());
      for (const row of rowsRead(result.records, name)) expect(row).not.toHaveProperty('nested');
      const warnings = logged(result, 'WARN').filter((text) => text.startsWith(`${name}: `) && text.includes('nested'));
      expect(warnings, name).toHaveLength(1);
    }
  });
});
