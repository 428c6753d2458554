import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/server.ts';
import type { ReadResult } from '../reads.ts';
import { type StreamName, expectedRows } from './expected.ts';
import { INSTANCES, expectRows, ibmCloud, logged, rowsRead } from './reads.ts';

// The tests next to api/pages.ts cover the parsing of page tokens, and the end of each list.

/** An account with at least three pages of each list. */
const SMALL = { deployments: 4, gen2Deployments: 2, backupDays: 2, usageMonths: 3, identities: 15, maxLimit: 2 };

interface List {
  readonly name: string;
  readonly path: string;
  readonly streams: readonly StreamName[];
  /** Matches the list's name in errors. */
  readonly told: RegExp;
  /** The parameter that requests later pages. */
  readonly parameter: string;
  /** The parameters that every page request must contain. */
  readonly filters: Readonly<Record<string, string>>;
}

const LISTS: readonly List[] = [
  {
    name: 'instances',
    path: INSTANCES,
    streams: ['deployments', 'deployments_backups', 'deployments_recipes', 'deployments_scalings'],
    told: /resource_instances/,
    parameter: 'start',
    filters: { type: 'service_instance' },
  },
  {
    name: 'usage',
    path: '/billing/v4/accounts/*/resource_instances/usage/*',
    streams: ['billables'],
    told: /resource_instances\/usage/,
    parameter: '_start',
    filters: { _names: 'true' },
  },
  {
    name: 'access groups',
    path: '/iam/v2/groups',
    streams: ['teams'],
    told: /v2\/groups/,
    parameter: 'offset',
    filters: { show_federated: 'true' },
  },
  {
    name: 'members',
    path: '/iam/v2/groups/*/members',
    streams: ['teams'],
    told: /v2\/groups\/.+\/members/,
    parameter: 'offset',
    filters: { membership_type: 'all', verbose: 'true' },
  },
  {
    name: 'policies',
    path: '/iam/v2/policies',
    streams: ['deployments_roles', 'deployments_team_roles'],
    told: /v2\/policies/,
    parameter: 'start',
    filters: { type: 'access' },
  },
  {
    name: 'users',
    path: '/users/v2/accounts/*/users',
    streams: ['users'],
    told: /v2\/accounts\/.+\/users/,
    parameter: '_start',
    filters: {},
  },
  {
    name: 'service IDs',
    path: '/iam/v1/serviceids',
    streams: ['service_ids'],
    told: /v1\/serviceids/,
    parameter: 'pagetoken',
    filters: { pagesize: '100', show_group_id: 'true' },
  },
];

/** Additional streams to read, none of which depends on the list. */
function othersOf({ path, streams }: List): StreamName[] {
  const others = (['billables', 'deployments_roles', 'deployments_team_roles', 'teams'] as const).filter(
    (name) => !streams.includes(name),
  );
  return path === INSTANCES ? ['accounts', 'resource_groups', 'teams'] : others;
}

describe.concurrent.each([...LISTS])('the pages of $name', (list) => {
  const { path, streams, parameter, filters } = list;
  const all = [...streams, ...othersOf(list)];

  it('if a next link names a foreign host, the read continues at the original host with all parameters', async () => {
    const faults: Fault[] = [{ path, kind: 'envelope', shape: 'next-foreign' }];
    await ibmCloud({ ...SMALL, faults }, async ({ sandbox, read }) => {
      const result = await read({ streams: all });
      expectComplete(result);
      expect(new Set(sandbox.requests.map(({ host }) => host))).toEqual(new Set([new URL(sandbox.baseUrl).host]));
      const pattern = new RegExp(`^${path.replaceAll('*', '[^/]+')}$`);
      const asked = sandbox.requests.filter((request) => pattern.test(request.path));
      for (const { query } of asked) expect(query).toMatchObject(filters);
      expect(asked.filter(({ query }) => (query[parameter] ?? '0') !== '0').length).toBeGreaterThan(1);
      sandbox.setFaults([]);
      const expected = await expectedRows(sandbox);
      for (const stream of all) expectRows(result, stream, expected[stream]);
    });
  });

  it.each<[string, Omit<Extract<Fault, { kind: 'envelope' }>, 'path' | 'kind'>]>([
    ['repeats a page forever', { shape: 'next-repeated', after: 1 }],
    ['repeats its rows under new tokens forever', { shape: 'next-endless' }],
    ['is missing on a later page', { shape: 'list-missing', after: 1 }],
    ['contains null instead of a row', { shape: 'row-null' }],
  ])(
    'a list that %s causes an error that names the list, instead of an early end or an endless loop',
    async (_, fault) => {
      await ibmCloud({ ...SMALL, faults: [{ path, kind: 'envelope', ...fault }] }, async ({ sandbox, read }) => {
        expectBroken(await read({ streams: all }), list);
        expect(sandbox.stats().requests).toBeLessThan(20_000);
      });
    },
  );
});

it("an expired page token causes an error that quotes the service's message", async () => {
  const faults = [{ path: INSTANCES, kind: 'forget-cursors', after: 2, times: 1 }] as const;
  await ibmCloud({ ...SMALL, faults }, async ({ read }) => {
    const { errors } = await read({ streams: ['deployments'] });
    expect(errors).toMatchObject([{ failure_type: 'system_error', stream_descriptor: { name: 'deployments' } }]);
    expect(errors[0]?.internal_message).toContain('HTTP 400');
    expect(`${errors[0]?.message} ${errors[0]?.internal_message}`).toContain('The page token is not valid');
  });
});

it('an instance list that ends too early looks complete, so the log reports the number of deployments', async () => {
  const faults = [{ path: INSTANCES, kind: 'envelope', shape: 'next-dropped' }] as const;
  await ibmCloud({ ...SMALL, maxLimit: 7, oddInstances: false, faults }, async ({ read }) => {
    const result = await read({ streams: ['deployments'] });
    expectComplete(result);
    const rows = rowsRead(result.records, 'deployments');
    expect(rows.length).toBeLessThanOrEqual(7);
    const [gen1, gen2] = ['gen1', 'gen2'].map((one) => rows.filter(({ generation }) => generation === one).length);
    const counts = `${gen1} deployments? of generation 1, ${gen2} of generation 2`;
    expect(logged(result, 'INFO')).toContainEqual(
      expect.stringMatching(new RegExp(`lists 7 instances .* including ${counts}`)),
    );
  });
});

function expectComplete(result: ReadResult): void {
  expect(result).toMatchObject({ violations: [], errors: [], exitCode: 0 });
}

/** Expects the list's streams to fail with an error that names the list, and all other streams to be read. */
function expectBroken(result: ReadResult, list: List): void {
  expect(result.violations).toEqual([]);
  expect(logged(result, 'FATAL')).toEqual([]);
  expect(result.exitCode).toBe(1);
  expect(result.errors.map(({ stream_descriptor }) => stream_descriptor?.name).toSorted()).toEqual(list.streams);
  for (const { failure_type, message } of result.errors) {
    expect(failure_type).toBe('system_error');
    expect(message).toMatch(list.told);
  }
  for (const name of othersOf(list)) expect(result.records.get(name)?.length, name).toBeGreaterThan(0);
}
