import { describe, expect, it } from 'vitest';
import { DEPLOYMENT_STREAMS, STREAM_NAMES, expectedRows } from './expected.ts';
import {
  type DeploymentReport,
  EVERY_DEPLOYMENT,
  INSTANCES,
  REPORT_PATHS,
  expectRows,
  gen1Of,
  ibmCloud,
  keysRead,
  logged,
  pathOf,
} from './reads.ts';

// The tests next to the platform's code cover the meaning of each HTTP status.

const SMALL = { backupDays: 3 };
/** An account with only generation 1 deployments, because generation 2 has no per-deployment lists. */
const GEN1_ALONE = { ...SMALL, deployments: 8, gen2Deployments: 0, gen2Backups: 0 };
const REPORTS = Object.keys(REPORT_PATHS) as DeploymentReport[];
const isReport = (name: string): boolean => REPORTS.some((report) => report === name);
/** Streams that return no records instead of failing if no deployment has the list, for example because IBM has retired the API. */
const RETIRING: readonly DeploymentReport[] = [
  'deployments_allowlists',
  'deployments_autoscalings',
  'deployments_recovery_windows',
  'deployments_replicas',
];

describe.concurrent('a deployment that rejects requests', () => {
  it.each([403, 404])(
    'a deployment that rejects requests (HTTP %i) is skipped with a warning and counted, and all streams are complete',
    async (status) => {
      await ibmCloud(SMALL, async ({ sandbox, read }) => {
        const [gone = ''] = gen1Of(sandbox);
        const expected = await expectedRows(sandbox);
        sandbox.setFaults([{ path: pathOf(gone, '/**'), kind: 'status', status }]);
        const result = await read();
        expect(result).toMatchObject({ violations: [], errors: [], exitCode: 0 });
        for (const name of STREAM_NAMES) {
          const rows = expected[name].filter((row) => !isReport(name) || row['deployment_id'] !== gone);
          expectRows(result, name, rows);
          if (!isReport(name)) continue;
          expect(rows.length, name).toBeLessThan(expected[name].length);
          const warnings = logged(result, 'WARN').filter((text) => text.startsWith(`${name}: `) && text.includes(gone));
          expect(warnings, name).toEqual([expect.stringContaining(`HTTP ${status}`)]);
          expect(logged(result, 'INFO'), name).toContainEqual(
            expect.stringMatching(new RegExp(`^${name}: .*\\b\\d+ deployments? skipped`)),
          );
        }
      });
    },
  );

  it("if a deployment's details are rejected, its record keeps the fields from the inventory", async () => {
    await ibmCloud(SMALL, async ({ sandbox, read }) => {
      const [gone = ''] = gen1Of(sandbox);
      const whole = (await expectedRows(sandbox)).deployments;
      const bare = (await expectedRows(sandbox, { details: false })).deployments;
      sandbox.setFaults([{ path: pathOf(gone), kind: 'status', status: 422 }]);
      const result = await read({ streams: ['deployments'] });
      expect(result).toMatchObject({ violations: [], exitCode: 0 });
      expectRows(result, 'deployments', [
        ...whole.filter(({ id }) => id !== gone),
        ...bare.filter(({ id }) => id === gone),
      ]);
      expect(logged(result, 'WARN').filter((text) => text.includes(gone))).toHaveLength(1);
    });
  });

  it('a rejected deployment fails the stream if fail_on_refused_deployments is set, after all others have been read', async () => {
    await ibmCloud(SMALL, async ({ sandbox, read }) => {
      const [gone = ''] = gen1Of(sandbox);
      const expected = (await expectedRows(sandbox)).deployments_recipes;
      sandbox.setFaults([{ path: pathOf(gone, '/tasks'), kind: 'status', status: 404 }]);
      const result = await read({ config: { fail_on_refused_deployments: true }, streams: ['deployments_recipes'] });
      expect(result).toMatchObject({ violations: [], exitCode: 1 });
      expect(result.errors).toHaveLength(1);
      expect(result.errors[0]?.message).toContain(gone);
      const others = expected.filter((row) => row['deployment_id'] !== gone);
      expectRows(result, 'deployments_recipes', others);
    });
  });
});

