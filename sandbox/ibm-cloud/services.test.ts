import { afterEach, expect, test } from 'vitest';
import type { Row } from '../platform.ts';
import { type IbmCloudSandbox, type IbmCloudSandboxOptions, startSandbox } from '../server.ts';
import { Crawler, askForToken, tokenOf } from './crawl.ts';

const running: IbmCloudSandbox[] = [];
const start = async (options?: Partial<IbmCloudSandboxOptions>): Promise<[IbmCloudSandbox, Crawler]> => {
  const sandbox = await startSandbox({ now: '2026-11-24T12:00:00Z', ...options, platform: 'ibm_cloud' });
  running.push(sandbox);
  return [sandbox, new Crawler(sandbox, await tokenOf(sandbox))];
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

const INSTANCES = '/resource-controller/v2/resource_instances';

test('a token says how long it lives and which account it is for, unless it is told not to', async () => {
  const claims = async (options: Partial<IbmCloudSandboxOptions>): Promise<[Row, Row]> => {
    const [sandbox] = await start(options);
    const answer = (await (await askForToken(sandbox, sandbox.apiKey)).json()) as Row;
    const [, payload = ''] = String(answer['access_token']).split('.');
    return [answer, JSON.parse(Buffer.from(payload, 'base64url').toString()) as Row];
  };
  const [answer, payload] = await claims({ tokenLife: 120 });
  expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 120, expiration: payload['exp'] });
  expect(Number(payload['exp']) - Number(payload['iat'])).toBe(120);
  expect(payload['account']).toEqual({ valid: true, bss: running[0]?.accountId });
  expect((await claims({ accountClaim: false }))[1]).not.toHaveProperty('account');
});

test('a wrong key and a wrong grant are 400, each with its code', async () => {
  const [sandbox] = await start();
  const wrongKey = await askForToken(sandbox, 'wrong');
  expect(wrongKey.status).toBe(400);
  expect(await wrongKey.json()).toMatchObject({ errorCode: 'BXNIM0415E', context: { url: '/identity/token' } });
  const address = `${sandbox.endpoints.iam}/identity/token`;
  const wrongGrant = await fetch(address, { method: 'POST', body: new URLSearchParams({ apikey: sandbox.apiKey }) });
  expect(wrongGrant.status).toBe(400);
  expect(await wrongGrant.json()).toMatchObject({ errorCode: 'BXNIM0106E' });
});

test('the log of requests knows the key however it is spelled', async () => {
  const apiKey = 'a key "of" +/=& characters';
  const [sandbox, crawler] = await start({ apiKey });
  await crawler.get(`${INSTANCES}?name=${encodeURIComponent(apiKey)}`);
  await crawler.get(`${INSTANCES}?name=another`);
  expect(sandbox.requests.map(({ credential }) => credential)).toEqual([true, true, false]);
});

test('a token is refused when its life is over, and so is the key itself', async () => {
  const [sandbox, crawler] = await start({ tokenLife: 600 });
  expect((await crawler.get(INSTANCES)).status).toBe(200);
  sandbox.passTime(601);
  const expired = await crawler.get(INSTANCES);
  expect(expired.status).toBe(401);
  expect(await expired.json()).toMatchObject({ error_code: 'RC-IamErrorResponse', message: 'Token is expired' });
  expect((await new Crawler(sandbox, sandbox.apiKey).get(INSTANCES)).status).toBe(401);
  expect((await new Crawler(sandbox, await tokenOf(sandbox)).get(INSTANCES)).status).toBe(200);
});

test('each service has an error body of its own', async () => {
  const [, crawler] = await start();
  const bodyOf = async (path: string): Promise<unknown> => (await crawler.get(path)).json();
  const handbook = { errors: [{ code: 'not_found', message: expect.any(String) }], trace: expect.any(String) };
  expect(await bodyOf('/iam/v2/groups/nobody/members')).toMatchObject({ ...handbook, status_code: '404', context: {} });
  expect(await bodyOf('/resource-controller/v2/nothing')).toMatchObject({ error_code: 'RC-404', status_code: 404 });
  expect(await bodyOf('/databases/us-south/v5/ibm/deployments/nothing')).toEqual({ errors: 'not_found' });
  for (const path of ['/billing/nothing', '/accounts/nothing', '/user-management/nothing', '/logs/nothing']) {
    expect(await bodyOf(path), path).toMatchObject({ ...handbook, status_code: 404 });
  }
  const nowhere = await crawler.get('/v2/resource_instances');
  expect([nowhere.status, await nowhere.text()]).toEqual([404, '404 page not found\n']);
});

test.each([
  ['text', { errors: 'not_found' }],
  ['fields', { errors: { deployment: ['not_found', expect.any(String)] } }],
  ['list', { errors: [{ code: 'not_found', message: 'not_found' }] }],
] as const)('errors of the databases can come as %s', async (databaseErrors, body) => {
  const [, crawler] = await start({ databaseErrors });
  expect(await (await crawler.get('/databases/eu-de/v5/ibm/deployments/x')).json()).toEqual(body);
});

