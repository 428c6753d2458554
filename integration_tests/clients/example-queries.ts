import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, startConnector } from '../../test-support/connector.ts';
import { lastLines, start } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS } from '../../test-support/python.ts';
import { type Row, expectedRows } from '../ibm-cloud/expected.ts';
import { startPostgres } from './postgres.ts';
import { type Target, openTargets } from './singer-targets.ts';
import type { IbmCloudClientTest, IbmCloudStage } from './stage.ts';

// Runs the queries of docs/sources/ibm-cloud-queries.md, unchanged, on tables that targets loaded from an account.

const PAGE = join(ROOT, 'docs', 'sources', 'ibm-cloud-queries.md');
const DAY_MS = 86_400_000;

type Account = Awaited<ReturnType<typeof expectedRows>>;
/** The expected output of psql, as texts; an empty one is null. */
type Answer = (account: Account) => string[][];

/** The queries by a part of their text that is unique, and the expected result of each. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  'from deployments_team_roles r': members,
  'from billables b': costs,
  'not in the catalogue': oldVersions,
  newest_backup: staleBackups,
};

export const exampleQueries: IbmCloudClientTest = {
  name: 'example-queries',
  title:
    'The queries of the page on IBM Cloud, in Postgres, on what tap-compose and two targets have made of an account',
  platform: 'ibm_cloud',
  // Every engine. Half a day ago, so that no backup is exactly a day old; the last backups of a few have failed.
  holdings: {
    deployments: 14,
    gen2Deployments: 8,
    usageMonths: 4,
    now: new Date(Date.now() - DAY_MS / 2).toISOString(),
  },
  run: async (stage) => {
    const queries = [...readFileSync(PAGE, 'utf8').matchAll(/^```sql\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
    const account = await expectedRows(stage.sandbox);
    const postgres = await startPostgres(stage.folder);
    try {
      const targets = await openTargets(stage, postgres);
      for (const target of targets.filter(({ config }) => 'default_target_schema' in config)) {
        await load(stage, target);
        const schema = String(target.config['default_target_schema']);
        await postgres.query(`alter role postgres set search_path to ${schema}`);
        await postgres.query(`alter role postgres set time zone 'UTC'`);
        for (const query of queries) compare(stage, target, query, await postgres.query(query), account);
      }
      stage.report.same('the page has these queries', queries.length, Object.keys(ANSWERS).length);
    } finally {
      postgres.stop();
    }
  },
};

/** Runs `tap | target` once. */
async function load({ file, folder, config, report }: IbmCloudStage, target: Target): Promise<void> {
  const args = ['--config', file('config.json', config)];
  const tap = startConnector(args, { program: 'tap-compose', stdout: 'leave' });
  const loading = start(target.program, ['--config', file(`${target.name}.json`, target.config)], {
    ...PYTHON_OPTIONS,
    cwd: folder,
    input: tap.child.stdout!,
  });
  const [read, loaded] = await Promise.all([tap.finished, loading.finished]);
  report.same(`${target.name}: the account is read and loaded`, [read.exitCode, loaded.exitCode], [0, 0]);
  if (loaded.exitCode !== 0) report.say(lastLines(loaded.stderr));
}

function compare(
  { report }: IbmCloudStage,
  target: Target,
  query: string,
  found: readonly string[][],
  account: Account,
): void {
  const [part = '', answer] = Object.entries(ANSWERS).find(([text]) => query.includes(text)) ?? [];
  const expected = answer?.(account) ?? [];
  const sorted = [found, expected].map((rows) => rows.map((row) => row.map(utc).join(' | ')).toSorted());
  report.same(`${target.name}: the query with ${part}, ${expected.length} rows`, sorted[0], sorted[1]);
  if (expected.length === 0) report.fail(`${target.name}: ${part}`, 'nothing to find, so this proves nothing');
}

/** A time as in records. psql prints it with or without a zone, and with as many digits as needed. */
function utc(value: string): string {
  return /^\d{4}-\d\d-\d\d \d\d:/.test(value) ? new Date(`${value.replace(/\+00$/, '')}Z`).toISOString() : value;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The members of groups with a role. A group without members has one row. */
function members({ deployments_team_roles: roles, teams }: Account): string[][] {
  return roles.flatMap((role) => {
    const team = teams.find(({ id }) => id === role['access_group_id']);
    if (team === undefined) return [];
    const found = (team['members'] ?? []) as Row[];
    return (found.length === 0 ? [{}] : found).map((member: Row) =>
      [role['name'], role['scope'], role['service_name'], team['name'], member['name'], member['type']].map(text),
    );
  });
}

/** The cost of each database per month. */
function costs({ billables, deployments }: Account): string[][] {
  // In millionths, because databases add decimals exactly and round half a cent up.
  const sums = new Map<string, { row: Row; millionths: number }>();
  for (const row of billables) {
    if (row['billable'] === false || row['non_chargeable'] === true) continue;
    const key = [row['month'], row['deployment_id'], row['currency_code']].join('/');
    const before = sums.get(key)?.millionths ?? 0;
    sums.set(key, { row, millionths: before + Math.round(Number(row['amount']) * 1e6) });
  }
  return [...sums.values()].map(({ row, millionths }) => {
    const deployment = deployments.find(({ id }) => id === row['deployment_id']);
    const name = deployment?.['name'] ?? row['resource_instance_name'] ?? row['deployment_id'];
    return [
      text(row['month']),
      text(name),
      (Math.round(millionths / 1e4) / 100).toFixed(2),
      text(row['currency_code']),
    ];
  });
}

/** Deployments of generation 1 whose version is neither stable nor beta, with their possible upgrades. */
function oldVersions({ deployments, databases, deployments_versions: ways }: Account): string[][] {
  return deployments.flatMap(({ id, name, type, version, generation }) => {
    if (generation !== 'gen1' || version === null) return [];
    const offer = databases.find((row) => row['type'] === type)?.['versions'] as Row[] | undefined;
    const status = offer?.find((row) => row['version'] === version)?.['status'] ?? 'not in the catalogue';
    if (status === 'stable' || status === 'beta') return [];
    const becomes = ways
      .filter((way) => way['deployment_id'] === id)
      .map((way) => ({ to: String(way['to_version']), method: String(way['method']) }))
      .toSorted((one, other) => (one.to < other.to ? -1 : 1))
      .map(({ to, method }) => `${to} (${method})`);
    return [[name, type, version, status, becomes.join(', ')].map(text)];
  });
}

/** Active deployments without a finished backup in the last day. */
function staleBackups({ deployments, deployments_backups: backups }: Account): string[][] {
  return deployments.flatMap(({ id, name, type, generation, state }) => {
    const finished = backups.filter(
      (row) => row['deployment_id'] === id && ['completed', 'active'].includes(String(row['status'])),
    );
    const newest = Math.max(0, ...finished.map((row) => Date.parse(String(row['created_at']))));
    if (state !== 'active' || newest >= Date.now() - DAY_MS) return [];
    return [[name, type, generation, newest === 0 ? '' : new Date(newest).toISOString()].map(text)];
  });
}
