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
import { type Found, INSTANCES, Inventory, type InventoryOptions, labelOf } from './inventory.ts';
import { classify } from './instance.ts';

const CONTROLLER = 'https://controller.example.test';
const SIZES = { postgresql: { members: 2, host_flavor: 'bx3d.4x20' } };

function open(answer: (request: Request) => unknown, options: Partial<InventoryOptions> = {}) {
  const api = openApi(answer);
  const all = { controller: CONTROLLER, deploymentIds: [], resourceGroupIds: [], ...options };
  return { api, inventory: new Inventory(all, api) };
}

/** The inventory of an account with these instances, which come on one page. */
const of = (rows: readonly unknown[], options?: Partial<InventoryOptions>) => open(() => instancesBody(rows), options);

const load = (rows: readonly unknown[], options?: Partial<InventoryOptions>): Promise<Found> =>
  of(rows, options).inventory.load();

const ids = (found: ReadonlyArray<{ id: string }>): string[] => found.map(({ id }) => id);
const queries = ({ requests }: TestApi): unknown[] => requests.map(({ query }) => query);

test('deployments of both generations and backups are told from each other and from everything else', async () => {
  const rows = [
    gen1Row(1),
    instanceRow(2, crnOf(2, 'cloud-object-storage')),
    gen2Row(3, SIZES),
    backupRow(4, crnOf(3)),
    gen2Row(5, undefined, { state: 'provisioning' }),
  ];
  const { deployments, backups, all, missing, requests } = await load(rows);
  expect(deployments.map(({ id, generation }) => [id, generation])).toEqual([
    [crnOf(1), 'gen1'],
    [crnOf(3), 'gen2'],
    [crnOf(5), 'gen2'],
  ]);
  expect(backups).toMatchObject([{ id: crnOf(4, 'databases-independent-backups'), source: crnOf(3) }]);
  expect(all).toEqual(new Set([crnOf(1), crnOf(3), crnOf(5)]));
  expect({ missing, requests }).toEqual({ missing: [], requests: 1 });
});

test('it is asked for once, however many need it, and everyone gets the same failure', async () => {
  const { api, inventory } = of([gen1Row(1)]);
  const [one, other] = await Promise.all([inventory.load(), inventory.load()]);
  expect(other).toBe(one);
  expect(await inventory.load()).toBe(one);
  expect(api.owners).toEqual(['deployments']);
  const failing = open(() => {
    throw refusal(403, INSTANCES);
  });
  const errors = await Promise.all([1, 2].map(() => failing.inventory.load().catch((error: unknown) => error)));
  expect(errors[0]).toMatchObject({ problem: 'forbidden' });
  expect(errors[1]).toBe(errors[0]);
  expect(failing.api.requests).toHaveLength(1);
});

test('what there is is told, so that a list that was cut short can be noticed', async () => {
  const { api, inventory } = of([
    gen1Row(1),
    gen2Row(2, SIZES),
    backupRow(3, crnOf(2)),
    instanceRow(4, crnOf(4, 'kms')),
  ]);
  await inventory.load();
  expect(api.logged).toEqual([
    expect.stringMatching(
      /^info IBM Cloud lists 4 instances to this API key: 1 deployment of generation 1, 1 of generation 2, 1 independent backup\./,
    ),
  ]);
});

test('a deployment whose CRN does not tell where to ask is warned about, and stays in the list', async () => {
  const odd = crnOf(1, 'databases-for-redis', 'evil.example.test/');
  const { api, inventory } = of([instanceRow(1, odd), gen1Row(2)]);
  expect(ids((await inventory.load()).deployments)).toEqual([odd, crnOf(2)]);
  expect(api.logged.filter((line) => line.startsWith('warn'))).toEqual([
    `warn deployment db-1 (${odd}) has a CRN that does not tell where to ask about it, so its own reports are not read. It stays in deployments`,
  ]);
});

