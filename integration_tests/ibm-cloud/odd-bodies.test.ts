import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/server.ts';
import type { ReadResult } from '../reads.ts';
import { messagesOf } from '../../test-support/transcript.ts';
import type { Row, StreamName } from './expected.ts';
import { EVERY_DEPLOYMENT, INSTANCES, type Kind, ibmCloud, keysRead, logged } from './reads.ts';

const SMALL = { backupDays: 2, deployments: 4, gen2Deployments: 1 };

/** Those whose rows stand in a list or an object that has to be there. */
const STREAMS: readonly StreamName[] = [
  'databases',
  'deployments_allowlists',
  'deployments_autoscalings',
  'deployments_backups',
  'deployments_recipes',
  'deployments_scalings',
  'deployments_versions',
];

type Shape = Extract<Fault, { kind: 'envelope' }>['shape'];

/** Whoever reads the log or the errors hears of the stream. */
function isTold(result: ReadResult, name: StreamName): boolean {
  const failed = result.errors.some(({ stream_descriptor }) => stream_descriptor?.name === name);
  return failed || logged(result, 'WARN').some((text) => text.startsWith(`${name}: `));
}

describe.concurrent('an answer of the databases', () => {
  it.each<Shape>(['list-missing', 'list-null', 'other-list', 'body-list', 'body-null'])(
    'of another form than it should be is told of, and is no bug: %s',
    async (shape) => {
      await ibmCloud({ ...SMALL, faults: [{ path: '/databases/**', kind: 'envelope', shape }] }, async ({ read }) => {
        const result = await read({ streams: STREAMS });
        expect(result.violations).toEqual([]);
        expect(logged(result, 'FATAL')).toEqual([]);
        for (const name of STREAMS) expect(isTold(result, name), name).toBe(true);
        for (const { failure_type } of result.errors) expect(failure_type).toBe('system_error');
      });
    },
  );

  it.each<[Shape, readonly StreamName[]]>([
    ['list-object', ['databases', 'deployments_allowlists', 'deployments_backups', 'deployments_recipes']],
    ['row-null', STREAMS],
    ['row-without-key', ['databases', 'deployments_allowlists', 'deployments_backups', 'deployments_recipes']],
  ])('with rows that are none is a system_error that names the stream: %s', async (shape, names) => {
    await ibmCloud({ ...SMALL, faults: [{ path: '/databases/**', kind: 'envelope', shape }] }, async ({ read }) => {
      const result = await read({ streams: names });
      expect(result.violations).toEqual([]);
      expect(logged(result, 'FATAL')).toEqual([]);
      const failed = new Map(result.errors.map((error) => [error.stream_descriptor?.name, error.failure_type]));
      for (const name of names) {
        // An empty allowlist has no row to spoil, yet others have.
        if (shape === 'row-null' && name === 'deployments_autoscalings') expect(isTold(result, name), name).toBe(true);
        else expect(failed.get(name), name).toBe('system_error');
      }
    });
  });

  it('with errors in a 200 is a system_error that quotes them', async () => {
    const faults: Fault[] = [{ path: '/databases/**', kind: 'errors', errors: { limit: ['too big'] } }];
    await ibmCloud({ ...SMALL, faults }, async ({ read }) => {
      const result = await read({ streams: STREAMS });
      expect(result.violations).toEqual([]);
      expect(result.errors.map(({ stream_descriptor }) => stream_descriptor?.name).toSorted()).toEqual(STREAMS);
      for (const error of result.errors) {
        expect(error.failure_type).toBe('system_error');
        expect(`${error.message} ${error.internal_message}`).toContain('too big');
      }
    });
  });

  it('that one deployment alone gets fails the stream, after the others have been read', async () => {
    const faults: Fault[] = [{ path: '/databases/eu-de/**', kind: 'envelope', shape: 'body-list' }];
    await ibmCloud({ ...SMALL, faults }, async ({ sandbox, read }) => {
      const result = await read({ streams: ['deployments_recipes'] });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      const others = [...sandbox.keys('deployments_recipes')].filter((key) => !key.includes(':eu-de:'));
      expect(keysRead(result, 'deployments_recipes').toSorted()).toEqual(others.toSorted());
    });
  });
});

