import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type TestApi,
  backupRow,
  crnOf,
  gen1Row,
  gen2Row,
  instanceRow,
  instancesBody,
  openApi,
} from '../../../../test-support/unit/instances.ts';
import { refusal } from '../../../../test-support/unit/fake-api.ts';
import type { Request } from '../../../core/stream/request.ts';
import type { Row } from '../../../core/record/row.ts';
import { ibmCloudConfig } from '../config.ts';
import { Account } from './account.ts';
import { INSTANCES, type Inventory, loadInventory } from './inventory.ts';

const CONTROLLER = 'https://controller.example.test';
const SIZES = { postgresql: { members: 2, host_flavor: 'bx3d.4x20' } };

const config = ibmCloudConfig.parse({
  name: 'ibm_cloud',
  api_key: 'k',
  endpoints: { resource_controller: CONTROLLER },
});

function open(answer: (request: Request) => unknown, groups: string[] = []) {
  const api = openApi(answer);
  const account = new Account({ ...config, resource_group_ids: groups }, api);
  return { api, account, load: () => account.once(loadInventory) };
}

/** An account with these instances, all on one page. */
const of = (rows: readonly unknown[], groups?: string[]) => open(() => instancesBody(rows), groups);

const load = (rows: readonly unknown[]): Promise<Inventory> => of(rows).load();

const ids = (found: ReadonlyArray<{ id: string }>): string[] => found.map(({ id }) => id);
const queries = ({ requests }: TestApi): unknown[] => requests.map(({ query }) => query);

test('the inventory distinguishes deployments of both generations, backups, and other instances', async () => {
  const rows = [
    gen1Row(1),
    instanceRow(2, crnOf(2, 'cloud-object-storage')),
    gen2Row(3, SIZES),
    backupRow(4, crnOf(3)),
    gen2Row(5, undefined, { state: 'provisioning' }),
  ];
  const { deployments, backups, all, missing } = await load(rows);
  expect(deployments.map(({ id, generation }) => [id, generation])).toEqual([
    [crnOf(1), 'gen1'],
    [crnOf(3), 'gen2'],
    [crnOf(5), 'gen2'],
  ]);
  expect(backups).toMatchObject([{ id: crnOf(4, 'databases-independent-backups'), source: crnOf(3) }]);
  expect(all).toEqual(new Set([crnOf(1), crnOf(3), crnOf(5)]));
  expect(missing).toEqual([]);
});

test('all streams share the same request for the inventory and, if it fails, the same error', async () => {
  const { api, load } = of([gen1Row(1)]);
  const [one, other] = await Promise.all([load(), load()]);
  expect(other).toBe(one);
  expect(await load()).toBe(one);
  expect(api.owners).toEqual(['deployments']);
  const failing = open(() => {
    throw refusal(403, INSTANCES);
  });
  const errors = await Promise.all([1, 2].map(() => failing.load().catch((error: unknown) => error)));
  expect(errors[0]).toMatchObject({ problem: 'forbidden' });
  expect(errors[1]).toBe(errors[0]);
  expect(failing.api.requests).toHaveLength(1);
});

test('the log contains a summary of the inventory, so that users can notice missing instances', async () => {
  const { api, load } = of([gen1Row(1), gen2Row(2, SIZES), backupRow(3, crnOf(2)), instanceRow(4, crnOf(4, 'kms'))]);
  await load();
  expect(api.logged).toEqual([
    expect.stringMatching(
      /^info IBM Cloud lists 4 instances for this API key, including 1 deployment of generation 1, 1 of generation 2 and 1 independent backup\./,
    ),
  ]);
});

test('a deployment with an unsupported CRN causes a warning and stays in the inventory', async () => {
  const odd = crnOf(1, 'databases-for-redis', 'evil.example.test/');
  const { api, load } = of([instanceRow(1, odd), gen1Row(2)]);
  expect(ids((await load()).deployments)).toEqual([odd, crnOf(2)]);
  expect(api.logged.filter((line) => line.startsWith('warn'))).toEqual([
    `warn deployment db-1 (${odd}) has an unsupported CRN; only its \`deployments\` record is synced`,
  ]);
});

