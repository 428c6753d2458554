import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IbmCloudSandbox, startSandbox } from '../../sandbox/server.ts';
import { VIEW_TARGETS, compileViews, viewsUrl } from '../../scripts/dbt-views.ts';
import { clockAt } from '../../test-support/clock.ts';
import { composeConfig } from '../../test-support/configs.ts';
import { ROOT, buildIfNeeded } from '../../test-support/connector.ts';
import { outputOf } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS, environment } from '../../test-support/python.ts';
import { Workspace } from '../../test-support/workspace.ts';
import { type Postgres, startPostgres } from '../clients/postgres.ts';
import { expectedRows, withLastLogin } from '../ibm-cloud/expected.ts';
import { difference, screenshot, widthsIn } from './browser.ts';
import { EXPECTED_COLUMNS, expectedMarts } from './expected-marts.ts';
import { rowText } from './expected-rows.ts';
import { MARTS, type Marts, OF_IBM_CLOUD, type Row, WAREHOUSES, Warehouses } from './warehouses.ts';

const DAY_SECONDS = 86_400;
/** An account with every engine, and only a few rows of each stream. */
const ACCOUNT = {
  platform: 'ibm_cloud',
  now: '2026-11-24T12:00:00Z',
  deployments: 14,
  gen2Deployments: 8,
  usageMonths: 4,
  backupDays: 6,
  tasksPerDay: 1,
  auditEvents: 60,
  auditDays: 7,
  // Four loaders read at the same time, so the sandbox doesn't limit queries.
  queriesPerMinute: 0,
} as const;
/** Streams whose records the warehouse keeps after IBM has deleted them. */
const KEPT = ['billables', 'deployments_backups', 'deployments_recipes'];

const workspace = new Workspace('dbt').openToAll();
const kept = new Map<string, Map<unknown, Row>>(KEPT.map((name) => [name, new Map()]));
let postgres: Postgres;
let warehouses: Warehouses;
let sandbox: IbmCloudSandbox;
let latest: Marts;

beforeAll(async () => {
  await buildIfNeeded();
  postgres = await startPostgres(workspace.folder);
  warehouses = await Warehouses.open(workspace, postgres);
  sandbox = await startSandbox(ACCOUNT);
});

afterAll(async () => {
  await sandbox.close();
  await warehouses.close();
  postgres.stop();
  workspace.remove();
});

/** Syncs the account with all loaders, whose clocks are set to the sandbox's time. */
function sync(): Promise<Record<string, boolean>> {
  return warehouses.sync({ platform: 'ibm_cloud', config: sandbox.config, nodeOptions: clockAt(sandbox.now()) });
}

const SUCCEEDED = Object.fromEntries(WAREHOUSES.map((name) => [name, true]));
const FAILED = Object.fromEntries(WAREHOUSES.map((name) => [name, false]));

/** Returns the expected records, including deleted records of the streams in `KEPT`. */
async function note(): Promise<Record<string, Row[]>> {
  const now = await expectedRows(sandbox);
  for (const [name, rows] of kept) for (const row of now[name as 'billables']) rows.set(row['id'], row);
  for (const name of ['users', 'service_ids', 'trusted_profiles'] as const) {
    const activities = [...sandbox.rows(name)].map(({ activity }) => activity as Row);
    now[name] = now[name].map((row, i) => withLastLogin(row, activities[i] ?? {}));
  }
  return { ...now, ...Object.fromEntries([...kept].map(([name, rows]) => [name, [...rows.values()]])) };
}

/** Builds the marts in all warehouses, and expects them to be identical and to match the sandbox. */
async function build(command: 'build' | 'run'): Promise<Marts> {
  const all: Marts[] = [];
  for (const warehouse of WAREHOUSES) all.push(await warehouses.build(warehouse, command, sandbox.now()));
  const [first, ...others] = all.map((marts) => sorted(marts));
  for (const [i, other] of others.entries()) expect(other, WAREHOUSES[i + 1]).toEqual(first);
  [latest] = all as [Marts];

  for (const [mart, expected] of Object.entries(expectedMarts(await note(), sandbox.now()))) {
    const rows = latest[mart as keyof Marts].filter(
      (row) => row['platform'] === 'ibm_cloud' && row['kind'] !== 'audit_event',
    );
    const texts = rows.map((row) => rowText(EXPECTED_COLUMNS[mart]!.map((column) => row[column])));
    expect(texts.toSorted(), mart).toEqual(expected.toSorted());
    expect(expected.length, mart).toBeGreaterThan(0);
  }
  return latest;
}

function sorted(marts: Marts, isWanted: (row: Row) => boolean = () => true): Record<string, string[]> {
  const texts = (rows: Row[]): string[] =>
    rows
      .filter(isWanted)
      .map((row) => JSON.stringify(row))
      .toSorted();
  return Object.fromEntries(MARTS.map((mart) => [mart, texts(marts[mart])]));
}

test('all marts match the sandbox, whichever program loads the data', async () => {
  const compose = await startSandbox({ deployments: 3, auditEvents: 30, recipes: 4 });
  const config = composeConfig({ api_token: compose.token, base_url: compose.baseUrl });
  expect(await warehouses.sync({ platform: 'compose', config, nodeOptions: '' })).toEqual(SUCCEEDED);
  await compose.close();
  expect(await sync()).toEqual(SUCCEEDED);
  const marts = await build('build');
  const ofCompose = MARTS.filter((mart) => marts[mart].some(({ platform }) => platform === 'compose'));
  expect(ofCompose).toEqual(MARTS.slice(OF_IBM_CLOUD.length));
  const events = marts.change_log.filter(({ id }) => String(id).startsWith('ibm_cloud/audit_event/'));
  expect(events.length).toBe(sandbox.counts().audit_events);
});