/** The lists beside the inventory, with what their errors name. */
const LISTS: ReadonlyArray<[string, string, readonly StreamName[], RegExp]> = [
  ['usage', '/billing/v4/accounts/*/resource_instances/usage/*', ['billables'], /resource_instances\/usage/],
  ['access groups', '/iam/v2/groups', ['teams'], /v2\/groups/],
  ['members', '/iam/v2/groups/*/members', ['teams'], /v2\/groups\/[^ ]+\/members/],
  ['policies', '/iam/v2/policies', ['deployments_roles', 'deployments_team_roles'], /v2\/policies/],
  ['roles', '/iam/v2/roles', ['deployments_roles', 'deployments_team_roles'], /v2\/roles/],
];

describe.concurrent.each(LISTS)('an answer of %s', (list, path, streams, told) => {
  const damages: Array<[string, Kind]> = (
    ['list-missing', 'list-null', 'list-object', 'other-list', 'body-list', 'body-null', 'row-null'] as const
  )
    // The API may leave out one of the lists of roles, and names without one are those in CRNs.
    .filter((shape) => list !== 'roles' || !['list-missing', 'other-list'].includes(shape))
    .map((shape) => [shape, { kind: 'envelope', shape }]);
  // No record hangs on the id of a member or a role.
  if (list !== 'roles' && list !== 'members')
    damages.push(['row-without-key', { kind: 'envelope', shape: 'row-without-key' }]);

  it.each<[string, Kind]>([
    ...damages,
    ['an object of nothing', { kind: 'status', status: 200, body: {} }],
    ['a text', { kind: 'status', status: 200, body: '"none"' }],
    [
      'an object in place of a row',
      {
        kind: 'status',
        status: 200,
        body: { resources: [[]], groups: [7], members: [0], policies: ['one'], system_roles: ['Viewer'] },
      },
    ],
    ['errors', { kind: 'errors', errors: [{ code: 'odd', message: 'No such thing' }] }],
  ])('of another form than it should be is a system_error that names it: %s', async (_, kind) => {
    await ibmCloud({ ...SMALL, usageMonths: 3 }, async ({ sandbox, read }) => {
      sandbox.setFaults([{ path, ...kind }]);
      const result = await read({ streams: ['accounts', ...streams] });
      expect(result.violations).toEqual([]);
      expect(logged(result, 'FATAL')).toEqual([]);
      expect(result.exitCode).toBe(1);
      expect(result.errors.map(({ stream_descriptor }) => stream_descriptor?.name).toSorted()).toEqual(streams);
      for (const { failure_type, message, internal_message } of result.errors) {
        expect(failure_type).toBe('system_error');
        expect(`${message} ${internal_message}`).toMatch(told);
      }
      expect(keysRead(result, 'accounts')).toHaveLength(1);
    });
  });
});

/** The records of a stream, and which of their fields had to be set to null. */
function changesOf({ stdout }: ReadResult, name: StreamName): Array<[data: Row, nulled: string[]]> {
  return messagesOf(stdout).flatMap((message) => {
    if (message.type !== 'RECORD' || message.record.stream !== name) return [];
    const { data, meta } = message.record as { data: Row; meta?: { changes: Array<{ field: string }> } };
    return [[data, (meta?.changes ?? []).map(({ field }) => field)] as [Row, string[]]];
  });
}