describe('pages', () => {
  test('are followed by their token, below our own address and with our own filters', async () => {
    const { api, inventory } = open(({ query }) => {
      if (query?.['start'] === undefined)
        return instancesBody([gen1Row(1)], 'https://evil.example.test/x?start=a%2B%2F%3D&limit=7&type=all');
      return instancesBody([gen1Row(2)], null);
    });
    expect((await inventory.load()).requests).toBe(2);
    const filters = { type: 'service_instance', limit: 100, resource_group_id: undefined };
    expect(api.requests).toEqual([
      { origin: CONTROLLER, path: INSTANCES, query: filters },
      { origin: CONTROLLER, path: INSTANCES, query: { ...filters, start: 'a+/=' } },
    ]);
  });

  test('that have tokens of different names do not carry the earlier ones on', async () => {
    const { api, inventory } = open(({ query = {} }) => {
      if (query['start'] !== undefined) return instancesBody([gen1Row(2)], '/x?next_docid=d');
      return query['next_docid'] === undefined
        ? instancesBody([gen1Row(1)], '/x?start=s')
        : instancesBody([gen1Row(3)]);
    });
    expect(ids((await inventory.load()).deployments)).toHaveLength(3);
    expect(queries(api)[2]).toEqual({ type: 'service_instance', limit: 100, next_docid: 'd' });
  });

  test('of several resource groups are chains of their own, and what is in none of them is not known', async () => {
    const { api, inventory } = open(
      ({ query = {} }) => {
        const group = String(query['resource_group_id']);
        if (query['start'] === undefined) return instancesBody([gen1Row(group === 'g1' ? 1 : 3)], '/x?start=same');
        return instancesBody([gen1Row(group === 'g1' ? 2 : 4)]);
      },
      { resourceGroupIds: ['g1', 'g2'] },
    );
    const { deployments, all, requests } = await inventory.load();
    expect(ids(deployments)).toEqual([1, 2, 3, 4].map((n) => crnOf(n)));
    expect(all).toBeUndefined();
    expect(requests).toBe(4);
    expect(queries(api)).toMatchObject([
      { resource_group_id: 'g1' },
      { resource_group_id: 'g1', start: 'same' },
      { resource_group_id: 'g2' },
      { resource_group_id: 'g2', start: 'same' },
    ]);
  });

  test('that bring the same instances for ever, with ever new tokens, are given up', async () => {
    const { api, inventory } = open(({ query = {} }) =>
      instancesBody([gen1Row(1)], `/x?start=${Number(query['start'] ?? 0) + 1}`),
    );
    await expect(inventory.load()).rejects.toMatchObject({
      problem: 'unexpected_body',
      message: expect.stringContaining('its pages do not end: 1001 were read') as string,
    });
    expect(api.requests).toHaveLength(1_001);
  });

  test.each([
    [{ next_url: null }, 'its list resources is missing or no list'],
    [{ resources: null }, 'its list resources is missing or no list'],
    [{ resources: [], next_url: 7 }, 'its link to the next page is no text'],
    [
      { resources: [], next_url: '/v2/resource_instances?offset=100' },
      'none of the parameters start, next_docid, next_url',
    ],
    [{ resources: [gen1Row(1), null] }, 'row 2 of 2 is no object'],
    [{ resources: [{ name: 'db', guid: '', id: null }] }, 'row 1 of 1 has no id'],
    [{ resources: [{ guid: '\ud800' }] }, 'row 1 of 1 has no id'],
    [[], 'it is no object'],
  ])('that are odd are an error, never the end: %j', async (body, detail) => {
    await expect(open(() => body).inventory.load()).rejects.toMatchObject({
      problem: 'unexpected_body',
      message: expect.stringContaining(detail) as string,
    });
  });
});

/** What is on each page, with repetitions and pages without a row; each leads on by a token of some name. */
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

