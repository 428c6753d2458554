import { describe, expect, it } from 'vitest';
import { clockAt } from '../../test-support/clock.ts';
import { runConnector } from '../../test-support/connector.ts';
import { runInterrupted } from '../../test-support/interrupted-runs.ts';
import type { Catalog, Choices } from '../singer/catalogs.ts';
import { type SyncOptions, type Synced, catalogOfTap, runTap } from '../singer/taps.ts';
import {
  INCREMENTAL,
  type Row,
  STREAMS,
  STREAM_NAMES,
  type StreamName,
  expectedRows,
  fieldsOf,
  historyNow,
} from './expected.ts';
import { type Account, type AccountOptions, byKey, expectRows, gen1Of, ibmCloud } from './reads.ts';

interface Tap extends Account {
  catalog: Catalog;
  /** `now` is the initial time of the tap's clock. Default: the real time. */
  sync: (options?: SyncOptions & { config?: Row; now?: number }) => Promise<Synced>;
}

const program = 'tap-compose';

/** Runs a test with an account and a tap. */
async function tapped(options: AccountOptions, test: (tap: Tap) => Promise<void>): Promise<void> {
  await ibmCloud(options, async (account) => {
    const { workspace, config, sandbox } = account;
    const catalog = await catalogOfTap(['--config', workspace.file('config.json', config())]);
    const secrets = [sandbox.apiKey, 'FAKE', 'eyJ'];
    const sync: Tap['sync'] = ({ config: more, now, ...given } = {}) => {
      const env = now === undefined ? {} : { NODE_OPTIONS: clockAt(now) };
      const tap = { workspace, catalog, config: config(undefined, more), secrets };
      return runTap(tap, { ...given, run: { ...given.run, env } });
    };
    await test({ ...account, catalog, sync });
  });
}

interface Bookmark extends Row {
  partitions: Array<{ context: Row; replication_key: string; replication_key_value: string | null }>;
}

function bookmarkIn(state: Row | undefined, name: StreamName): Bookmark | undefined {
  return (state?.['bookmarks'] as Record<string, Bookmark> | undefined)?.[name];
}

const both: Choices = { deployments_backups: {}, deployments_recipes: {} };

describe.concurrent('tap-compose --discover', () => {
  it("tap-compose --discover lists the streams of the config's platform, and sends no request", async () => {
    await tapped({}, async ({ catalog, sandbox }) => {
      expect(catalog.streams.map(({ stream }) => stream)).toEqual(STREAM_NAMES);
      for (const { stream, key_properties, replication_key, replication_method, schema } of catalog.streams) {
        const name = stream as StreamName;
        const { key, ...more } = STREAMS[name];
        expect(key_properties, name).toEqual([key]);
        expect(replication_key, name).toBe('cursor' in more ? more.cursor : undefined);
        expect(replication_method, name).toBe('cursor' in more ? 'INCREMENTAL' : 'FULL_TABLE');
        expect(Object.keys(schema.properties).toSorted(), name).toEqual(fieldsOf(name).toSorted());
      }
      expect(sandbox.stats().requests).toBe(0);
    });
  });
});

describe.concurrent('a sync of all streams', () => {
  it('a sync emits every record once, with every field, and follows every rule', async () => {
    await tapped({}, async ({ sandbox, sync }) => {
      const synced = await sync();
      expect(synced.violations).toEqual([]);
      expect(synced.exitCode).toBe(0);
      const expected = await expectedRows(sandbox);
      for (const name of STREAM_NAMES) expectRows(synced, name, expected[name]);
    });
  });

  it('a sync accepts the platform as JSON in an environment variable', async () => {
    await tapped({ backupDays: 2 }, async ({ config, sandbox, workspace }) => {
      const { platform } = config();
      const env = { TAP_COMPOSE_PLATFORM: JSON.stringify(platform), TAP_COMPOSE_NUM_WORKERS: '8' };
      const state = workspace.file('state.json', '{}');
      const { exitCode, stdout } = await runConnector(['--config', 'ENV', '--state', state], { program, env });
      expect(exitCode).toBe(0);
      expect(stdout.match(/"type":"RECORD","stream":"deployments"/g)).toHaveLength(sandbox.counts().deployments);
    });
  });

  it('a sync emits only selected fields, and requests no details for deselected fields', async () => {
    await tapped({ backupDays: 2 }, async ({ sync, sandbox }) => {
      const details = ['version', 'platform', 'admin_usernames', 'enable_public_endpoints', 'enable_private_endpoints'];
      const synced = await sync({ choices: { deployments: { deselected: [...details, 'name', 'type'] } } });
      expect(synced.violations).toEqual([]);
      expect(synced.keys('deployments').toSorted()).toEqual([...sandbox.keys('deployments')].toSorted());
      expect(sandbox.requests.filter(({ path }) => /\/deployments\/[^/]*$/.test(path))).toEqual([]);
    });
  });
});

