import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/server.ts';
import { messagesOf } from '../../test-support/transcript.ts';
import type { Row, StreamName } from './expected.ts';
import { EVERY_DEPLOYMENT, type Kind, ibmCloud, keysRead, logged } from './reads.ts';

// The tests next to envelope.ts, instance.ts and grants.ts cover all kinds of malformed bodies and their errors.
// page-chains.test.ts covers malformed pages of inventory, usage and access.

const SMALL = { backupDays: 2, deployments: 4, gen2Deployments: 1 };

/** The streams whose rows are in a list or object that every response must contain. */
const STREAMS: readonly StreamName[] = [
  'databases',
  'deployments_allowlists',
  'deployments_autoscalings',
  'deployments_backups',
  'deployments_recipes',
  'deployments_scalings',
  'deployments_versions',
];

describe.concurrent('malformed responses of the databases API', () => {
  it.each<[string, Kind, RegExp]>([
    ['of the wrong type', { kind: 'envelope', shape: 'body-list' }, /it is not an object/],
    ['that contains errors despite HTTP 200', { kind: 'errors', errors: { limit: ['too big'] } }, /too big/],
  ])('a response %s causes a system_error that states the problem', async (_, kind, said) => {
    await ibmCloud({ ...SMALL, faults: [{ path: '/databases/**', ...kind }] }, async ({ read }) => {
      const result = await read({ streams: STREAMS });
      expect(result.violations).toEqual([]);
      expect(logged(result, 'FATAL')).toEqual([]);
      expect(result.errors.map(({ stream_descriptor }) => stream_descriptor?.name).toSorted()).toEqual(STREAMS);
      for (const { failure_type, message, internal_message } of result.errors) {
        expect(failure_type).toBe('system_error');
        expect(`${message} ${internal_message}`).toMatch(said);
      }
    });
  });

  it('a malformed response for a deployment fails the stream after the other deployments have been read', async () => {
    const faults: Fault[] = [{ path: '/databases/eu-de/**', kind: 'envelope', shape: 'row-null' }];
    await ibmCloud({ ...SMALL, faults }, async ({ sandbox, read }) => {
      const result = await read({ streams: ['deployments_recipes'] });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      expect(result.errors).toMatchObject([{ failure_type: 'system_error' }]);
      const others = [...sandbox.keys('deployments_recipes')].filter((key) => !key.includes(':eu-de:'));
      expect(keysRead(result, 'deployments_recipes')).toEqual(expect.arrayContaining(others));
    });
  });
});

it.each<[string, string, readonly StreamName[], RegExp]>([
  ['usage', '/billing/v4/accounts/*/resource_instances/usage/*', ['billables'], /resource_instances\/usage/],
  ['access groups', '/iam/v2/groups', ['teams'], /v2\/groups/],
  ['members', '/iam/v2/groups/*/members', ['teams'], /v2\/groups\/[^ ]+\/members/],
  ['policies', '/iam/v2/policies', ['deployments_roles', 'deployments_team_roles'], /v2\/policies/],
  ['roles', '/iam/v2/roles', ['deployments_roles', 'deployments_team_roles'], /v2\/roles/],
])(
  'if the response for %s has no list, its streams fail with a system_error that names the list',
  async (_, path, streams, told) => {
    await ibmCloud({ ...SMALL, usageMonths: 3 }, async ({ sandbox, read }) => {
      sandbox.setFaults([{ path, kind: 'envelope', shape: 'list-object' }]);
      const result = await read({ streams: ['accounts', ...streams] });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      expect(result.errors.map(({ stream_descriptor }) => stream_descriptor?.name).toSorted()).toEqual(streams);
      for (const { failure_type, message, internal_message } of result.errors) {
        expect(failure_type).toBe('system_error');
        expect(`${message} ${internal_message}`).toMatch(told);
      }
      expect(keysRead(result, 'accounts')).toHaveLength(1);
    });
  },
);

it('sizes that are not numbers become null and are listed in the record, and other sizes are kept', async () => {
  const member = {
    id: 'member',
    members: { allocation_count: 'two', minimum_count: '2', maximum_count: null },
    memory: '4 GB',
    cpu: { allocation_count: 0 },
    disk: { allocation_mb: '4096', minimum_mb: 'little' },
    host_flavor: 'small',
  };
  const body = { groups: [member] };
  const faults: Fault[] = [{ path: `${EVERY_DEPLOYMENT}/groups`, kind: 'status', status: 200, body }];
  const one = { deployments: 1, gen2Deployments: 0, gen2Backups: 0, oddInstances: false };
  await ibmCloud({ ...one, faults }, async ({ read }) => {
    const result = await read({ streams: ['deployments_scalings'] });
    expect(result).toMatchObject({ violations: [], exitCode: 0 });
    const [record] = messagesOf(result.stdout).flatMap((message) =>
      message.type === 'RECORD' ? [message.record] : [],
    );
    const { data, meta } = record as unknown as { data: Row; meta: { changes: Array<{ field: string }> } };
    expect(data).toMatchObject({ members: null, members_min: 2, cpu_count_total: null, disk_mb_total: 4096 });
    expect(data).toMatchObject({ memory_mb_total: null, memory_mb_per_member: null, disk_mb_per_member: null });
    expect(meta.changes.map(({ field }) => field).toSorted()).toEqual(['disk_mb_min', 'members']);
  });
});

it('data nested thousands of levels deep, even in an undeclared field, fails its stream with a single error message', async () => {
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

it('numeric keys beyond the precision of a double fail the stream', async () => {
  const faults: Fault[] = [{ path: `${EVERY_DEPLOYMENT}/tasks`, kind: 'keys' }];
  await ibmCloud({ ...SMALL, faults }, async ({ read }) => {
    const result = await read({ streams: ['deployments_recipes', 'deployments_backups'] });
    expect(result.violations).toEqual([]);
    expect(result.errors).toMatchObject([
      { failure_type: 'system_error', stream_descriptor: { name: 'deployments_recipes' } },
    ]);
  });
});