test('errors of the databases can come as plain text, and those of IAM as a page', async () => {
  const [sandbox, crawler] = await start({ databaseErrors: 'plain' });
  const plain = await crawler.get('/databases/eu-de/v5/ibm/deployments/x');
  expect([plain.headers.get('content-type'), await plain.text()]).toEqual([
    'text/plain; charset=utf-8',
    '404 not_found\n',
  ]);
  sandbox.setFaults([{ path: '/iam/identity/token', kind: 'status', status: 503 }]);
  expect((await askForToken(sandbox, sandbox.apiKey)).headers.get('content-type')).toContain('text/html');
});

test('a deployment is found with colons encoded or not, in its own region, with an older name for its list', async () => {
  const [sandbox, crawler] = await start();
  const [id = ''] = sandbox.deploymentIds;
  const path = crawler.databasePath(id, '');
  const bare = path.replaceAll('%3A', ':');
  expect(await crawler.body(bare)).toEqual(await crawler.body(path));
  expect(Object.entries(sandbox.stats().byPath).filter(([seen]) => seen.endsWith('%3A'))).toEqual([]);
  expect((await crawler.get(path.replace('us-south', 'eu-de'))).status).toBe(404);
  expect(await crawler.database(id, '/whitelists/ip_addresses')).toEqual(
    await crawler.database(id, '/allowlists/ip_addresses'),
  );
  const gen2 = sandbox.deploymentIds.at(-1) ?? '';
  expect((await crawler.get(crawler.databasePath(gen2, ''))).status).toBe(404);
});

test('tasks and backups are there on their own too', async () => {
  const [sandbox, crawler] = await start();
  const [deployment = ''] = sandbox.deploymentIds;
  for (const [list, single] of [
    ['tasks', 'task'],
    ['backups', 'backup'],
  ] as const) {
    const [row] = (await crawler.database(deployment, `/${list}`)) as Row[];
    const id = encodeURIComponent(String(row?.['id']));
    expect(await crawler.body(`/databases/us-south/v5/ibm/${list}/${id}`)).toEqual({ [single]: row });
  }
});

test('rows that may not be viewed leave a page that is empty, yet not the last', async () => {
  const [, crawler] = await start({ maxLimit: 2, hiddenInstances: 3 });
  const counts: unknown[] = [];
  await crawler.rows(`${INSTANCES}?limit=100`, 'resources', (body) => {
    counts.push(body['rows_count']);
    const link = body['next_url'];
    return typeof link === 'string' ? Object.fromEntries(new URL(link, 'http://any').searchParams) : undefined;
  });
  expect(counts.slice(0, -1)).toContain(0);
  expect(counts.length).toBeGreaterThan(10);
});

test('instances are filtered, and the token keeps the filter', async () => {
  const [sandbox, crawler] = await start({ maxLimit: 1 });
  const [group] = [...sandbox.keys('resource_groups')];
  const all = await crawler.instances();
  const ofGroup = await crawler.instances(`&resource_group_id=${group}`);
  expect(ofGroup).toEqual(all.filter((row) => row['resource_group_id'] === group));
  expect(ofGroup.length).toBeGreaterThan(1);
  expect((await crawler.instances('&state=removed')).map(({ name }) => name)).toEqual(['removed']);
});

test('a token of a page that is not known, or was forgotten, is a 400', async () => {
  const [sandbox, crawler] = await start({ maxLimit: 2 });
  const { next_url } = await crawler.body(INSTANCES);
  const next = `/resource-controller${String(next_url)}`;
  expect((await crawler.get(next)).status).toBe(200);
  sandbox.forgetCursors();
  expect((await crawler.get(next)).status).toBe(400);
  for (const path of [`${INSTANCES}?start=nonsense`, `${INSTANCES}?limit=0`, `${INSTANCES}?limit=ten`]) {
    expect((await crawler.get(path)).status, path).toBe(400);
  }
});

const PAGED = (account: string): string[] => [
  INSTANCES,
  `/billing/v4/accounts/${account}/resource_instances/usage/2026-10`,
  `/iam/v2/groups?account_id=${account}`,
  `/iam/v2/policies?account_id=${account}`,
  `/user-management/v2/accounts/${account}/users`,
];

const nextOf = (body: Row): string => {
  const next = (body['next'] as { href: string } | undefined)?.href ?? body['next_url'];
  return typeof next === 'string' ? next : '';
};

