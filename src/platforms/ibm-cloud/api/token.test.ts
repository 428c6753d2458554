import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VirtualTime } from '../../../../test-support/unit/virtual-time.ts';
import type { SendRequest } from '../../../http/auth.ts';
import type { Request } from '../../../core/stream/request.ts';
import { accountIn, iamAuth } from './token.ts';
import { MASK, maskCredentials } from '../../../text/credentials.ts';
import { serverText } from '../../../text/server-text.ts';

const KEY = 'k+e/y=1 &';
const ACCOUNT = '0123456789abcdef0123456789abcdef';

/** A token with these claims, in IAM's format. */
function jwt(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.signature`;
}

/** Creates the authentication for a key, with a substitute for IAM that responds when the test calls `reply`. */
function openIam() {
  const asked: Request[] = [];
  const waiting: Array<PromiseWithResolvers<unknown>> = [];
  const clock = { now: 0 };
  const ask: SendRequest = (request) => {
    asked.push(request);
    const reply = Promise.withResolvers<unknown>();
    waiting.push(reply);
    return reply.promise;
  };
  const auth = iamAuth(KEY, 'https://iam.example.test', () => clock.now);
  const header = async (): Promise<string> => auth.header(ask);
  /** Responds to the first pending request. */
  const reply = async (body: unknown): Promise<void> => {
    waiting.shift()?.resolve(body);
    await new Promise(setImmediate);
  };
  return { auth, ask, asked, clock, header, reply, waiting };
}

/** Calls `openIam`, and completes the first exchange with this response. */
async function withToken(body: object) {
  const iam = openIam();
  const first = iam.header();
  await iam.reply(body);
  await first;
  return iam;
}

describe('an exchange of the key', () => {
  test('registers the token as a credential before the token is used', async () => {
    const { header, reply } = openIam();
    const shown = header().then(maskCredentials);
    await reply({ access_token: 'ey.token.1', expires_in: 3_600, refresh_token: 'not_supported' });
    expect(await shown).toBe(`Bearer ${MASK}`);
  });

  test('fails for all requests that wait for it, and is repeated for the next request', async () => {
    const { asked, header, reply, waiting } = openIam();
    const outage = new Error('stopped by SIGTERM');
    const headers = Promise.allSettled([header(), header()]);
    waiting.shift()?.reject(outage);
    for (const end of await headers) expect(end).toMatchObject({ status: 'rejected', reason: outage });
    const next = header();
    await reply({ access_token: 't1', expires_in: 3_600 });
    expect(await next).toBe('Bearer t1');
    expect(asked).toHaveLength(2);
  });

  test.each([[{}], [{ access_token: 7 }], [[]], [{ errors: [{ code: 'odd', message: 'No.' }] }]])(
    'causes an error if the response contains no token: %j',
    async (body) => {
      const { header, reply } = openIam();
      const failed = header().catch((error: unknown) => error);
      await reply(body);
      expect(await failed).toMatchObject({ problem: 'unexpected_body', facts: { path: 'identity/token' } });
    },
  );
});

describe('a token', () => {
  const HOUR = { access_token: 't1', expires_in: 3_600 };

  test('is not renewed before 80% of its lifetime', async () => {
    const { asked, clock, header } = await withToken(HOUR);
    clock.now = 2_880_000 - 1;
    expect(await header()).toBe('Bearer t1');
    expect(asked).toHaveLength(1);
  });

  test('is renewed only once after 80% of its lifetime, and meanwhile remains in use', async () => {
    const { asked, clock, header, reply } = await withToken(HOUR);
    clock.now = 2_880_000;
    expect(await Promise.all([header(), header(), header()])).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t1']);
    expect(asked).toHaveLength(2);
    await reply({ access_token: 't2', expires_in: 3_600 });
    expect(await header()).toBe('Bearer t2');
    expect(asked).toHaveLength(2);
  });

  test('remains in use if its renewal fails, until it expires', async () => {
    const { asked, clock, header, waiting } = await withToken(HOUR);
    const outage = new Error('an outage');
    clock.now = 3_000_000;
    expect(await header()).toBe('Bearer t1');
    waiting.shift()?.reject(outage);
    await new Promise(setImmediate);
    expect(await header()).toBe('Bearer t1');
    expect(asked).toHaveLength(3);
    clock.now = 3_590_000;
    const dead = header();
    waiting.shift()?.reject(outage);
    await expect(dead).rejects.toBe(outage);
  });

  test('may have a lifetime that is a string', async () => {
    const { asked, clock, header } = await withToken({ access_token: 't1', expires_in: '60' });
    clock.now = 47_999;
    await header();
    expect(asked).toHaveLength(1);
    clock.now = 48_000;
    await header();
    expect(asked).toHaveLength(2);
  });

  test.each([
    { access_token: 'opaque' },
    { access_token: jwt({ exp: 1_060 }) },
    { access_token: jwt({ iat: 1_060, exp: 1_000 }) },
  ])('without a lifetime is used until a service rejects it: %j', async (body) => {
    const { asked, clock, header } = await withToken(body);
    clock.now = 10 ** 12;
    await header();
    expect(asked).toHaveLength(1);
  });
});

describe('an HTTP 401 from a service', () => {
  const refusal = (authorization: string): Parameters<ReturnType<typeof iamAuth>['meaningOf']>[0] => ({
    request: { path: 'v2/resource_instances' },
    authorization,
    said: serverText('Token is expired'),
  });

  test('does not cause another renewal if the token has already been renewed', async () => {
    const { auth, ask, asked } = await withToken({ access_token: 't1', expires_in: 3_600 });
    expect(await auth.meaningOf(refusal('Bearer t0'), ask)).toBe('renewed');
    expect(asked).toHaveLength(1);
  });
});

describe('the account in the claims of a token', () => {
  test.each([
    [`Bearer ${jwt({ account: { bss: ACCOUNT } })}`, ACCOUNT],
    [jwt({ account: { bss: ACCOUNT, valid: true } }), ACCOUNT],
    [`Bearer ${jwt({ account: { bss: ACCOUNT.toUpperCase() } })}`, undefined],
    [`Bearer ${jwt({ account: { bss: `${ACCOUNT}/../x` } })}`, undefined],
    [`Bearer ${jwt({ account: ACCOUNT })}`, undefined],
    [`Bearer ${jwt({})}`, undefined],
    ['Bearer a.b.c', undefined],
    ['', undefined],
  ])('is found only if it is valid: %s', (authorization, account) => {
    expect(accountIn(authorization)).toBe(account);
  });

  test('is always a valid id, even if the token is not valid', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.object().map(jwt)), (text) => {
        expect(accountIn(text) ?? ACCOUNT).toMatch(/^[0-9a-f]{32}$/);
      }),
    );
  });
});

test('no request is sent with an expired token, and exchanges never overlap', async () => {
  const plan = fc.record({
    lives: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 6 }),
    latencies: fc.array(fc.nat(20_000), { minLength: 1, maxLength: 6 }),
    askers: fc.array(fc.array(fc.nat(60_000), { maxLength: 8 }), { minLength: 1, maxLength: 6 }),
  });
  const never = new AbortController().signal;
  await fc.assert(
    fc.asyncProperty(plan, async ({ lives, latencies, askers }) => {
      const time = new VirtualTime();
      const deaths = new Map<string, number>();
      let underWay = 0;
      let most = 0;
      let made = 0;
      const ask: SendRequest = async () => {
        most = Math.max(most, (underWay += 1));
        const asked = time.now();
        const n = (made += 1);
        await time.sleep(latencies[n % latencies.length] ?? 0, never);
        underWay -= 1;
        const life = lives[n % lives.length] ?? 1;
        deaths.set(`Bearer t${n}`, asked + life * 1_000);
        return { access_token: `t${n}`, expires_in: life };
      };
      const auth = iamAuth(KEY, 'https://iam.example.test', time.now);
      const run = async (waits: number[]): Promise<void> => {
        for (const ms of waits) {
          await time.sleep(ms, never);
          const began = time.now();
          const header = await auth.header(ask);
          // A request that waited for a new token uses this token even if the token has already expired.
          if (time.now() === began) expect(deaths.get(header)).toBeGreaterThan(time.now());
          else expect(header).toBe(`Bearer t${made}`);
        }
      };
      await time.pass(Promise.all(askers.map(run)));
      expect(most).toBeLessThanOrEqual(1);
    }),
    { numRuns: 200 },
  );
});