test('a list cut into any pages is read whole and once, and its chain ends', async () => {
  await fc.assert(
    fc.asyncProperty(account, async ({ count, cuts, repeats, name, last, token }) => {
      const rows = Array.from({ length: count }, (_, i) => gen1Row(i));
      const pages: Row[][] = [];
      for (let at = 0, page = 0; at < rows.length || page < cuts.length; page += 1) {
        const size = page < cuts.length ? (cuts[page] ?? 0) : 5;
        pages.push(rows.slice(at, at + size));
        at += size;
      }
      // The list is no snapshot: a row may move to a page that comes later.
      for (const [i, n] of repeats.entries()) {
        const row = rows[n];
        if (row !== undefined) pages[pages.length - 1 - (i % pages.length)]?.push(row);
      }
      const { api, inventory } = open(({ query = {} }) => {
        const asked = query[name];
        const at = asked === undefined ? 0 : Number(String(asked).slice(token.length));
        const next = new URLSearchParams({ limit: '100', [name]: `${token}${at + 1}` }).toString();
        return instancesBody(pages[at] ?? [], at + 1 < pages.length ? `/v2/resource_instances?${next}` : last);
      });
      const { deployments, requests, all } = await inventory.load();
      expect(ids(deployments).toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
      expect(all).toEqual(new Set(rows.map(({ id }) => id)));
      expect(requests).toBe(pages.length);
      expect(api.requests).toHaveLength(pages.length);
    }),
  );
});

describe('an instance of generation 2 without its sizes', () => {
  const path = `${INSTANCES}/${encodeURIComponent(crnOf(1))}`;
  const list = (row: Row, detail: (request: Request) => unknown) =>
    open((request) => (request.path === INSTANCES ? instancesBody([row]) : detail(request)));

  test('is asked for by itself, if it is active', async () => {
    const row = gen2Row(1, SIZES);
    const { api, inventory } = list(gen2Row(1), () => row);
    const { deployments, requests } = await inventory.load();
    expect(deployments[0]?.row['extensions']).toEqual(row['extensions']);
    expect(api.requests.at(-1)).toEqual({ origin: CONTROLLER, path });
    expect(requests).toBe(2);
  });

  test.each<[string, Row]>([
    ['it is provisioning', gen2Row(1, undefined, { state: 'provisioning' })],
    ['it has extensions that tell none', gen2Row(1, { connection: {} })],
    ['it is of generation 1', gen1Row(1)],
    ['it is a backup', backupRow(1, crnOf(2))],
  ])('is left as it is if %s', async (_, row) => {
    const { api, inventory } = list(row, () => expect.fail('nothing more is to be asked for'));
    await inventory.load();
    expect(api.requests).toHaveLength(1);
  });

  test.each([403, 404])('comes without them if that is answered with HTTP %i', async (status) => {
    const { api, inventory } = list(gen2Row(1), () => {
      throw refusal(status, path);
    });
    expect(ids((await inventory.load()).deployments)).toEqual([crnOf(1)]);
    expect(api.logged[0]).toContain(`warn deployment db-1 (${crnOf(1)}) comes without its sizes`);
    expect(api.logged[0]).toContain(`(HTTP ${status})`);
  });

  test('is told of as incomplete in an outage, which costs the other instances nothing', async () => {
    const { inventory } = list(gen2Row(1), () => {
      throw refusal(503, path);
    });
    const { deployments, incomplete } = await inventory.load();
    expect(ids(deployments)).toEqual([crnOf(1)]);
    expect([...incomplete]).toMatchObject([[crnOf(1), { problem: 'server_error' }]]);
  });

  test('is no bug if the answer tells none either', async () => {
    for (const detail of [{}, { extensions: null }, { extensions: [] }]) {
      const { inventory } = list(gen2Row(1), () => detail);
      expect(ids((await inventory.load()).deployments)).toEqual([crnOf(1)]);
    }
  });
});

describe('a glance', () => {
  test('stops at the first page that has a deployment', async () => {
    const { api, inventory } = open(({ query = {} }) => {
      const page = Number(query['start'] ?? 0);
      const row = page < 2 ? instanceRow(page, crnOf(page, 'kms')) : gen1Row(page);
      return instancesBody([row], `/x?start=${page + 1}`);
    });
    expect(ids(await inventory.glance())).toEqual([crnOf(2)]);
    expect(api.requests).toHaveLength(3);
    expect(api.logged).toEqual([]);
  });

  test('goes through all groups before it says that there is none', async () => {
    const { api, inventory } = of([backupRow(1, crnOf(2))], { resourceGroupIds: ['g1', 'g2'] });
    expect(await inventory.glance()).toEqual([]);
    expect(queries(api)).toMatchObject([{ resource_group_id: 'g1' }, { resource_group_id: 'g2' }]);
  });
});

test('an instance that comes on two pages is one, as it was last', async () => {
  const { api, inventory } = open(({ query = {} }) =>
    query['start'] === undefined
      ? instancesBody([gen1Row(1, { name: 'before' })], '/x?start=2')
      : instancesBody([gen1Row(1, { name: 'after' })]),
  );
  expect((await inventory.load()).deployments).toMatchObject([{ id: crnOf(1), row: { name: 'after' } }]);
  expect(api.logged).toEqual([expect.stringContaining('IBM Cloud lists 1 instance to')]);
});

test.each([
  [{ name: 'orders' }, `deployment orders (${crnOf(1)})`],
  [{ name: '' }, `deployment ${crnOf(1)}`],
  [{ name: null }, `deployment ${crnOf(1)}`],
  [{ name: 'x'.repeat(101) }, `deployment ${crnOf(1)}`],
])('a deployment is named with its name, if that is one to read: %j', (more, label) => {
  const found = classify(gen1Row(1, more));
  expect(found !== undefined && 'deployment' in found && labelOf(found.deployment)).toBe(label);
});
