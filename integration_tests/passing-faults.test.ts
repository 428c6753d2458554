import { describe, expect, it } from 'vitest';
import type { Fault } from '../sandbox/server.ts';
import { countsRead, sandboxed } from './reads.ts';

const SMALL = { auditEvents: 200, deployments: 3 };

// The type is distributive, so that each kind keeps its fields.
type Kind = Fault extends infer F ? (F extends Fault ? Omit<F, 'path' | 'times'> : never) : never;

/** A short timeout, used only for faults that must time out. On a slow machine, other requests may take longer. */
const IMPATIENT = { request_timeout_seconds: 2 };

const passing: Array<[string, Kind, reason: string, object?]> = [
  ['HTTP 500', { kind: 'status', status: 500 }, 'HTTP 500'],
  ['HTTP 503 with Retry-After', { kind: 'status', status: 503, retryAfter: 1 }, 'HTTP 503'],
  ['HTTP 429 with Retry-After', { kind: 'status', status: 429, retryAfter: 1 }, 'HTTP 429'],
  ['HTTP 429 without Retry-After', { kind: 'status', status: 429 }, 'HTTP 429'],
  ['HTTP 408', { kind: 'status', status: 408 }, 'HTTP 408'],
  ['a connection reset', { kind: 'reset' }, 'ECONNRESET'],
  ['a body shorter than its declared length', { kind: 'cut', framing: 'length' }, 'UND_ERR_SOCKET'],
  ['a truncated chunked body', { kind: 'cut', framing: 'chunked' }, 'UND_ERR_SOCKET'],
  ['truncated JSON', { kind: 'truncated-json' }, 'damaged response (it is not valid JSON)'],
  ["a proxy's web page with HTTP 200", { kind: 'html' }, 'damaged response (it is a web page)'],
  ['an empty body with HTTP 200', { kind: 'empty-body' }, 'damaged response (it is empty)'],
  ['a request without a response', { kind: 'hang' }, 'timeout', IMPATIENT],
  ['a response that arrives too slowly', { kind: 'drip' }, 'timeout', IMPATIENT],
];

describe.concurrent('a fault in the first request to every path', () => {
  it.each(passing)('after %s, every record is emitted, and the retries are logged', async (_, kind, reason, config) => {
    await sandboxed({ ...SMALL, faults: [{ path: '**', times: 1, ...kind }] }, async ({ sandbox, read }) => {
      const result = await read({ config: { num_workers: 32, ...config } });
      expect(result.violations).toEqual([]);
      expect(result.errors).toEqual([]);
      expect(result.exitCode).toBe(0);
      expect(countsRead(result)).toEqual(sandbox.counts());
      const warnings = result.logs.filter(({ level }) => level === 'WARN').map(({ message }) => message);
      const [warning] = warnings.filter((text) => text.startsWith(`GET teams: attempt 1 failed: ${reason}`));
      expect(warning).toMatch(/; retrying in [\d.]+ s$/);
    });
  });
});

describe('an API with a small quota', () => {
  it('a small quota never makes a read fail, and the streams report their waits', async () => {
    await sandboxed({ ...SMALL, quota: 12, quotaWindowMs: 100 }, async ({ sandbox, read }) => {
      const result = await read({ config: { num_workers: 8 } });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      expect(countsRead(result)).toEqual(sandbox.counts());
      expect(sandbox.stats().byStatus['429']).toBeGreaterThan(0);
      const statuses = result.messages
        .map((message) => JSON.stringify(message))
        .filter((line) => line.includes('RATE_LIMITED'));
      expect(statuses[0]).toMatch(
        /"status":"RUNNING","reasons":\[\{"type":"RATE_LIMITED","rate_limited":\{"quota_reset":\d{13}\}\}\]/,
      );
    });
  });
});
