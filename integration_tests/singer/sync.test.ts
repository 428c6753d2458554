import { describe, expect, it } from 'vitest';
import { STREAM_NAMES, type StreamName } from '../../sandbox/server.ts';
import { runConnector } from '../../test-support/connector.ts';
import { type Synced, type Tapped, tapped } from './taps.ts';
import type { Row } from './transcript.ts';

/** Expects every key in the sandbox, without duplicates. */
function expectEverything({ sandbox }: Tapped, synced: Synced, names: readonly StreamName[] = STREAM_NAMES): void {
  for (const name of names) {
    expect(synced.keys(name).toSorted(), name).toEqual([...sandbox.keys(name)].toSorted());
  }
}

const bookmarkIn = (state: Row | undefined, name: string): unknown => (state?.['bookmarks'] as Row | undefined)?.[name];
const both = { audit_events: {}, deployments_recipes: {} };

describe('a sync of all streams', () => {
  it.each([
    ['without a catalog', undefined],
    ['with the discovered catalog', Object.fromEntries(STREAM_NAMES.map((name) => [name, {}]))],
    [
      'with a full refresh of every stream',
      { ...Object.fromEntries(STREAM_NAMES.map((name) => [name, { fullTable: true }])) },
    ],
  ])('a sync %s emits every record once and follows every rule', async (_, choices) => {
    await tapped({}, async (given) => {
      const synced = await given.sync(choices === undefined ? {} : { choices });
      expect(synced.violations).toEqual([]);
      expect(synced).toMatchObject({ exitCode: 0, signal: null });
      expectEverything(given, synced);
    });
  });

  it('a sync with a structured log follows every rule', async () => {
    await tapped({}, async ({ sync }) => {
      const synced = await sync({ structured: true });
      expect(synced.violations).toEqual([]);
      expect(synced.exitCode).toBe(0);
    });
  });

  it('a sync of an empty account prints a SCHEMA for each stream', async () => {
    await tapped({ auditEvents: 0, deployments: 0 }, async ({ sync }) => {
      const synced = await sync();
      expect(synced.violations).toEqual([]);
      expect(synced.messages.filter(({ type }) => type === 'SCHEMA')).toHaveLength(STREAM_NAMES.length);
    });
  });

  it('a sync with many deployments prints few states', async () => {
    await tapped({ auditEvents: 3_000, deployments: 300, recipes: 12 }, async ({ sync, sandbox }) => {
      const synced = await sync({ choices: both, config: { num_workers: 16 } });
      expect(synced.violations).toEqual([]);
      expect(synced.keys('deployments_recipes')).toHaveLength(sandbox.counts().deployments_recipes);
      expect(synced.states.length).toBeGreaterThan(2);
    });
  });
});

describe('a resumed sync', () => {
  it('a sync resumes from the last STATE, and keeps the bookmark of a stream that it reads in full', async () => {
    await tapped({}, async ({ sync, sandbox }) => {
      const state = (await sync({ choices: both })).states.at(-1);
      sandbox.addEvents(7);
      const { id } = sandbox.touchRecipe();
      const next = await sync({ choices: both, state });
      expect(next.violations).toEqual([]);
      expect(next.keys('audit_events').length).toBeGreaterThanOrEqual(7);
      expect(next.keys('audit_events').length).toBeLessThan(30);
      expect(next.keys('deployments_recipes')).toContain(id);
      const full = await sync({ choices: { audit_events: { fullTable: true }, teams: {} }, state });
      expect(full.violations).toEqual([]);
      expect(full.keys('audit_events').toSorted()).toEqual([...sandbox.keys('audit_events')].toSorted());
      expect(full.states.at(-1)).toEqual(state);
    });
  });

  it('a sync accepts an Airbyte state as saved by tap-airbyte-wrapper', async () => {
    await tapped({}, async ({ sync, sandbox }) => {
      const ended = (await sync({ choices: both })).states.at(-1);
      const { replication_key_value: mark } = bookmarkIn(ended, 'audit_events') as Row;
      const { partitions } = bookmarkIn(ended, 'deployments_recipes') as { partitions: Row[] };
      const marks = Object.fromEntries(
        partitions.map((one) => [(one['context'] as Row)['deployment_id'], one['replication_key_value']]),
      ) as Row;
      const message = (name: string, stream_state: Row): Row => ({
        type: 'STREAM',
        stream: { stream_descriptor: { name }, stream_state },
      });
      const saved = [
        message('audit_events', { version: 1, mark }),
        message('deployments_recipes', { version: 1, marks }),
        message('teams', { __ab_no_cursor_state_message: true }),
      ];
      sandbox.addEvents(3);
      // The tap also translates the states of deselected streams.
      const next = await sync({ choices: { audit_events: {} }, state: { airbyte_state: saved }, asState: ended ?? {} });
      expect(next.violations).toEqual([]);
      expect(next.keys('audit_events').length).toBeLessThan(30);
      expect(next.keys('audit_events').length).toBeGreaterThanOrEqual(3);
    });
  });
});

