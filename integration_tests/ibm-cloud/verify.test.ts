import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import questions from '../../docs/reference/icd-questions.json' with { type: 'json' };
import { IBM_CLOUD_OPTIONS } from '../../sandbox/ibm-cloud/options.ts';
import type { Fault } from '../../sandbox/server.ts';
import { probes } from '../../src/platforms/ibm-cloud/probes.ts';
import { runConnector } from '../../test-support/connector.ts';
import type { Finished } from '../../test-support/processes.ts';
import type { Row } from './expected.ts';
import { type Account, type AccountOptions, ibmCloud } from './reads.ts';

/** The sandbox's default options. */
const { now, oddInstances, usageMonths } = IBM_CLOUD_OPTIONS;
const DOCUMENTED = { now: now.default, oddInstances: oddInstances.default, usageMonths: usageMonths.default };

async function verify({ sandbox, workspace, config }: Account, platform: Row = {}, debug = false): Promise<Finished> {
  const given = config({ logs_instances: sandbox.logsInstances, ...platform }, { start_date: undefined });
  const path = workspace.file('verify.json', given);
  return runConnector(['verify', '--config', path, ...(debug ? ['--debug'] : [])]);
}

/** Groups a report's questions by result. */
function resultsIn(report: string): Map<string, string[]> {
  const results = new Map<string, string[]>();
  for (const { id, question } of questions) {
    const line = report.split('\n').find((each) => each.startsWith(`| ${question} |`)) ?? '';
    const result = /\*\*(confirmed|different|not seen)\*\*/.exec(line)?.[1] ?? 'none';
    results.set(result, [...(results.get(result) ?? []), id].toSorted());
  }
  return results;
}

it('each open question has a probe or a reason for its absence', () => {
  const without = questions.filter(({ id, noProbe }) => Object.hasOwn(probes, id) === (noProbe !== undefined));
  expect(without).toEqual([]);
  expect(Object.keys(probes).filter((id) => !questions.some((question) => question.id === id))).toEqual([]);
});

describe.concurrent('a report of verify', () => {
  it('a report names all endpoints and streams, and lists no differences if there are none', async () => {
    await ibmCloud(DOCUMENTED, async (account) => {
      const { stdout, stderr, exitCode } = await verify(account);
      expect(exitCode).toBe(0);
      const results = resultsIn(stdout);
      expect(results.get('different')).toBeUndefined();
      expect(results.get('none')).toBeUndefined();
      expect(results.get('confirmed')?.length).toBeGreaterThan(12);
      expect(results.get('not seen')).toContain('usage_history');
      for (const [name, count] of Object.entries(account.sandbox.counts())) {
        expect(stdout).toMatch(new RegExp(`^\\| ${name} \\| complete \\| ${count} \\|`, 'm'));
        expect(stderr).toMatch(new RegExp(`^${name}: ${count} records?$`, 'm'));
      }
      expect(stdout).toMatch(/^\| GET deployments\/\{id\}\/tasks \| 8 \| 200 \(8\) \|/m);
    });
  });

  it('a report does not mistake small pages, transient failures or rejections for differences', async () => {
    const fault = (path: string, status: number, times?: number): Fault => ({
      path: `/databases/**/${path}`,
      kind: 'status',
      status,
      body: 'a proxy',
      ...(times && { times }),
    });
    const reset: Fault = { path: '/databases/**/tasks', kind: 'reset', times: 1 };
    const faults = [fault('ip_addresses', 503, 1), fault('deployables', 401, 1), fault('groups', 403), reset];
    await ibmCloud({ ...DOCUMENTED, maxLimit: 5, policies: 3, faults }, async (account) => {
      const { stdout } = await verify(account);
      expect(resultsIn(stdout).get('different')).toBeUndefined();
      expect(stdout).toMatch(/tasks \| 16 \| no complete response \(8\), 200 \(8\) \|/);
    });
  });

  it('a report names every difference from the reference', async () => {
    const old = new Date(Date.now() - 40 * 86_400_000).toISOString();
    const body = (path: string, body: unknown, times = 1): Fault => ({
      path,
      kind: 'status',
      status: 200,
      body,
      times,
    });
    const usage = { resource_instance_id: 'a-guid', resource_id: 'databases-for-redis', plan_id: 'p', usage: [] };
    const faults: Fault[] = [
      { path: '/databases/**/ip_addresses', kind: 'status', status: 404, body: '<html></html>' },
      { path: '/accounts/**', kind: 'status', status: 404 },
      { path: '/databases/*/v5/ibm/regions', kind: 'status', status: 429, retryAfter: 1, times: 1 },
      body('/databases/**/tasks', {
        tasks: [{ id: 't', status: 'completed', progress_percent: '17', description: [], created_at: old }],
      }),
      body('/databases/**/backups', { backups: [{ id: 'b', status: 'completed', type: 'weekly' }] }),
      body('/billing/**', { resources: [usage] }),
    ];
    const options = {
      ...DOCUMENTED,
      maxLimit: 5,
      inventoryToken: 'next_docid',
      policies: 3,
      tokenLife: 600,
    } as const;
    await ibmCloud({ ...options, faults }, async (account) => {
      const { stdout } = await verify(account);
      expect(resultsIn(stdout).get('different')).toEqual(
        [
          ...['account', 'allowlist', 'backup_fields', 'page_token', 'task_retention', 'token_life'],
          ...['usage_instance', 'v5_errors', 'v5_rate_limit'],
        ].toSorted(),
      );
      // The report shows the types that the API returned, although the records contain a number and null.
      expect(stdout).toMatch(/^\| progress_percent \| string \(8\) \|/m);
      expect(stdout).toMatch(/^\| name \| list \(8\) \|/m);
    });
  });

  it('a report lists each failing stream with the kind of failure', async () => {
    await ibmCloud({ ...DOCUMENTED, missingRoles: ['billing'] }, async (account) => {
      const { stdout, exitCode } = await verify(account);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^\| billables \| \*\*failed\*\*: forbidden \(HTTP 403\) \| 0 \|/m);
    });
  });

  it('verify prints to stderr why there is no report, and exits with 1 if all streams fail', async () => {
    await ibmCloud(DOCUMENTED, async (account) => {
      const rejected = await verify(account, { api_key: 'another-key' });
      expect(rejected).toMatchObject({ exitCode: 1, stdout: '' });
      expect(rejected.stderr).toMatch(/^source-compose: IBM Cloud at [^\n]* rejected the API key [^\n]*\n$/);
      const invalid = await verify(account, { api_key: 7 });
      expect(invalid).toMatchObject({ exitCode: 1, stdout: '' });
      expect(invalid.stderr).toMatch(/^source-compose: The config file [^\n]*api_key[^\n]*\n$/);
    });
    const faults: Fault[] = [{ path: '/**', kind: 'status', status: 418 }];
    await ibmCloud({ ...DOCUMENTED, faults }, async (account) => {
      const { exitCode, stdout } = await verify(account);
      expect(exitCode).toBe(1);
      expect(stdout).toContain('**failed**');
    });
  });

  it('a report contains none of 3,000 values from the account, even with --debug', async () => {
    const options: AccountOptions = { ...DOCUMENTED, gen2Backups: 3, oddInstances: true, unreadableEvents: 2 };
    await ibmCloud(options, async (account) => {
      const markers = await planting(account.sandbox.baseUrl);
      const endpoints = JSON.parse(
        JSON.stringify(account.sandbox.endpoints).replaceAll(account.sandbox.baseUrl, markers.origin),
      ) as Row;
      const { stdout, stderr } = await verify(account, { endpoints }, true);
      expect(stdout).toContain('## Streams');
      expect(stderr).toMatch(/^GET deployments\/\{id\}\/tasks: HTTP 200 in \d+ ms$/m);
      expect(markers.values.size).toBeGreaterThan(3_000);
      const shown = [...markers.values].filter((value) => stdout.includes(value) || stderr.includes(value));
      expect(shown).toEqual([]);
    });
  });
});

