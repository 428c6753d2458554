import { describe, expect, it } from 'vitest';
import { check, forbidden } from './checks.ts';
import { type Row, expectedRows, withLastLogin } from './expected.ts';
import { type AccountOptions, expectRows, ibmCloud, keysRead, logged, rowsRead, timesAsked } from './reads.ts';

const IDENTITIES = ['service_ids', 'trusted_profiles', 'users'] as const;
const STREAMS = [...IDENTITIES, 'api_keys'] as const;

const GROUPS = '/iam/v1/serviceid_groups';

describe.concurrent('an access review', () => {
  it.each([1, 3])('with identity_activity, every identity in %i accounts has its last login', async (accounts) => {
    // By default, a page contains fewer identities than each account has.
    await ibmCloud({ identities: 25, deployments: 0, accounts: accounts - 1 }, async ({ sandbox, read }) => {
      const options = { identity_activity: true, trusted_profiles: sandbox.profiles };
      const result = await read({ streams: STREAMS, platform: options });
      expect(result).toMatchObject({ violations: [], errors: [], exitCode: 0 });
      const expected = await expectedRows(sandbox);
      for (const name of IDENTITIES) {
        const activities = [...sandbox.rows(name)].map(({ activity }) => activity as Row);
        const rows = expected[name].map((row, index) => withLastLogin(row, activities[index] ?? {}));
        expect(rows.map((row) => row['last_authenticated_at'])).toContain(null);
        expectRows(result, name, rows);
      }
      const single = sandbox.requests.filter(({ query }) => query['include_activity'] === 'true');
      expect(new Set(single.map(({ path }) => path)).size).toBe(3 * 25 * accounts);
      expect(single).toHaveLength(3 * 25 * accounts);
    });
  });

  it('an access review requests no API keys, history or resource keys, and emits no phone numbers or photos', async () => {
    await ibmCloud({}, async ({ sandbox, read }) => {
      const result = await read({ platform: { identity_activity: true }, run: { env: { LOG_LEVEL: 'debug' } } });
      expect(result.exitCode).toBe(0);
      expect(JSON.stringify([...sandbox.rows('users')])).toMatch(/FAKE[0-9A-F]{16}/);
      expect(result.stdout + result.stderr).not.toMatch(/FAKE[0-9A-F]{8}/);
      const asked = sandbox.requests.map(({ path, query }) => `${path} ${Object.keys(query).join(' ')}`);
      expect(
        asked.filter((request) => /apikeys\/|include_history|resource_keys|include_settings/.test(request)),
      ).toEqual([]);
      for (const row of rowsRead(result.records, 'api_keys')) expect(row).not.toHaveProperty('apikey');
    });
  });

  it('an API key that the API returns in clear text is not emitted', async () => {
    const apikeys = [
      { id: 'ApiKey-1', account_id: 'a', apikey: 'FAKE0123456789ABCDEF', history: ['FAKE0123456789ABCDEF'] },
    ];
    const faults = [{ path: '/iam/v1/apikeys', kind: 'status', status: 200, body: { apikeys } }] as const;
    await ibmCloud({ faults }, async ({ read }) => {
      const result = await read({ streams: ['api_keys'], run: { env: { LOG_LEVEL: 'debug' } } });
      expect(new Set(keysRead(result, 'api_keys'))).toEqual(new Set(['ApiKey-1']));
      expect(result.stdout + result.stderr).not.toContain('FAKE');
    });
  });

  it('without the options for an access review, a check requests no identities', async () => {
    await ibmCloud({}, async (account) => {
      const { said } = await check(account, { access_review: false, api_keys: false });
      expect(said).not.toMatch(new RegExp(`^(${STREAMS.join('|')}):`, 'm'));
      const paths = account.sandbox.requests.map(({ path }) => path);
      expect(paths.filter((path) => /users|serviceids|profiles|apikeys/.test(path))).toEqual([]);
    });
  });

  it('a check with access_review requests neither last logins nor individual identities', async () => {
    await ibmCloud({}, async (account) => {
      const { status } = await check(account, { identity_activity: true });
      expect(status?.status).toBe('SUCCEEDED');
      const single = /\/(users|serviceids|profiles|apikeys)\/./;
      expect(account.sandbox.requests.filter(({ path }) => single.test(path.replace(/^\/users/, '')))).toEqual([]);
    });
  });
});

describe.concurrent('a list that may be incomplete', () => {
  it.each<[list: string, AccountOptions, warning: RegExp]>([
    [
      'of restricted users',
      { missingRoles: ['users'] },
      /^users: some or all users are missing, because the account restricts its list of users\. .*grant /,
    ],
    ['of API keys', { missingRoles: ['api_keys'] }, /^api_keys: IBM Cloud lists only the keys of .* own service ID/],
    [
      'of service IDs',
      { faults: forbidden(GROUPS) },
      /^service_ids and api_keys omit service IDs outside the default group.* \(HTTP 403/,
    ],
  ])('an incomplete list %s causes one warning', async (_, options, warning) => {
    await ibmCloud(options, async ({ read }) => {
      const result = await read({ streams: STREAMS });
      expect(result).toMatchObject({ violations: [], errors: [], exitCode: 0 });
      expect(logged(result, 'WARN')).toEqual([expect.stringMatching(warning)]);
    });
  });

  it('if the service ID groups are rejected, the service IDs of the default group are read', async () => {
    await ibmCloud({ faults: forbidden(GROUPS) }, async ({ sandbox, read }) => {
      const [first, ...others] = [...sandbox.rows('service_ids')];
      const result = await read({ streams: ['service_ids'] });
      const inDefault = [first, ...others].filter((row) => row?.['group_id'] === first?.['group_id']);
      expect(keysRead(result, 'service_ids').toSorted()).toEqual(inDefault.map((row) => row?.['id']).toSorted());
      expect(timesAsked(sandbox, '/iam/v1/serviceids')).toBe(1);
    });
  });
});

it("if a trusted profile's rules are rejected, they are null and a warning names the profile", async () => {
  await ibmCloud({}, async ({ sandbox, read }) => {
    const expected = (await expectedRows(sandbox)).trusted_profiles;
    const id = String(expected[0]?.['id']);
    sandbox.setFaults(forbidden(`/iam/v1/profiles/${id}/rules`));
    const result = await read({ streams: ['trusted_profiles'] });
    expectRows(
      result,
      'trusted_profiles',
      expected.map((row) => (row['id'] === id ? { ...row, rules: null } : row)),
    );
    expect(logged(result, 'WARN')).toEqual([
      expect.stringMatching(new RegExp(`^trusted_profiles: rules is null for record ${id}, because .*HTTP 403`)),
    ]);
  });
});

it("if an identity's last login is rejected, the identity is emitted without it and a warning says so", async () => {
  await ibmCloud({}, async ({ sandbox, read }) => {
    const [first = ''] = sandbox.keys('service_ids');
    sandbox.setFaults(forbidden(`/iam/v1/serviceids/${first}`));
    const result = await read({ streams: ['service_ids'], platform: { identity_activity: true } });
    expect(result).toMatchObject({ violations: [], errors: [], exitCode: 0 });
    expect(keysRead(result, 'service_ids').toSorted()).toEqual([...sandbox.keys('service_ids')].toSorted());
    expect(logged(result, 'WARN')).toEqual([
      expect.stringMatching(
        new RegExp(`^service_ids: last logins are missing for service ID ${first}, because .*HTTP 403`),
      ),
    ]);
  });
});
