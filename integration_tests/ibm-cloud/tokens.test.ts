import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/server.ts';
import { STREAM_NAMES } from './expected.ts';
import { EVERY_DEPLOYMENT, TOKEN_PATH, gen1Of, ibmCloud, keysRead, pathOf, timesAsked } from './reads.ts';

const SMALL = { backupDays: 3, deployments: 6 };

/** The key contains characters that must be encoded in a form, a header or JSON. */
const ODD_KEY = 'k+e/y=&1 %2B"quoted"-0123456789abcdefghij';

describe.concurrent('the API key', () => {
  it('an API key with special characters is exchanged for one token, which is used for all requests', async () => {
    await ibmCloud({ ...SMALL, apiKey: ODD_KEY, latencyMs: 1 }, async ({ sandbox, read }) => {
      const result = await read({ config: { num_workers: 16 } });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      expect(timesAsked(sandbox, TOKEN_PATH)).toBe(1);
      expect(sandbox.stats().byStatus).not.toHaveProperty('401');
      expect(sandbox.requests.filter(({ credential }) => credential).map(({ path }) => path)).toEqual([TOKEN_PATH]);
      const withoutToken = sandbox.requests.filter(({ authorization }) => !authorization);
      expect(withoutToken.map(({ path }) => path)).toEqual([TOKEN_PATH]);
      const services = new Set(sandbox.requests.map(({ path }) => path.split('/')[1]));
      expect(services.size).toBeGreaterThan(4);
    });
  });

  it('a wrong API key causes a config_error that says what to do, after a single request', async () => {
    await ibmCloud(SMALL, async ({ sandbox, read }) => {
      const result = await read({ platform: { api_key: 'wrong-key-0123456789abcdef' } });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      expect(result.errors).toHaveLength(1);
      const [error] = result.errors;
      expect(error?.stream_descriptor).toBeUndefined();
      expect(error?.failure_type).toBe('config_error');
      expect(error?.message).toMatch(/API key.*\. .*\b(make|create|check|set|correct|use)\b/i);
      expect(error?.internal_message).toContain('BXNIM0415E');
      expect(sandbox.requests.map(({ path }) => path)).toEqual([TOKEN_PATH]);
    });
  });
});

describe.concurrent('a response that does not reject the API key', () => {
  const page = '<html><title>Blocked</title><body>Access denied by policy</body></html>';
  it.each<[string, Fault, RegExp, RegExp]>([
    [
      "a firewall's web page",
      { path: TOKEN_PATH, kind: 'status', status: 403, body: page },
      /firewall/,
      /new one|deployment/,
    ],
    [
      'an address without IAM',
      { path: TOKEN_PATH, kind: 'status', status: 404, body: 'no' },
      /endpoints/,
      /new one|deployment/,
    ],
    ['a redirect', { path: TOKEN_PATH, kind: 'redirect' }, /sends tokens only to IBM Cloud/, /API key is meant/],
    ['an invalid token', { path: TOKEN_PATH, kind: 'status', status: 200, body: {} }, /access_token/, /GET/],
  ])('%s is not mistaken for a rejected key', async (_, fault, advice, wrong) => {
    await ibmCloud({ ...SMALL, faults: [fault] }, async ({ read }) => {
      const result = await read({ streams: ['accounts', 'deployments'] });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      expect(result.errors.length).toBeGreaterThan(0);
      for (const { failure_type, message, internal_message } of result.errors) {
        expect(failure_type).toBe('system_error');
        expect(message).toMatch(advice);
        expect(`${message} ${internal_message}`).not.toMatch(wrong);
      }
      expect(keysRead(result, 'accounts')).toEqual([]);
    });
  });

  it('a 403 from IAM itself means that the key is rejected', async () => {
    const faults: Fault[] = [{ path: TOKEN_PATH, kind: 'status', status: 403 }];
    await ibmCloud({ ...SMALL, faults }, async ({ read }) => {
      const result = await read({ streams: ['accounts'] });
      expect(result.errors[0]).toMatchObject({ failure_type: 'config_error' });
      expect(result.errors[0]?.message).toMatch(/rejected the API key/);
    });
  });
});

describe.concurrent('an access token', () => {
  it('a read completes even if tokens are valid for only 9 s', async () => {
    await ibmCloud({ ...SMALL, tokenLife: 9 }, async ({ sandbox, read }) => {
      const result = await read();
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      for (const name of STREAM_NAMES) {
        expect(keysRead(result, name).toSorted(), name).toEqual([...sandbox.keys(name)].toSorted());
      }
    });
  });

  it('a token that is revoked during the read is renewed once, however many requests were rejected', async () => {
    await ibmCloud({ ...SMALL, latencyMs: 2 }, async ({ sandbox, read }) => {
      const [first = ''] = gen1Of(sandbox);
      sandbox.setFaults([{ path: pathOf(first, '/tasks'), kind: 'change', change: 'tokens', times: 1 }]);
      const result = await read({ config: { num_workers: 8 } });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      for (const name of STREAM_NAMES) {
        expect(keysRead(result, name).toSorted(), name).toEqual([...sandbox.keys(name)].toSorted());
      }
      expect(timesAsked(sandbox, TOKEN_PATH)).toBe(2);
      expect(sandbox.stats().byStatus['401']).toBeGreaterThan(0);
    });
  });

  it('if one service rejects a new token, only the streams of that service fail', async () => {
    const faults = [{ path: '/billing/**', kind: 'status', status: 401 }] as const;
    await ibmCloud({ ...SMALL, faults }, async ({ sandbox, read }) => {
      const result = await read();
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      expect(result.errors).toMatchObject([
        {
          failure_type: 'config_error',
          stream_descriptor: { name: 'billables' },
          message: expect.stringMatching(/rejected the access token .*HTTP 401.* role /) as string,
        },
      ]);
      for (const name of STREAM_NAMES) {
        const expected = name === 'billables' ? [] : [...sandbox.keys(name)].toSorted();
        expect(keysRead(result, name).toSorted(), name).toEqual(expected);
      }
    });
  });

  it('if two regions reject a new token, the read ends with a config_error', async () => {
    const faults = [{ path: `${EVERY_DEPLOYMENT}/**`, kind: 'status', status: 401 }] as const;
    await ibmCloud({ ...SMALL, faults }, async ({ sandbox, read }) => {
      const result = await read({ config: { num_workers: 2 } });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      expect(result.errors).toHaveLength(1);
      expect(result.errors[0]?.stream_descriptor).toBeUndefined();
      expect(result.errors[0]).toMatchObject({
        failure_type: 'config_error',
        message: expect.stringMatching(/HTTP 401/) as string,
      });
      for (const times of Object.values(sandbox.stats().byPath)) expect(times).toBeLessThan(10);
    });
  });
});

describe('a lasting outage of IAM', () => {
  it("IAM's lasting outage causes a transient_error after six attempts in total, not six per stream", async () => {
    const faults = [{ path: TOKEN_PATH, kind: 'status', status: 503 }] as const;
    await ibmCloud({ ...SMALL, faults }, async ({ sandbox, read }) => {
      const result = await read({ config: { num_workers: 8 } });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      expect(result.errors.length).toBeGreaterThan(0);
      for (const { failure_type } of result.errors) expect(failure_type).toBe('transient_error');
      expect(timesAsked(sandbox, TOKEN_PATH)).toBe(6);
      expect(sandbox.stats().requests).toBe(6);
    });
  });
});