describe.concurrent('sizes that are no numbers', () => {
  const ONE = { ...SMALL, deployments: 1, gen2Deployments: 0, gen2Backups: 0, oddInstances: false };

  it('of generation 1 are null, and the record says which; what can be read is', async () => {
    const groups = [
      {
        id: 'member',
        members: { allocation_count: 'two', minimum_count: '2', maximum_count: null },
        memory: '4 GB',
        cpu: { allocation_count: 0 },
        disk: { allocation_mb: '4096', minimum_mb: 'little' },
        host_flavor: 'small',
      },
    ];
    const faults: Fault[] = [{ path: `${EVERY_DEPLOYMENT}/groups`, kind: 'status', status: 200, body: { groups } }];
    await ibmCloud({ ...ONE, faults }, async ({ read }) => {
      const result = await read({ streams: ['deployments_scalings'] });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      const [[data, nulled] = [{}, []]] = changesOf(result, 'deployments_scalings');
      expect(data).toMatchObject({ members: null, members_min: 2, cpu_count_total: null, disk_mb_total: 4096 });
      expect(data).toMatchObject({ memory_mb_total: null, memory_mb_per_member: null, disk_mb_per_member: null });
      expect(nulled.toSorted()).toEqual([
        'disk_mb_min',
        'host_flavor_id',
        'host_flavor_name',
        'members',
        'memory_mb_max',
        'memory_mb_min',
        'memory_mb_step',
        'memory_mb_total',
      ]);
    });
  });

  it('of generation 2 likewise, and no sum is made of them', async () => {
    await ibmCloud({ ...SMALL, deployments: 0, gen2Deployments: 1, oddInstances: false }, async ({ sandbox, read }) => {
      const [row] = sandbox.rows('deployments');
      const sizes = {
        members: '3',
        host_flavor: { id: 'x' },
        cpu_count: 'four',
        memory_gb: '20 GB',
        storage_gb: '2.5',
      };
      const extensions = { dataservices: { postgresql: sizes } };
      const body = { resources: [{ ...row, extensions }] };
      sandbox.setFaults([{ path: INSTANCES, kind: 'status', status: 200, body }]);
      const result = await read({ streams: ['deployments_scalings'] });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      const [[data, nulled] = [{}, []]] = changesOf(result, 'deployments_scalings');
      expect(data).toMatchObject({ members: 3, cpu_count_total: null, memory_mb_total: null, disk_mb_total: 7680 });
      expect(nulled.toSorted()).toEqual(['cpu_count_per_member', 'host_flavor_id', 'memory_mb_per_member']);
    });
  });

  it('of what grows by itself likewise; what is no resource makes no record and is named once', async () => {
    const autoscaling = {
      disk: 'off',
      memory: { scalers: 'none', rate: { period_seconds: 'often' } },
      cpu: null,
      network: { rate: { period_seconds: 900 } },
      _links: { self: 'https://example.com' },
      note: 'text',
    };
    const path = `${EVERY_DEPLOYMENT}/groups/member/autoscaling`;
    const faults: Fault[] = [{ path, kind: 'status', status: 200, body: { autoscaling } }];
    await ibmCloud({ ...ONE, deployments: 3, faults }, async ({ read }) => {
      const result = await read({ streams: ['deployments_autoscalings'] });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      const changes = changesOf(result, 'deployments_autoscalings');
      const resources = changes.map(([{ resource }]) => resource);
      expect(resources.toSorted()).toEqual(
        ['disk', 'memory', 'cpu', 'network'].flatMap((one) => [one, one, one]).toSorted(),
      );
      const nulled = new Map(changes.map(([{ resource }, fields]) => [resource, fields]));
      expect(nulled.get('disk')).toHaveLength(10);
      expect(nulled.get('memory')).toEqual(expect.arrayContaining(['io_enabled', 'rate_period_seconds']));
      expect(nulled.get('cpu')).toEqual([]);
      expect(nulled.get('network')).toEqual([]);
      for (const name of ['autoscaling._links', 'autoscaling.note']) {
        expect(
          logged(result, 'WARN').filter((text) => text.includes(`"${name}"`)),
          name,
        ).toHaveLength(1);
      }
    });
  });
});

describe.concurrent('data nested thousands of levels deep', () => {
  it('fails its stream in one sentence, also in a field that no record has', async () => {
    const path = '/billing/v4/accounts/*/resource_instances/usage/*';
    await ibmCloud({ ...SMALL, faults: [{ path, kind: 'nested', levels: 100_000 }] }, async ({ read }) => {
      const result = await read({ streams: ['billables', 'accounts'] });
      expect(result.violations).toEqual([]);
      expect(result.errors).toMatchObject([{ failure_type: 'system_error', stream_descriptor: { name: 'billables' } }]);
      expect(result.errors[0]?.message).toMatch(/^The API sent data nested too deeply to serialize\. /);
      expect(logged(result, 'FATAL')).toEqual([]);
      expect(result.stdout).not.toMatch(/stack_trace|RangeError/);
      expect(result.records.get('accounts')).toHaveLength(1);
    });
  });
});

describe.concurrent('keys', () => {
  it('that are numbers no double can tell apart fail the stream', async () => {
    const faults: Fault[] = [{ path: `${EVERY_DEPLOYMENT}/tasks`, kind: 'keys' }];
    await ibmCloud({ ...SMALL, faults }, async ({ read }) => {
      const result = await read({ streams: ['deployments_recipes', 'deployments_backups'] });
      expect(result.violations).toEqual([]);
      expect(result.errors).toHaveLength(1);
      expect(result.errors[0]).toMatchObject({
        failure_type: 'system_error',
        stream_descriptor: { name: 'deployments_recipes' },
      });
    });
  });
});