describe.concurrent('a Singer bookmark', () => {
  it('a usage bookmark contains the last final month, and the next sync requests only later months', async () => {
    await tapped({ now: '2025-06-15T12:00:00Z', usageMonths: 4 }, async ({ sandbox, sync }) => {
      const usage = { choices: { billables: {} }, config: { start_date: '2025-03-01T00:00:00Z' } };
      const first = await sync({ ...usage, now: sandbox.now() });
      expect(first.violations).toEqual([]);
      expectRows(first, 'billables', (await expectedRows(sandbox)).billables);
      expect(bookmarkIn(first.states.at(-1), 'billables')).toMatchObject({
        platform: 'ibm_cloud',
        replication_key: 'month',
        replication_key_value: '2025-04',
      });

      sandbox.passTime(6 * 86_400);
      const before = sandbox.requests.length;
      const next = await sync({ ...usage, state: first.states.at(-1), now: sandbox.now() });
      expect(next.violations).toEqual([]);
      const asked = sandbox.requests.slice(before).map(({ path }) => /\/usage\/(.+)$/.exec(path)?.[1]);
      expect(new Set(asked.filter((month) => month !== undefined))).toEqual(new Set(['2025-05', '2025-06']));
      const rows = (await expectedRows(sandbox)).billables;
      expectRows(
        next,
        'billables',
        rows.filter(({ month }) => String(month) >= '2025-05'),
      );
      expect(bookmarkIn(next.states.at(-1), 'billables')).toMatchObject({ replication_key_value: '2025-05' });
    });
  });

  it('a bookmark contains the platform and a value per deployment, and the next sync resumes from it', async () => {
    await tapped({}, async ({ sandbox, sync }) => {
      const first = await sync({ choices: both });
      expect(first.violations).toEqual([]);
      const state = first.states.at(-1);
      for (const name of INCREMENTAL) {
        const bookmark = bookmarkIn(state, name);
        expect(bookmark).toMatchObject({ version: 1, platform: 'ibm_cloud' });
        for (const { context, replication_key, replication_key_value } of bookmark?.partitions ?? []) {
          expect(context['deployment_id']).toMatch(/^crn:v1:/);
          expect(replication_key).toBe('created_at');
          expect(replication_key_value).toMatch(/^\d{4}-.*Z$/);
        }
      }
      expect(bookmarkIn(state, 'deployments_recipes')?.partitions).toHaveLength(gen1Of(sandbox).length);

      sandbox.passTime(86_400);
      const next = await sync({ choices: both, state });
      expect(next.violations).toEqual([]);
      const last = await sync({ choices: both, state: next.states.at(-1) });
      expect(last.violations).toEqual([]);
      const rows = historyNow(sandbox);
      for (const name of INCREMENTAL) {
        const seen = new Map([first, next].flatMap(({ records }) => keyed(records.get(name) ?? [])));
        expect(
          byKey(
            name,
            rows[name].map(({ id }) => seen.get(String(id)) ?? { id }),
          ),
        ).toEqual(byKey(name, rows[name]));
        expect(next.keys(name).length).toBeLessThan(first.keys(name).length);
        expect(last.keys(name).length).toBeLessThan(next.keys(name).length);
      }
    });
  });

  it('a bookmark from Compose causes an error that says to reset the stream, before any request is sent', async () => {
    await tapped({}, async ({ sandbox, sync }) => {
      const state = { bookmarks: { deployments_recipes: { version: 1, platform: 'compose', partitions: [] } } };
      const { exitCode, stderr, records } = await sync({ choices: { deployments_recipes: {} }, state });
      expect(exitCode).toBe(1);
      expect(records.size).toBe(0);
      expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^CRITICAL .*deployments_recipes.*reset/i);
      expect(sandbox.stats().requests).toBe(0);
    });
  });

  it('a bookmark of a deselected stream remains unchanged, even if another platform wrote it', async () => {
    await tapped({ backupDays: 2 }, async ({ sync }) => {
      const old = { version: 1, platform: 'compose', partitions: [] };
      const state = { bookmarks: { deployments_recipes: old, audit_events: { anything: true } } };
      const synced = await sync({ choices: { deployments_backups: {}, accounts: {} }, state });
      expect(synced.violations).toEqual([]);
      expect(synced.exitCode).toBe(0);
      expect(synced.states.at(-1)).toMatchObject({ bookmarks: state.bookmarks });
    });
  });
});

describe.concurrent('a sync that fails', () => {
  it('a failing sync reads all other streams, and its last state follows all records', async () => {
    await tapped({ backupDays: 2 }, async ({ sandbox, sync }) => {
      const expected = await expectedRows(sandbox);
      sandbox.setFaults([{ path: '/resource-controller/v2/resource_groups', kind: 'status', status: 409 }]);
      const streams = STREAM_NAMES.filter((name) => name !== 'deployments');
      const synced = await sync({ choices: Object.fromEntries(streams.map((name) => [name, {}])) });
      expect(synced.violations).toEqual([]);
      expect(synced.exitCode).toBe(1);
      for (const name of streams) expectRows(synced, name, name === 'resource_groups' ? [] : expected[name]);
    });
  });
});

describe.concurrent('syncs that are stopped at random lines and resumed', () => {
  it('syncs that are stopped at random lines and resumed lose no records', async () => {
    const data = { deployments: 30, gen2Deployments: 9, backupDays: 50, tasksPerDay: 6, latencyMs: 1 };
    await tapped(data, async ({ sandbox, sync }) => {
      const seen: Record<string, Map<string, Row>> = {};
      await runInterrupted<Row, Synced & { state: Row | undefined }>({
        count: 5,
        maxLines: 400,
        signal: 'SIGTERM',
        run: async (state, killAfterLines) => {
          const synced = await sync({ choices: both, state, sent: killAfterLines?.signal, run: { killAfterLines } });
          expect(synced.violations).toEqual([]);
          for (const name of INCREMENTAL) {
            for (const [key, row] of keyed(synced.records.get(name) ?? [])) (seen[name] ??= new Map()).set(key, row);
          }
          return { ...synced, state: synced.states.at(-1) ?? state };
        },
      });
      const rows = historyNow(sandbox);
      for (const name of INCREMENTAL) {
        expect(rows[name].filter(({ id }) => seen[name]?.has(String(id)) !== true)).toEqual([]);
        for (const row of rows[name]) expect(seen[name]?.get(String(row['id']))).toEqual(row);
      }
    });
  });
});

function keyed(rows: readonly Row[]): Array<[string, Row]> {
  return rows.map((row) => [String(row['id']), row]);
}
