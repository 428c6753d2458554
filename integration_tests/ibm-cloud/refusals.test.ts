import { describe, expect, it } from 'vitest';
import { STREAM_NAMES, expectedRows } from './expected.ts';
import {
  type AccountOptions,
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
  rowsRead,
} from './reads.ts';

const SMALL = { backupDays: 3 };
/** Where a refusal of all deployments of generation 1 is one of all there are. */
const GEN1_ALONE = { ...SMALL, deployments: 8, gen2Deployments: 0, gen2Backups: 0 };
const REPORTS = Object.keys(REPORT_PATHS) as DeploymentReport[];
/** IBM retires such things, and then nobody has them. */
const RETIRING: readonly DeploymentReport[] = [
  'deployments_allowlists',
  'deployments_autoscalings',
  'deployments_recovery_windows',
  'deployments_replicas',
];

describe.concurrent('one deployment', () => {
  it.each([403, 404, 410, 422])(
    'whose reports are refused (HTTP %i) is skipped with a warning and counted; the streams are complete',
    async (status) => {
      await ibmCloud(SMALL, async ({ sandbox, read }) => {
        const [gone = ''] = gen1Of(sandbox);
        const expected = await expectedRows(sandbox);
        sandbox.setFaults([{ path: pathOf(gone, '/**'), kind: 'status', status }]);
        const result = await read();
        expect(result.violations).toEqual([]);
        expect(result.errors).toEqual([]);
        expect(result.exitCode).toBe(0);
        for (const name of STREAM_NAMES) {
          const isReport = REPORTS.some((report) => report === name);
          const rows = expected[name].filter((row) => !isReport || row['deployment_id'] !== gone);
          expectRows(result, name, rows);
          if (!isReport) continue;
          expect(rows.length, name).toBeLessThan(expected[name].length);
          const warnings = logged(result, 'WARN').filter((text) => text.startsWith(`${name}: `) && text.includes(gone));
          expect(warnings, name).toHaveLength(1);
          expect(warnings[0], name).toContain(`HTTP ${status}`);
          expect(logged(result, 'INFO'), name).toContainEqual(
            expect.stringMatching(new RegExp(`^${name}: .*\\b\\d+ deployments? skipped`)),
          );
        }
      });
    },
  );

  it.each([403, 404, 410, 422])('whose details are refused (HTTP %i) keeps what the inventory says', async (status) => {
    await ibmCloud(SMALL, async ({ sandbox, read }) => {
      const [gone = ''] = gen1Of(sandbox);
      const whole = (await expectedRows(sandbox)).deployments;
      const bare = (await expectedRows(sandbox, { details: false })).deployments;
      sandbox.setFaults([{ path: pathOf(gone), kind: 'status', status }]);
      const result = await read({ streams: ['deployments'] });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      expectRows(result, 'deployments', [
        ...whole.filter(({ id }) => id !== gone),
        ...bare.filter(({ id }) => id === gone),
      ]);
      expect(logged(result, 'WARN').filter((text) => text.includes(gone))).toHaveLength(1);
    });
  });

  it('fails the stream if the config says so, after the others have been read', async () => {
    await ibmCloud(SMALL, async ({ sandbox, read }) => {
      const [gone = ''] = gen1Of(sandbox);
      const expected = await expectedRows(sandbox);
      sandbox.setFaults([{ path: pathOf(gone, '/tasks'), kind: 'status', status: 404 }]);
      const result = await read({ config: { fail_on_refused_deployments: true }, streams: ['deployments_recipes'] });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      expect(result.errors).toHaveLength(1);
      expect(result.errors[0]?.message).toContain(gone);
      expectRows(
        result,
        'deployments_recipes',
        expected.deployments_recipes.filter((row) => row['deployment_id'] !== gone),
      );
    });
  });
});

