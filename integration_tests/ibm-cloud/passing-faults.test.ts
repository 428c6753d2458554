import { describe, expect, it } from 'vitest';
import { type Row, STREAM_NAMES, expectedRows } from './expected.ts';
import { type Kind, expectRows, ibmCloud, keysRead, logged } from './reads.ts';

const SMALL = { backupDays: 2, deployments: 6, gen2Deployments: 3 };

/** Few months, because months are read one after another, and the first request for each month fails. */
const FEW_MONTHS = { usageMonths: 3 };

const passing: Array<[string, Kind, Row?]> = [
  ['HTTP 500', { kind: 'status', status: 500 }],
  ['HTTP 503 with Retry-After', { kind: 'status', status: 503, retryAfter: 1 }],
  ['HTTP 429 with Retry-After', { kind: 'status', status: 429, retryAfter: 1 }],
  ['a connection reset', { kind: 'reset' }],
  ['a truncated body', { kind: 'cut', framing: 'length' }],
  ['truncated JSON', { kind: 'truncated-json' }],
  ["a gateway's page with HTTP 200", { kind: 'html' }],
  ['a request without a response', { kind: 'hang' }, { request_timeout_seconds: 5 }],
];

describe.concurrent('a fault in the first request to every path of every service', () => {
  it.each(passing)('after %s, every record is emitted once, and the retries are logged', async (_, kind, config) => {
    await ibmCloud({ ...SMALL, ...FEW_MONTHS }, async ({ sandbox, read }) => {
      const expected = await expectedRows(sandbox);
      sandbox.setFaults([{ path: '**', times: 1, ...kind }]);
      const result = await read({ config: { start_date: '2025-04-01T00:00:00Z', num_workers: 32, ...config } });
      expect(result.violations).toEqual([]);
      expect(result.errors).toEqual([]);
      expect(result.exitCode).toBe(0);
      for (const name of STREAM_NAMES) expectRows(result, name, expected[name]);
      expect(logged(result, 'WARN')).toContainEqual(expect.stringMatching(/resource_groups.*(retrying|rate limit)/));
    });
  });
});

describe('a small quota of each service', () => {
  it('a small quota of each service never makes a read fail', async () => {
    await ibmCloud({ ...SMALL, quota: 9, quotaWindowMs: 100 }, async ({ sandbox, read }) => {
      const result = await read({ config: { num_workers: 8 } });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      for (const name of STREAM_NAMES) {
        expect(keysRead(result, name).toSorted(), name).toEqual([...sandbox.keys(name)].toSorted());
      }
      expect(sandbox.stats().byStatus['429']).toBeGreaterThan(0);
    });
  });
});