describe('the pages of the inventory', () => {
  test('are requested by token, at the configured address and with all filters', async () => {
    const { api, load } = open(({ query }) => {
      if (query?.['start'] === undefined)
        return instancesBody([gen1Row(1)], 'https://evil.example.test/x?start=a%2B%2F%3D&limit=7&type=all');
      return instancesBody([gen1Row(2)], null);
    });
    await load();
    const filters = { type: 'service_instance', limit: 100, resource_group_id: undefined };
    expect(api.requests).toEqual([
      { origin: CONTROLLER, path: INSTANCES, query: filters },
      { origin: CONTROLLER, path: INSTANCES, query: { ...filters, start: 'a+/=' } },
    ]);
  });

  test('may contain tokens with different names, of which only the latest is sent', async () => {
    const { api, load } = open(({ query = {} }) => {
      if (query['start'] !== undefined) return instancesBody([gen1Row(2)], '/x?next_docid=d');
      return query['next_docid'] === undefined
        ? instancesBody([gen1Row(1)], '/x?start=s')
        : instancesBody([gen1Row(3)]);
    });
    expect(ids((await load()).deployments)).toHaveLength(3);
    expect(queries(api)[2]).toEqual({ type: 'service_instance', limit: 100, next_docid: 'd' });
  });

  test('are requested per resource group, so it is unknown which instances exist in other groups', async () => {
    const { api, load } = open(
      ({ query = {} }) => {
        const group = String(query['resource_group_id']);
        if (query['start'] === undefined) return instancesBody([gen1Row(group === 'g1' ? 1 : 3)], '/x?start=same');
        return instancesBody([gen1Row(group === 'g1' ? 2 : 4)]);
      },
      ['g1', 'g2'],
    );
    const { deployments, all } = await load();
    expect(ids(deployments)).toEqual([1, 2, 3, 4].map((n) => crnOf(n)));
    expect(all).toBeUndefined();
    expect(api.requests).toHaveLength(4);
    expect(queries(api)).toMatchObject([
      { resource_group_id: 'g1' },
      { resource_group_id: 'g1', start: 'same' },
      { resource_group_id: 'g2' },
      { resource_group_id: 'g2', start: 'same' },
    ]);
  });

  test('cause an error if they never end', async () => {
    const { api, load } = open(({ query = {} }) =>
      instancesBody([gen1Row(1)], `/x?start=${Number(query['start'] ?? 0) + 1}`),
    );
    await expect(load()).rejects.toMatchObject({
      problem: 'unexpected_body',
      message: expect.stringContaining('the list never ends') as string,
    });
    expect(api.requests).toHaveLength(2_001);
  });

  test.each([
    [{ next_url: null }, 'resources is missing or not a list'],
    [{ resources: null }, 'resources is missing or not a list'],
    [{ resources: [], next_url: 7 }, 'none of the parameters start, next_docid, next_url'],
    [
      { resources: [], next_url: '/v2/resource_instances?offset=100' },
      'none of the parameters start, next_docid, next_url',
    ],
    [{ resources: [gen1Row(1), null] }, 'row 2 of 2 is not an object'],
    [{ resources: [{ name: 'db', guid: '', id: null }] }, 'row 1 of 1 has no CRN'],
    [[], 'it is not an object'],
  ])('cause an error if one of them is %j', async (body, detail) => {
    await expect(open(() => body).load()).rejects.toMatchObject({
      problem: 'unexpected_body',
      message: expect.stringContaining(detail) as string,
    });
  });
});

/**
 * The rows of each page, with repeated rows and empty pages. Each page's link to the next page contains a token, under one of the known
 * names.
 */
const account = fc
  .record({ count: fc.nat(25), cuts: fc.array(fc.nat(4), { minLength: 1, maxLength: 30 }) })
  .chain(({ count, cuts }) =>
    fc.record({
      count: fc.constant(count),
      cuts: fc.constant(cuts),
      repeats: fc.array(fc.nat(Math.max(0, count - 1)), { maxLength: 5 }),
      name: fc.constantFrom('start', 'next_docid', 'next_url'),
      last: fc.constantFrom(undefined, null, ''),
      token: fc.stringMatching(/^[A-Za-z0-9+/=&?#% -]{1,12}$/),
    }),
  );

test('the inventory is complete and has no duplicates, however many pages it has', async () => {
  await fc.assert(
    fc.asyncProperty(account, async ({ count, cuts, repeats, name, last, token }) => {
      const rows = Array.from({ length: count }, (_, i) => gen1Row(i));
      const pages: Row[][] = [];
      for (let at = 0, page = 0; at < rows.length || page < cuts.length; page += 1) {
        const size = page < cuts.length ? (cuts[page] ?? 0) : 5;
        pages.push(rows.slice(at, at + size));
        at += size;
      }
      // The list isn't a snapshot, so a row may move to a later page.
      for (const [i, n] of repeats.entries()) {
        const row = rows[n];
        if (row !== undefined) pages[pages.length - 1 - (i % pages.length)]?.push(row);
      }
      const { api, load } = open(({ query = {} }) => {
        const asked = query[name];
        const at = asked === undefined ? 0 : Number(String(asked).slice(token.length));
        const next = new URLSearchParams({ limit: '100', [name]: `${token}${at + 1}` }).toString();
        return instancesBody(pages[at] ?? [], at + 1 < pages.length ? `/v2/resource_instances?${next}` : last);
      });
      const { deployments, all } = await load();
      expect(ids(deployments).toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
      expect(all).toEqual(new Set(rows.map(({ id }) => id)));
      expect(api.requests).toHaveLength(pages.length);
    }),
  );
});

describe('the inventory in a check', () => {
  test('ends with the first page that contains a deployment', async () => {
    const { api, account } = open(({ query = {} }) => {
      const page = Number(query['start'] ?? 0);
      const row = page < 2 ? instanceRow(page, crnOf(page, 'kms')) : gen1Row(page);
      return instancesBody([row], `/x?start=${page + 1}`);
    });
    api.isCheck = true;
    expect(ids((await account.once(loadInventory)).deployments)).toEqual([crnOf(2)]);
    expect(api.requests).toHaveLength(3);
    expect(api.logged).toEqual([]);
  });

  test('covers all resource groups if none of them contains a deployment', async () => {
    const { api, account } = of([backupRow(1, crnOf(2))], ['g1', 'g2']);
    api.isCheck = true;
    expect((await account.once(loadInventory)).deployments).toEqual([]);
    expect(queries(api)).toMatchObject([{ resource_group_id: 'g1' }, { resource_group_id: 'g2' }]);
  });
});

test('an instance that is listed twice is included once, in its latest version', async () => {
  const { api, load } = open(({ query = {} }) =>
    query['start'] === undefined
      ? instancesBody([gen1Row(1, { name: 'before' })], '/x?start=2')
      : instancesBody([gen1Row(1, { name: 'after' })]),
  );
  expect((await load()).deployments).toMatchObject([{ id: crnOf(1), row: { name: 'after' } }]);
  expect(api.logged).toEqual([expect.stringContaining('IBM Cloud lists 1 instance for')]);
});
