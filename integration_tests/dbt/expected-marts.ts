import type { Row } from './warehouses.ts';

// The expected content of the marts for IBM Cloud, derived from the sandbox's records
// (integration_tests/ibm-cloud/expected.ts).

const HOUR_MS = 3_600_000;
const FINISHED = ['completed', 'active'];

type Account = Readonly<Record<string, Row[]>>;

/** The expected rows of each mart, as strings. */
export function expectedMarts(account: Account, now: number): Record<string, string[]> {
  return {
    database_costs: costs(account),
    database_sizes_and_costs: sizes(account),
    version_risks: oldVersions(account),
    backup_compliance: backups(account, now),
    database_access: access(account),
    change_log: tasks(account),
  };
}

/** The columns of each mart that `expectedMarts` covers. */
export const EXPECTED_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  database_costs: ['month', 'database_name', 'cost', 'change'],
  database_sizes_and_costs: ['database_name', 'memory_gb', 'disk_gb', 'members'],
  version_risks: ['database_name', 'type', 'version', 'status', 'upgrade_to'],
  backup_compliance: ['database_name', 'newest_backup_age_hours', 'status', 'finished_backups', 'failed_backups'],
  database_access: ['database_name', 'role', 'subject_id', 'group_name', 'scope', 'names_service'],
  change_log: ['happened_at', 'what', 'outcome', 'database_name'],
};

/**
 * Formats a row as a string: numbers rounded to six decimal places, times as in records, and null as an empty string.
 */
export function rowText(values: readonly unknown[]): string {
  return values
    .map((value) => {
      if (typeof value === 'number') return String(Math.round(value * 1e6) / 1e6);
      const text = typeof value === 'boolean' ? String(value) : ((value ?? '') as string);
      return /^\d{4}-\d\d-\d\dT/.test(text) ? new Date(text).toISOString() : text;
    })
    .join(' | ');
}

function sum(rows: readonly Row[], field: string): number | undefined {
  const numbers = rows.flatMap((row) => (typeof row[field] === 'number' ? [row[field]] : []));
  return numbers.length === 0 ? undefined : numbers.reduce((total, one) => total + Math.round(one * 1e6), 0) / 1e6;
}

/** The monthly cost of each database, and the change from the previous month, if that month was read. */
function costs({ billables = [], deployments = [] }: Account): string[] {
  const charged = billables.filter((row) => row['billable'] !== false && row['non_chargeable'] !== true);
  const months = [...new Set(charged.map((row) => String(row['month'])))].toSorted();
  const byDatabase = Map.groupBy(charged, (row) => row['deployment_id']);
  return [...byDatabase].flatMap(([id, rows]) =>
    months.flatMap((month, i) => {
      const [here, before] = [month, months[i - 1]].map((one) => rows.filter((row) => row['month'] === one));
      if (here!.length === 0 && before!.length === 0) return [];
      const cost = sum(here!, 'amount') ?? 0;
      const name = deployments.find((row) => row['id'] === id)?.['name'] ?? rows[0]!['resource_instance_name'];
      return [rowText([month, name, cost, i === 0 ? null : cost - (sum(before!, 'amount') ?? 0)])];
    }),
  );
}

function sizes({ deployments = [], deployments_scalings: groups = [] }: Account): string[] {
  return deployments.map(({ id, name }) => {
    const own = groups.filter((row) => row['deployment_id'] === id);
    const [memory, disk] = ['memory_mb_total', 'disk_mb_total'].map((field) => {
      const total = sum(own, field);
      return total === undefined ? null : Math.round((total / 1024) * 1000) / 1000;
    });
    return rowText([name, memory, disk, sum(own, 'members')]);
  });
}

/** Generation 1 deployments whose version is neither stable nor beta, with their possible upgrades. */
function oldVersions({ deployments = [], databases = [], deployments_versions: ways = [] }: Account): string[] {
  return deployments.flatMap(({ id, name, type, version, generation }) => {
    if (generation !== 'gen1' || version === null) return [];
    const offer = databases.find((row) => row['type'] === type)?.['versions'] as Row[] | undefined;
    const status = offer?.find((row) => row['version'] === version)?.['status'] ?? 'not_in_catalog';
    if (status === 'stable' || status === 'beta') return [];
    const becomes = ways
      .filter((way) => way['deployment_id'] === id)
      .map((way) => `${String(way['to_version'])} (${String(way['method'])})`);
    return [rowText([name, type, version, status, becomes.toSorted().join(', ')])];
  });
}

function backups({ deployments = [], deployments_backups: all = [] }: Account, now: number): string[] {
  return deployments.flatMap(({ id, name, state }) => {
    if (state !== 'active') return [];
    const age = (row: Row): number => Math.floor((now - Date.parse(String(row['created_at']))) / HOUR_MS);
    const own = all.filter((row) => row['deployment_id'] === id && age(row) < 30 * 24);
    const ages = own.filter((row) => FINISHED.includes(String(row['status']))).map(age);
    const failed = own.filter((row) => ['failed', 'expired'].includes(String(row['status'])));
    const newest = ages.length === 0 ? null : Math.min(...ages);
    const status = newest === null ? 'none' : newest < 24 ? 'ok' : 'late';
    return [rowText([name, newest, status, ages.length, failed.length])];
  });
}

function access({
  deployments = [],
  deployments_roles: own = [],
  deployments_team_roles: ofGroups = [],
  teams = [],
}: Account): string[] {
  const rows = [...own, ...ofGroups].flatMap((policy) => {
    const group = teams.find(({ id }) => id === policy['access_group_id']);
    const members = (group?.['members'] ?? []) as Row[];
    const subjects = policy['iam_id'] === undefined ? members.map((member) => member['iam_id']) : [policy['iam_id']];
    return deployments
      .filter((database) =>
        [
          [policy['service_instance'], database['guid']],
          [policy['service_name'], database['service']],
          [policy['resource_group_id'], database['resource_group_id']],
          [policy['region'], database['region']],
        ].every(([wanted, has]) => wanted === null || wanted === has),
      )
      .flatMap(({ name }) =>
        (subjects.length === 0 ? [null] : subjects).map((subject) =>
          rowText([name, policy['name'], subject, group?.['name'], policy['scope'], policy['service_name'] !== null]),
        ),
      );
  });
  return rows;
}

function tasks({ deployments = [], deployments_recipes: all = [] }: Account): string[] {
  return all.map((task) => {
    const database = deployments.find(({ id }) => id === task['deployment_id']);
    return rowText([task['created_at'], task['name'], task['status'], database?.['name']]);
  });
}