test('every list can have a next page that leads back, to nowhere or to a stranger, or none though there is more', async () => {
  const [sandbox, crawler] = await start({ maxLimit: 2 });
  for (const path of PAGED(sandbox.accountId)) {
    sandbox.setFaults([]);
    const proper = nextOf(await crawler.body(path));
    const played = async (
      shape: 'next-repeated' | 'next-unknown' | 'next-foreign' | 'next-dropped' | 'next-endless',
    ): Promise<string> => {
      sandbox.setFaults([{ path: '/**', kind: 'envelope', shape }]);
      return nextOf(await crawler.body(path));
    };
    expect(proper, path).toMatch(/start=|offset=/);
    const token = (link: string): string => /(?:start|offset)=([^&]*)/.exec(link)?.[1] ?? '';
    expect(token(await played('next-repeated')), path).not.toBe('');
    expect(token(await played('next-repeated')), path).not.toBe(token(proper));
    expect(await played('next-unknown'), path).toMatch(/\?page=two$/);
    const foreign = await played('next-foreign');
    expect(foreign, path).toMatch(/^http:\/\/localhost:\d+\//);
    expect(token(foreign), path).toBe(token(proper));
    expect(await played('next-dropped'), path).toBe('');
    const endless = await played('next-endless');
    expect(token(endless), path).not.toBe('');
    if (!endless.includes('offset=')) expect(token(await played('next-endless')), path).not.toBe(token(endless));
    sandbox.setFaults([]);
    const { pathname, search } = new URL(endless, sandbox.baseUrl);
    const service = /^\/[^/]*/.exec(path)?.[0] ?? '';
    expect(nextOf(await crawler.body(service + pathname + search)), path).toMatch(/start=|offset=/);
  }
});

test('a request can change what another process could change, before it is answered', async () => {
  const [sandbox, crawler] = await start();
  sandbox.setFaults([
    { path: '/resource-controller/**', kind: 'change', change: 'time', numbers: { pass: 86_400 }, after: 1, times: 1 },
  ]);
  const before = sandbox.now();
  await crawler.instances();
  expect(sandbox.now()).toBe(before);
  const body = await crawler.body(INSTANCES);
  expect(sandbox.now()).toBe(before + 86_400_000);
  // The request had a token that was good when it came.
  expect(body['rows_count']).toBeGreaterThan(0);
  expect((await crawler.get(INSTANCES)).status).toBe(401);
});

test('without a role, lists are short or empty with status 200, and some things are 403', async () => {
  const missingRoles = ['billing', 'access_groups', 'policies', 'users', 'account', 'logs'] as const;
  const [sandbox, crawler] = await start({ missingRoles });
  expect([await crawler.groups(), await crawler.policies()]).toEqual([[], []]);
  expect((await crawler.users()).length).toBe(1);
  const { accountId } = sandbox;
  expect((await crawler.get(`/accounts/v4/accounts/${accountId}`)).status).toBe(403);
  expect((await crawler.get(`/billing/v4/accounts/${accountId}/resource_instances/usage/2026-10`)).status).toBe(403);
  const [group = ''] = sandbox.keys('resource_groups');
  expect((await crawler.usage('2026-10', `accounts/${accountId}/resource_groups/${group}`)).length).toBeGreaterThan(0);
  const [logs = ''] = sandbox.logsInstances;
  expect((await crawler.query(logs, sandbox.now() - 1000, sandbox.now())).status).toBe(403);
  expect(sandbox.counts()).toMatchObject({ teams: 0, deployments_roles: 0, deployments_team_roles: 0 });
});

test('secrets stand where IBM sends them, all of one form', async () => {
  const [sandbox, crawler] = await start();
  const secret = /FAKE[0-9A-F]{16}/;
  const backups = (await crawler.database(sandbox.deploymentIds[0] ?? '', '/backups')) as Row[];
  const instances = await crawler.instances();
  const having = (rows: readonly Row[], field: string): Row[] => rows.filter((row) => field in row);
  for (const [row] of [
    having(backups, 'download_link'),
    having(instances, 'parameters'),
    instances.filter((row) => JSON.stringify(row['extensions'] ?? '').includes('connection')),
    having(await crawler.users(), 'phonenumber'),
  ]) {
    expect(JSON.stringify(row)).toMatch(secret);
  }
});

test('each service has a quota of its own', async () => {
  const [sandbox, crawler] = await start({ quota: 1, quotaWindowMs: 3_600_000 });
  expect((await askForToken(sandbox, sandbox.apiKey)).status).toBe(429);
  expect((await crawler.get(INSTANCES)).status).toBe(200);
  const refused = await crawler.get(INSTANCES);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3000);
  const regions = ['us-south', 'eu-de'].map((region) => `/databases/${region}/v5/ibm/regions`);
  for (const path of regions) expect((await crawler.get(path)).status, path).toBe(200);
  expect((await crawler.get(regions[0] ?? '')).status).toBe(429);
});

test('rows can be spoiled in every list, and in what stands in a single field', async () => {
  const [sandbox, crawler] = await start();
  sandbox.setFaults([{ path: '/**', kind: 'envelope', shape: 'row-null' }]);
  expect((await crawler.body(INSTANCES))['resources']).toContain(null);
  sandbox.setFaults([{ path: '/**', kind: 'envelope', shape: 'list-missing' }]);
  expect(await crawler.body(INSTANCES)).not.toHaveProperty('resources');
  const [deployment = ''] = sandbox.deploymentIds;
  expect(await crawler.body(crawler.databasePath(deployment, '/tasks'))).toEqual({});
  sandbox.setFaults([{ path: '/**', kind: 'keys', form: 'lone-surrogate' }]);
  expect(await crawler.database(deployment, '')).toMatchObject({ id: `\ud800${deployment}` });
});