/** Fields whose values stay unchanged, because later requests or date parsing depend on them. Reports must not show these values either. */
const NEEDED =
  /^(id|crn|guid|.*_id|.*_crn|href|next_url|offset|start|.*_at|access_token|key|value|timestamp|eventTime)$/;

/** A server that forwards all requests. In the responses, the server adds a marker to every string except those in NEEDED fields. */
async function planting(target: string): Promise<{ origin: string; values: Set<string> }> {
  const values = new Set<string>();
  const planted = (value: unknown, name = ''): unknown => {
    if (Array.isArray(value)) return value.map((each) => planted(each, name));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, planted(part, key)]));
    }
    if (typeof value !== 'string') return value;
    if (name === 'user_data') return JSON.stringify(planted(parsed(value)));
    const kept = NEEDED.test(name) ? value : `${value}marker${values.size}end`;
    if (kept.length >= 12 && /\d/.test(kept)) values.add(NEEDED.test(name) ? value : `marker${values.size}end`);
    return kept;
  };
  const rewritten = (text: string): string =>
    text.startsWith(':')
      ? text.replace(/^data: ([^\n]*)/gm, (_, json: string) => `data: ${JSON.stringify(planted(JSON.parse(json)))}`)
      : JSON.stringify(planted(JSON.parse(text)));
  const server = createServer((request, response) => {
    void (async () => {
      const sent: Buffer[] = [];
      for await (const chunk of request) sent.push(chunk as Buffer);
      const { 'content-type': type, authorization } = request.headers;
      const headers = { ...(type && { 'content-type': type }), ...(authorization && { authorization }) };
      const post = request.method === 'POST' ? { body: Buffer.concat(sent) } : {};
      const answer = await fetch(target + request.url, { method: request.method ?? 'GET', headers, ...post });
      const text = await answer.text();
      const body = answer.ok ? rewritten(text) : text;
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(body);
    })().catch((error: unknown) => response.writeHead(500).end(String(error)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, values };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}

it('a report counts the trusted profiles that the key can assume, without naming them', async () => {
  await ibmCloud({ ...DOCUMENTED, accounts: 2 }, async (account) => {
    const { sandbox } = account;
    const [, ...others] = sandbox.profiles;
    const { stdout, exitCode } = await verify(account, { trusted_profiles: others, logs_instances: [] });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('The API key can assume 3 trusted profiles (listed in trusted_profiles: 2).');
    for (const id of ['assume_by_crn', 'assumed_account', 'assumable_pages']) {
      expect(resultsIn(stdout).get('confirmed')).toContain(id);
    }
    for (const crn of sandbox.profiles) {
      expect(stdout).not.toContain(crn.split(':').at(-1));
      expect(stdout).not.toContain(crn.split(':')[6]?.slice(2));
    }
    const listed = sandbox.requests.find(({ path }) => path === '/iam/identity/profiles');
    expect(listed).toMatchObject({ method: 'POST', query: {}, authorization: false });
  });
});