describe('a Singer catalog', () => {
  it('a catalog limits output to the selected streams and fields, and no deselected stream is requested', async () => {
    await tapped({}, async ({ sync, sandbox }) => {
      const synced = await sync({
        config: { include_connection_strings: true },
        choices: {
          audit_events: { deselected: ['id', 'created_at', 'data', 'email'] },
          deployments: { deselected: ['connection_strings', 'ca_certificate_base64', 'notes'] },
        },
      });
      expect(synced.violations).toEqual([]);
      expect(synced.keys('deployments').toSorted()).toEqual([...sandbox.keys('deployments')].toSorted());
      expect(sandbox.requests.map(({ path }) => path).filter((path) => /deployments\/./.test(path))).toEqual([]);
    });
  });
});

describe('a failing sync', () => {
  it('a sync with a rejected stream reads the other streams, and its last STATE follows all records', async () => {
    await tapped({ faults: [{ path: 'teams', kind: 'status', status: 403 }] }, async (given) => {
      const synced = await given.sync();
      expect(synced.violations).toEqual([]);
      expect(synced.exitCode).toBe(1);
      const others = STREAM_NAMES.filter((name) => name !== 'teams');
      expectEverything(given, synced, others);
      const next = await given.sync({ choices: both, state: synced.states.at(-1) });
      expect(next.keys('audit_events').length).toBeLessThan(30);
    });
  });

  it('a sync that fails during newest-first pagination resumes at the same page', async () => {
    const broken = { path: 'audit_events', kind: 'status', status: 403, after: 10 } as const;
    await tapped({ auditEvents: 2_000, faults: [broken] }, async ({ sync, sandbox }) => {
      const first = await sync({ choices: both });
      expect(first.violations).toEqual([]);
      expect(first.exitCode).toBe(1);
      expect((bookmarkIn(first.states.at(-1), 'audit_events') as { walk: Row[] }).walk).toHaveLength(1);
      sandbox.setFaults([]);
      const next = await sync({ choices: both, state: first.states.at(-1) });
      expect(next.violations).toEqual([]);
      expect(next.exitCode).toBe(0);
      const keys = new Set([...first.keys('audit_events'), ...next.keys('audit_events')]);
      expect([...sandbox.keys('audit_events')].filter((key) => !keys.has(key))).toEqual([]);
      expect(next.keys('audit_events').length).toBeLessThan(1_600);
    });
  });

  it('a sync with a rejected token prints neither records nor the token', async () => {
    await tapped({}, async ({ sync }) => {
      const token = 'wrong-token-0123456789';
      const synced = await sync({ config: { api_token: token } });
      expect(synced.violations).toEqual([]);
      expect(synced.exitCode).toBe(1);
      expect(synced.stderr).toMatch(/CRITICAL The Compose API at .* rejected the API token \(HTTP 401.*\n$/);
      expect(synced.stderr + synced.stdout).not.toContain(token);
    });
  });
});

describe('tap-compose', () => {
  it('--test reports on stderr whether the config works, and prints nothing on stdout', async () => {
    await tapped({}, async ({ sandbox, workspace }) => {
      const config = (api_token: string): string =>
        workspace.file('config.json', { platform: { name: 'compose', api_token, base_url: sandbox.baseUrl } });
      const tap = (...args: string[]): ReturnType<typeof runConnector> =>
        runConnector(args, { program: 'tap-compose' });
      expect(await tap('--config', config(sandbox.token), '--test')).toMatchObject({ exitCode: 0, stdout: '' });
      const refused = await tap('--config', config('wrong-token-0123456789'), '--test');
      expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
      expect(refused.stderr).toMatch(/CRITICAL .* rejected the API token.*\n$/);
    });
  });

  it('--discover opens neither the state nor the catalog, and sends no request', async () => {
    await tapped({}, async ({ sandbox, workspace, catalog }) => {
      const config = workspace.file('config.json', { api_token: sandbox.token, base_url: sandbox.baseUrl });
      const args = ['--config', config, '--catalog', '/nowhere', '--state', '/nowhere', '--discover'];
      const { exitCode, stdout, stderr } = await runConnector(args, { program: 'tap-compose' });
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(JSON.parse(stdout)).toEqual(catalog);
      expect(sandbox.stats().requests).toBe(0);
    });
  });

  it('the config can consist only of environment variables', async () => {
    await tapped({}, async ({ sandbox }) => {
      const env = {
        TAP_COMPOSE_API_TOKEN: sandbox.token,
        TAP_COMPOSE_BASE_URL: sandbox.baseUrl,
        TAP_COMPOSE_NUM_WORKERS: '2',
      };
      const { exitCode, stdout } = await runConnector(['--config', 'ENV'], { program: 'tap-compose', env });
      expect(exitCode).toBe(0);
      expect(stdout.match(/"type":"RECORD","stream":"audit_events"/g)).toHaveLength(sandbox.counts().audit_events);
      expect(sandbox.stats().maxInFlight).toBeLessThanOrEqual(2);
    });
  });
});