/** Screenshots of the insights page in the README and docs, with their heights. `UPDATE_PICTURES=1` replaces them. */
const PICTURES = { 'docs/insights.png': 760, 'docs/sources/ibm-cloud-insights.png': 1800 };
const PAGE = join(ROOT, 'docs', 'sources', 'ibm-cloud-queries.md');

test.each(VIEW_TARGETS)(
  'the views for %s match the output of `npm run dbt:views`, and have the same rows as the marts',
  async (target) => {
    const text = readFileSync(viewsUrl(target), 'utf8');
    expect(text).toBe(await compileViews(target));
    const loader = target === 'duckdb' ? 'pyairbyte' : 'meltanolabs';
    const now = `timestamptz '${new Date(sandbox.now()).toISOString()}'`;
    const ours = text.replace(/ibm_cloud(?=[.;])/g, `${loader}_ibm_cloud`).replaceAll('current_timestamp', now);
    await warehouses.execute(target, ours);
    const found = sorted(await warehouses.rows(target, 'databases'));
    expect(found).toEqual(sorted(latest, ({ platform }) => platform === 'ibm_cloud'));

    // Run the page's queries unchanged.
    const blocks = [...readFileSync(PAGE, 'utf8').matchAll(/^```sql\n(s[^]*?)^```$/gm)].map(([, sql = '']) => sql);
    expect(blocks.length).toBe(MARTS.length + 1);
    await warehouses.execute(target, blocks.join('\n'));
    // Remove the views, because later syncs must find the database unchanged.
    if (target === 'postgres') await warehouses.execute(target, 'drop schema databases cascade;');
  },
);

test('the examples/insights page shows the numbers in the marts, and looks like its screenshots', async () => {
  const html = workspace.file('insights.html', '');
  const make = `import sys, pathlib, insights; pathlib.Path(sys.argv[2]).write_text(insights.page(pathlib.Path(sys.argv[1]))[0], "utf-8")`;
  const env = { ...PYTHON_OPTIONS.env, PYTHONPATH: join(ROOT, 'examples', 'insights') };
  const python = join(await environment('clients'), 'python');
  await outputOf(python, ['-c', make, warehouses.duckdb, html], { ...PYTHON_OPTIONS, env });
  const text = readFileSync(html, 'utf8');
  const ofIbm = (mart: keyof Marts): Row[] => latest[mart].filter(({ platform }) => platform === 'ibm_cloud');
  const total = ofIbm('database_costs').reduce((sum, { cost }) => sum + Number(cost), 0);
  const months = new Set(ofIbm('database_costs').map(({ month }) => month));
  const risky = ofIbm('version_risks');
  const late = ofIbm('backup_compliance').filter(({ status }) => status !== 'ok');
  const summary = `${total.toFixed(2)} USD in ${months.size} months, ${ofIbm('database_sizes_and_costs').length} databases, ${risky.length} versions at risk, ${late.length} without a recent backup`;
  expect(text).toContain(`<p>${summary}</p>`);
  const cells = new Set([...text.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, cell]) => cell));
  const shownIn = (rows: Row[], column: string): string[] =>
    rows.map((row) => String(row[column]).replaceAll('"', '&quot;'));
  const databases = shownIn([...risky, ...late, ...ofIbm('database_posture')], 'database_name');
  expect(databases.filter((name) => !cells.has(name))).toEqual([]);
  const subjects = shownIn(ofIbm('database_access'), 'subject_name');
  expect(subjects.filter((name) => !text.includes(`<td>${name}`))).toEqual([]);
  expect(text).not.toContain('<script');

  const frames = [1100, 768, 375];
  const shown = await widthsIn(workspace, text, frames);
  expect(shown.console).toEqual([]);
  expect(shown.widths).toEqual(frames);
  for (const [name, height] of Object.entries(PICTURES)) {
    const png = workspace.file('insights.png', '');
    await screenshot(html, [1000, height], png);
    const picture = join(ROOT, name);
    if (process.env['UPDATE_PICTURES'] === '1') cpSync(png, picture);
    expect(await difference(png, picture), name).toBeLessThan(0.03);
  }
});

test('the marts still match the sandbox a day later, and after a failed sync', async () => {
  sandbox.passTime(DAY_SECONDS);
  sandbox.touchUsage();
  sandbox.addEvents(3);
  expect(await sync()).toEqual(SUCCEEDED);
  sandbox.setFaults([
    { path: '/iam/v2/groups', kind: 'status', status: 403 },
    { path: '/databases/*/v5/ibm/deployments/*/capability/versions', kind: 'envelope', shape: 'list-missing' },
  ]);
  expect(await sync()).toEqual(FAILED);
  sandbox.setFaults([]);
  await build('run');
});

test('a deleted database disappears from all marts except `change_log`', async () => {
  const before = sandbox.deploymentIds;
  await sandbox.close();
  sandbox = await startSandbox({ ...ACCOUNT, gen2Deployments: ACCOUNT.gen2Deployments - 1 });
  const [deleted, ...others] = before.filter((id) => !sandbox.deploymentIds.includes(id));
  expect(others).toEqual([]);
  sandbox.passTime(DAY_SECONDS);
  sandbox.touchUsage();
  sandbox.addEvents(3);
  sandbox.passTime(2 * DAY_SECONDS);
  expect(await sync()).toEqual(SUCCEEDED);
  const marts = await build('run');
  const having = MARTS.filter((mart) => marts[mart].some(({ deployment_id: id }) => id === deleted));
  expect(having).toEqual(['change_log']);
});