describe.concurrent('lists that every deployment rejects', () => {
  it.each([
    { status: 403, type: 'config_error', failing: REPORTS },
    { status: 404, type: 'system_error', failing: REPORTS.filter((name) => !RETIRING.includes(name)) },
    { status: 422, type: 'system_error', failing: REPORTS.filter((name) => !RETIRING.includes(name)) },
  ])('HTTP $status for a list of every deployment causes a $type, unless IBM retires the API', async (expected) => {
    const { status, type, failing } = expected;
    const paths = REPORTS.map((name) => `${EVERY_DEPLOYMENT}${REPORT_PATHS[name]}`);
    const faults = paths.map((path) => ({ path, kind: 'status', status }) as const);
    await ibmCloud({ ...GEN1_ALONE, faults }, async ({ sandbox, read }) => {
      const result = await read();
      expect(result).toMatchObject({ violations: [], exitCode: 1 });
      const failed = result.errors.map(({ stream_descriptor }) => stream_descriptor?.name);
      expect(failed.toSorted()).toEqual(failing.toSorted());
      for (const { failure_type, message } of result.errors) {
        expect(failure_type).toBe(type);
        expect(message).toContain(`HTTP ${status}`);
      }
      for (const name of STREAM_NAMES) {
        expect(keysRead(result, name).length, name).toBe(isReport(name) ? 0 : sandbox.counts()[name]);
        const isRetired = isReport(name) && !failing.includes(name as DeploymentReport);
        const warnings = logged(result, 'WARN').filter((text) => text.startsWith(`${name}: `));
        if (isRetired) expect(warnings, name).toHaveLength(1);
      }
    });
  });
});

describe.concurrent('the inventory', () => {
  it('if the inventory is rejected, the streams that require it fail with an error that names the missing role, and other streams are read', async () => {
    const faults = [{ path: INSTANCES, kind: 'status', status: 403 }] as const;
    await ibmCloud({ ...SMALL, faults }, async ({ read }) => {
      const result = await read();
      expect(result).toMatchObject({ violations: [], exitCode: 1 });
      const failed = result.errors.map(({ stream_descriptor }) => stream_descriptor?.name);
      for (const name of DEPLOYMENT_STREAMS) expect(failed, name).toContain(name);
      for (const error of result.errors) {
        expect(error.failure_type).toBe('config_error');
        expect(error.message).toMatch(/HTTP 403/);
      }
      expect(result.errors[0]?.message).toMatch(/Viewer/);
      expect(keysRead(result, 'accounts')).toHaveLength(1);
      expect(keysRead(result, 'resource_groups')).toHaveLength(3);
    });
  });

  it('deployments have no resource group names if IBM rejects the list of resource groups', async () => {
    await ibmCloud(SMALL, async ({ sandbox, read }) => {
      const rows = (await expectedRows(sandbox)).deployments;
      sandbox.setFaults([{ path: '/resource-controller/v2/resource_groups', kind: 'status', status: 403 }]);
      const result = await read({ streams: ['deployments', 'resource_groups'] });
      expect(result).toMatchObject({ violations: [], exitCode: 1 });
      expect(result.errors.map(({ stream_descriptor }) => stream_descriptor?.name)).toEqual(['resource_groups']);
      const unnamed = rows.map((row) => ({ ...row, resource_group_name: null }));
      expectRows(result, 'deployments', unnamed);
    });
  });

  it('deployments that the search omits have no tags', async () => {
    await ibmCloud({ ...SMALL, untracked: 2, maxLimit: 2 }, async ({ sandbox, read }) => {
      const rows = (await expectedRows(sandbox)).deployments;
      const untagged = rows.filter(({ tags }) => tags === null);
      expect(untagged).toHaveLength(2);
      const result = await read({ streams: ['deployments'] });
      expectRows(result, 'deployments', rows);
      const warnings = logged(result, 'WARN').filter((text) => text.includes('tags'));
      expect(warnings).toEqual([expect.stringMatching(/are null for 2 deployments, such as deployment crn:/)]);
    });
  });
});

it.each([
  ['the databases', `${EVERY_DEPLOYMENT}/tasks`, 'deployments_recipes', /HTTP 409 .*conflict/],
  [
    'the Resource Controller',
    '/resource-controller/v2/resource_groups',
    'resource_groups',
    /HTTP 409 .*a fault simulated/,
  ],
  ['the accounts service', '/accounts/**', 'accounts', /HTTP 409 .*a fault simulated/],
] as const)('an error quotes the reason for a rejection by %s', async (_, path, name, said) => {
  await ibmCloud({ ...SMALL, faults: [{ path, kind: 'status', status: 409 }] }, async ({ read }) => {
    const result = await read({ streams: [name] });
    expect(result).toMatchObject({ violations: [], exitCode: 1 });
    expect(result.errors).toMatchObject([{ failure_type: 'system_error' }]);
    expect(result.errors[0]?.internal_message).toMatch(said);
  });
});
