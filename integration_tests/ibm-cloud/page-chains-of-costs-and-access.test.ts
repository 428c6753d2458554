import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/server.ts';
import type { ReadResult } from '../reads.ts';
import { type StreamName, expectedRows } from './expected.ts';
import { ibmCloud, logged, expectRows } from './reads.ts';

// The lists beside the inventory: usage by token, policies by token, access groups and their members by offset.

/** Three pages of each list at least. */
const SMALL = { deployments: 4, gen2Deployments: 2, backupDays: 2, usageMonths: 3, maxLimit: 2 };

type Shape = Extract<Fault, { kind: 'envelope' }>['shape'];

interface List {
  readonly path: string;
  readonly streams: readonly StreamName[];
  /** What an error calls it. */
  readonly told: RegExp;
  /** How its later pages are asked for. */
  readonly parameter: string;
  /** What is asked of every page. */
  readonly filters: Readonly<Record<string, string>>;
}

const LISTS: Readonly<Record<string, List>> = {
  usage: {
    path: '/billing/v4/accounts/*/resource_instances/usage/*',
    streams: ['billables'],
    told: /resource_instances\/usage/,
    parameter: '_start',
    filters: { _names: 'true' },
  },
  'access groups': {
    path: '/iam/v2/groups',
    streams: ['teams'],
    told: /v2\/groups/,
    parameter: 'offset',
    filters: { show_federated: 'true' },
  },
  members: {
    path: '/iam/v2/groups/*/members',
    streams: ['teams'],
    told: /v2\/groups\/.+\/members/,
    parameter: 'offset',
    filters: { membership_type: 'all', verbose: 'true' },
  },
  policies: {
    path: '/iam/v2/policies',
    streams: ['deployments_roles', 'deployments_team_roles'],
    told: /v2\/policies/,
    parameter: 'start',
    filters: { type: 'access' },
  },
};

const NAMES = Object.keys(LISTS);
const ALL = ['billables', 'deployments_roles', 'deployments_team_roles', 'teams'] as const satisfies StreamName[];

function listOf(name: string): List {
  const list = LISTS[name];
  if (list === undefined) throw new RangeError(name);
  return list;
}

/** The pattern of a path, as the log of requests has it. */
function matches({ path }: List, asked: string): boolean {
  return new RegExp(`^${path.replaceAll('*', '[^/]+')}$`).test(asked);
}

describe.concurrent.each(NAMES)('a chain of pages of %s', (name) => {
  const list = listOf(name);
  const { path, streams, told } = list;

  it('at a strange host is gone on with at our own, with all that was asked for at first', async () => {
    const faults: Fault[] = [{ path, kind: 'envelope', shape: 'next-foreign' }];
    await ibmCloud({ ...SMALL, faults }, async ({ sandbox, read }) => {
      const result = await read({ streams: ALL });
      expectComplete(result);
      expect(new Set(sandbox.requests.map(({ host }) => host))).toEqual(new Set([new URL(sandbox.baseUrl).host]));
      const asked = sandbox.requests.filter((request) => matches(list, request.path));
      for (const { query } of asked) expect(query).toMatchObject(list.filters);
      const later = asked.filter(({ query }) => (query[list.parameter] ?? '0') !== '0');
      expect(later.length).toBeGreaterThan(1);
      sandbox.setFaults([]);
      const expected = await expectedRows(sandbox);
      for (const stream of ALL) expectRows(result, stream, expected[stream]);
    });
  });

  it.each<[string, Shape, number]>([
    ['leads back for ever', 'next-repeated', 0],
    ['leads back later on', 'next-repeated', 1],
    ['has the same rows under tokens that are new each time', 'next-endless', 0],
  ])('that %s is an error that names it, not an end and not endless', async (_, shape, after) => {
    const faults: Fault[] = [{ path, kind: 'envelope', shape, after }];
    await ibmCloud({ ...SMALL, faults }, async ({ sandbox, read }) => {
      const result = await read({ streams: ALL });
      expectBroken(result, streams, told);
      expect(sandbox.stats().requests).toBeLessThan(20_000);
    });
  });

  it.each<Shape>(['list-missing', 'list-null', 'other-list', 'body-list', 'body-null'])(
    'that is damaged on a later page is an error that names it: %s',
    async (shape) => {
      const faults: Fault[] = [{ path, kind: 'envelope', shape, after: 1 }];
      await ibmCloud({ ...SMALL, faults }, async ({ read }) => {
        expectBroken(await read({ streams: ALL }), streams, told);
      });
    },
  );
});

describe.concurrent('a link without a token', () => {
  it.each(['usage', 'policies'])('is an error: %s', async (name) => {
    const { path, streams, told } = listOf(name);
    await ibmCloud(
      { ...SMALL, faults: [{ path, kind: 'envelope', shape: 'next-unknown', times: 1 }] },
      async ({ read }) => {
        expectBroken(await read({ streams: ALL }), streams, told);
      },
    );
  });

  it.each(['access groups', 'members'])('is gone on from behind the page, if it is of %s', async (name) => {
    const { path } = listOf(name);
    const faults: Fault[] = [{ path, kind: 'envelope', shape: 'next-unknown', times: 1 }];
    await ibmCloud({ ...SMALL, faults }, async ({ sandbox, read }) => {
      const result = await read({ streams: ['teams'] });
      expectComplete(result);
      expectRows(result, 'teams', (await expectedRows(sandbox)).teams);
    });
  });
});

describe.concurrent('a token that is forgotten on the way', () => {
  it.each(['usage', 'policies'])('is an error that quotes the service: %s', async (name) => {
    const { path, streams, told } = listOf(name);
    const faults: Fault[] = [{ path, kind: 'forget-cursors', after: 1, times: 1 }];
    await ibmCloud({ ...SMALL, faults }, async ({ read }) => {
      const result = await read({ streams: ALL });
      expectBroken(result, streams, told);
      for (const { message, internal_message } of result.errors) {
        expect(`${message} ${internal_message}`).toMatch(/HTTP 400.*start.* is not valid/);
      }
    });
  });
});

describe.concurrent('rows fewer than are told of', () => {
  it.each(['access groups', 'members'])('are warned of, if they are %s', async (name) => {
    const { path, told } = listOf(name);
    const faults: Fault[] = [{ path, kind: 'envelope', shape: 'next-dropped' }];
    await ibmCloud({ ...SMALL, faults }, async ({ read }) => {
      const result = await read({ streams: ['teams'] });
      expectComplete(result);
      const warnings = logged(result, 'WARN').filter((text) => text.startsWith('teams: ') && told.test(text));
      expect(warnings.length).toBeGreaterThan(0);
    });
  });
});

function expectComplete(result: ReadResult): void {
  expect(result.violations).toEqual([]);
  expect(result.errors).toEqual([]);
  expect(result.exitCode).toBe(0);
}

/** The streams of the list have failed with an error that names it, and the others are there. */
function expectBroken(result: ReadResult, streams: readonly StreamName[], told: RegExp): void {
  expect(result.violations).toEqual([]);
  expect(logged(result, 'FATAL')).toEqual([]);
  expect(result.exitCode).toBe(1);
  expect(result.errors.map(({ stream_descriptor }) => stream_descriptor?.name).toSorted()).toEqual(streams);
  for (const { failure_type, message } of result.errors) {
    expect(failure_type).toBe('system_error');
    expect(message).toMatch(told);
  }
  for (const name of ALL.filter((one) => !streams.includes(one))) {
    expect(result.records.get(name)?.length, name).toBeGreaterThan(0);
  }
}
