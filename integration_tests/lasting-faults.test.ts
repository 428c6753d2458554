import { describe, expect, it } from 'vitest';
import { DEPLOYMENT_REPORTS, STREAM_NAMES, catalogOf } from '../test-support/catalogs.ts';
import { keysRead } from '../test-support/transcript.ts';
import { countsRead, pathOf, sandboxed } from './reads.ts';

const SMALL = { auditEvents: 120, deployments: 3 };

describe('a permanently rejected stream', () => {
  const cases = STREAM_NAMES.flatMap((name) => [
    { name, status: 403, type: 'config_error' },
    ...(name === 'deployments_addons' ? [] : [{ name, status: 404, type: 'system_error' }]),
  ]);

  it.each(cases)(
    'HTTP $status for $name causes a $type, and the other streams are complete',
    async ({ name, status, type }) => {
      await sandboxed(
        { ...SMALL, faults: [{ path: pathOf(name), kind: 'status', status }] },
        async ({ sandbox, read }) => {
          const result = await read();
          const failing = name === 'deployments' ? [name, ...DEPLOYMENT_REPORTS] : [name];
          expect(result.violations).toEqual([]);
          expect(result.exitCode).toBe(1);
          expect(result.errors.map((error) => error.stream_descriptor?.name).toSorted()).toEqual(failing.toSorted());
          for (const error of result.errors) {
            expect(error.failure_type).toBe(type);
            expect(error.message).toContain(`HTTP ${status}`);
            expect(error.internal_message).toMatch(/^GET \S+: HTTP \d+/);
          }
          const expected = Object.fromEntries(
            Object.entries(sandbox.counts()).map(([s, n]) => [s, failing.includes(s) ? 0 : n]),
          );
          expect(countsRead(result)).toEqual(expected);
        },
      );
    },
  );

  it('if all requests for add-ons return HTTP 404, the stream is empty, with one warning', async () => {
    await sandboxed(
      { ...SMALL, faults: [{ path: 'deployments/*/addons', kind: 'status', status: 404 }] },
      async ({ sandbox, read }) => {
        const result = await read();
        expect(result.violations).toEqual([]);
        expect(result.exitCode).toBe(0);
        expect(countsRead(result)).toEqual({ ...sandbox.counts(), deployments_addons: 0 });
        expect(result.logs.filter(({ level }) => level === 'WARN')).toHaveLength(1);
      },
    );
  });
});

describe('a deployment that rejects requests', () => {
  it('a deployment that rejects a request is skipped with a warning, and the stream is complete', async () => {
    await sandboxed(SMALL, async ({ sandbox, read }) => {
      const [gone = ''] = sandbox.deploymentIds;
      sandbox.setFaults([{ path: `deployments/${gone}/*`, kind: 'status', status: 404 }]);
      const result = await read();
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      expect(keysRead(result, 'deployments_scalings').toSorted()).toEqual(
        sandbox.deploymentIds.filter((id) => id !== gone).toSorted(),
      );
      const lines = result.logs.map(({ message }) => message);
      expect(lines).toContainEqual(
        expect.stringMatching(
          new RegExp(`^deployments_roles: the API rejected this stream's requests for deployment ${gone} `),
        ),
      );
      expect(lines).toContainEqual(expect.stringMatching(/^deployments_roles: .*; 1 deployment skipped$/));
    });
  });
});

describe('exhausted retries', () => {
  it('exhausted retries fail the stream with a transient_error, listed before permanent errors', async () => {
    await sandboxed(
      {
        ...SMALL,
        faults: [
          { path: 'accounts', kind: 'status', status: 403 },
          { path: 'clusters', kind: 'errors', errors: { limit: ['too big'] } },
          { path: 'teams', kind: 'status', status: 500, body: { errors: 'database is locked' } },
          { path: 'billables', kind: 'truncated-json' },
          { path: 'datacenters', kind: 'reset' },
        ],
      },
      async ({ sandbox, read }) => {
        const result = await read({ config: { num_workers: 16 } });
        expect(result.violations).toEqual([]);
        expect(result.exitCode).toBe(1);
        expect(result.errors.map(({ failure_type }) => failure_type)).toEqual([
          ...Array<string>(3).fill('transient_error'),
          'system_error',
          'config_error',
        ]);
        const byStream = new Map(result.errors.map((error) => [error.stream_descriptor?.name, error]));
        expect(byStream.get('teams')?.internal_message).toBe(
          'GET teams: HTTP 500 (database is locked), after 6 attempts',
        );
        expect(byStream.get('billables')?.message).toContain('not valid JSON');
        expect(byStream.get('clusters')?.message).toContain('limit: too big');
        expect(sandbox.stats().byPath['/teams']).toBe(6);
      },
    );
  });
});

describe('a token that becomes invalid during the read', () => {
  it('a token that becomes invalid ends the read with INCOMPLETE streams and one error', async () => {
    await sandboxed({ ...SMALL, auditEvents: 2_000 }, async ({ sandbox, read }) => {
      sandbox.setFaults([{ path: 'audit_events', kind: 'status', status: 401, after: 10 }]);
      const result = await read({ catalog: catalogOf('incremental', ['audit_events']), config: { num_workers: 1 } });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      expect(result.errors).toHaveLength(1);
      expect(result.errors[0]?.stream_descriptor).toBeUndefined();
      expect(result.errors[0]?.failure_type).toBe('config_error');
      expect(keysRead(result, 'audit_events')).toHaveLength(500);
      sandbox.setFaults([]);
      const rest = await read({ catalog: catalogOf('incremental', ['audit_events']), state: result.states });
      expect(keysRead(rest, 'audit_events').length).toBeLessThan(1_510);
      expect(new Set([...keysRead(result, 'audit_events'), ...keysRead(rest, 'audit_events')]).size).toBe(2_000);
    });
  });
});