describe.concurrent('a report that every deployment is refused', () => {
  it.each(REPORTS.map((name) => ({ name })))(
    '$name with HTTP 403: the stream fails with a config_error, the others are complete',
    async ({ name }) => {
      const faults = [{ path: `${EVERY_DEPLOYMENT}${REPORT_PATHS[name]}`, kind: 'status', status: 403 }] as const;
      await ibmCloud({ ...GEN1_ALONE, faults }, async ({ sandbox, read }) => {
        const result = await read();
        expect(result.violations).toEqual([]);
        expect(result.exitCode).toBe(1);
        expect(result.errors.map(({ stream_descriptor }) => stream_descriptor?.name)).toEqual([name]);
        expect(result.errors[0]).toMatchObject({
          failure_type: 'config_error',
          message: expect.stringMatching(/HTTP 403/) as string,
        });
        for (const other of STREAM_NAMES) {
          const count = other === name ? 0 : sandbox.counts()[other];
          expect(keysRead(result, other).length, other).toBe(count);
        }
      });
    },
  );

  const notOffered = REPORTS.flatMap((name) => [404, 422].map((status) => ({ name, status })));
  it.each(notOffered)('$name with HTTP $status', async ({ name, status }) => {
    const faults = [{ path: `${EVERY_DEPLOYMENT}${REPORT_PATHS[name]}`, kind: 'status', status }] as const;
    await ibmCloud({ ...GEN1_ALONE, faults }, async ({ sandbox, read }) => {
      const result = await read();
      const retires = RETIRING.includes(name);
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(retires ? 0 : 1);
      expect(result.errors.map(({ stream_descriptor }) => stream_descriptor?.name)).toEqual(retires ? [] : [name]);
      if (retires) expect(logged(result, 'WARN').filter((text) => text.startsWith(`${name}: `))).toHaveLength(1);
      for (const other of STREAM_NAMES) {
        expect(keysRead(result, other).length, other).toBe(other === name ? 0 : sandbox.counts()[other]);
      }
    });
  });

  it.each([403, 404, 422])(
    'details (HTTP %i): deployments keep what the inventory says, with a warning',
    async (status) => {
      await ibmCloud(SMALL, async ({ sandbox, read }) => {
        const bare = (await expectedRows(sandbox, { details: false })).deployments;
        sandbox.setFaults([{ path: EVERY_DEPLOYMENT, kind: 'status', status }]);
        const result = await read({ streams: ['deployments'] });
        expect(result.violations).toEqual([]);
        expect(result.exitCode).toBe(0);
        expectRows(result, 'deployments', bare);
        expect(logged(result, 'WARN').filter((text) => text.includes(`HTTP ${status}`))).not.toEqual([]);
      });
    },
  );

  it('says so where there is generation 2 as well, whose rows come all the same', async () => {
    const faults = [
      { path: `${EVERY_DEPLOYMENT}/backups`, kind: 'status', status: 403 },
      { path: `${EVERY_DEPLOYMENT}/groups`, kind: 'status', status: 403 },
    ] as const;
    await ibmCloud(SMALL, async ({ sandbox, read }) => {
      const expected = await expectedRows(sandbox);
      sandbox.setFaults(faults);
      const result = await read({ streams: ['deployments_backups', 'deployments_scalings'] });
      expect(result.violations).toEqual([]);
      for (const name of ['deployments_backups', 'deployments_scalings'] as const) {
        expectRows(
          result,
          name,
          expected[name].filter((row) => row['generation'] === 'gen2'),
        );
        const said = [...logged(result, 'WARN'), ...result.errors.map(({ message }) => message)];
        expect(
          said.filter((text) => text.includes('HTTP 403')),
          name,
        ).not.toEqual([]);
      }
    });
  });
});

describe.concurrent('the account', () => {
  it.each<[string, AccountOptions]>([
    ['without its role', { missingRoles: ['account'] }],
    ['where there is no such service', { faults: [{ path: '/accounts/**', kind: 'status', status: 404 }] }],
  ])('%s is one row with its id, and a warning', async (_, options) => {
    await ibmCloud({ ...SMALL, ...options }, async ({ sandbox, read }) => {
      const result = await read({ streams: ['accounts'] });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      expect(rowsRead(result.records, 'accounts')).toEqual([
        { id: sandbox.accountId, name: null, owner_iam_id: null, type: null, status: null },
      ]);
      expect(logged(result, 'WARN').filter((text) => text.startsWith('accounts: '))).toHaveLength(1);
    });
  });
});

describe.concurrent('the inventory', () => {
  it('that is refused fails all that hangs on it, with the role that is missing; the rest is read', async () => {
    const faults = [{ path: INSTANCES, kind: 'status', status: 403 }] as const;
    await ibmCloud({ ...SMALL, faults }, async ({ read }) => {
      const result = await read();
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      const failed = result.errors.map(({ stream_descriptor }) => stream_descriptor?.name);
      for (const name of STREAM_NAMES) {
        if (name.startsWith('deployments')) expect(failed, name).toContain(name);
      }
      for (const error of result.errors) {
        expect(error.failure_type).toBe('config_error');
        expect(error.message).toMatch(/HTTP 403/);
      }
      expect(result.errors[0]?.message).toMatch(/Viewer/);
      expect(keysRead(result, 'accounts')).toHaveLength(1);
      expect(keysRead(result, 'resource_groups')).toHaveLength(3);
    });
  });

  it('comes without the names of resource groups where those are refused', async () => {
    await ibmCloud(SMALL, async ({ sandbox, read }) => {
      const rows = (await expectedRows(sandbox)).deployments;
      sandbox.setFaults([{ path: '/resource-controller/v2/resource_groups', kind: 'status', status: 403 }]);
      const result = await read({ streams: ['deployments', 'resource_groups'] });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      expect(result.errors.map(({ stream_descriptor }) => stream_descriptor?.name)).toEqual(['resource_groups']);
      expectRows(
        result,
        'deployments',
        rows.map((row) => ({ ...row, resource_group_name: null })),
      );
    });
  });
});

describe.concurrent('what a service says of a refusal', () => {
  it.each(['text', 'fields', 'list', 'plain'] as const)(
    'is quoted, in whatever shape it comes: %s',
    async (databaseErrors) => {
      const faults = [{ path: `${EVERY_DEPLOYMENT}/tasks`, kind: 'status', status: 409 }] as const;
      await ibmCloud({ ...SMALL, databaseErrors, faults }, async ({ read }) => {
        const result = await read({ streams: ['deployments_recipes'] });
        expect(result.violations).toEqual([]);
        expect(result.exitCode).toBe(1);
        expect(result.errors[0]).toMatchObject({
          failure_type: 'system_error',
          internal_message: expect.stringMatching(/HTTP 409 .*conflict/) as string,
        });
      });
    },
  );

  it.each([
    ['the Resource Controller', '/resource-controller/v2/resource_groups', 'resource_groups'],
    ['the accounts', '/accounts/**', 'accounts'],
  ] as const)('is quoted from %s', async (_, path, name) => {
    await ibmCloud({ ...SMALL, faults: [{ path, kind: 'status', status: 409 }] }, async ({ read }) => {
      const result = await read({ streams: [name] });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      expect(result.errors[0]?.internal_message).toMatch(/HTTP 409 .*a fault played by the sandbox: 409/);
    });
  });
});
