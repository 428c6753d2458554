import { access, coverage, identities, identityText, posture } from './expected-access.ts';
import { type Account, HOUR_MS, rowText, versionStatus } from './expected-rows.ts';
import type { Row } from './warehouses.ts';

// The expected rows of the marts for IBM Cloud, derived from the sandbox's records (integration_tests/ibm-cloud/expected.ts).

const FINISHED = ['completed', 'active'];

export function expectedMarts(account: Account, now: number): Record<string, string[]> {
  return {
    database_costs: costs(account),
    database_sizes_and_costs: sizes(account),
    version_risks: oldVersions(account),
    backup_compliance: backups(account, now),
    database_access: access(account, now),
    database_posture: posture(account, now),
    audit_coverage: coverage(account),
    identities: identities(account, now).map(identityText),
    change_log: tasks(account),
  };
}

/** For each mart, the columns that `expectedMarts` covers. */
export const EXPECTED_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  database_costs: ['month', 'database_name', 'cost', 'change'],
  database_sizes_and_costs: ['database_name', 'memory_gb', 'disk_gb', 'members'],
  version_risks: ['database_name', 'type', 'version', 'status', 'upgrade_to'],
  backup_compliance: ['database_name', 'newest_backup_age_hours', 'status', 'finished_backups', 'failed_backups'],
  database_access: ['database_name', 'role', 'subject_id', 'subject_name', 'group_name', 'scope', 'names_service'],
  database_posture: [
    ...['database_name', 'allowlist_entries', 'restrictions', 'conditional_restrictions', 'network_status'],
    ...['has_own_disk_key', 'independent_backups_authorized', 'is_untagged', 'version_status', 'audit_status'],
    ...['identities', 'unused_identities', 'last_authenticated_at'],
  ],
  audit_coverage: ['location', 'databases', 'status', 'targets', 'failing_targets', 'last_failure_at'],
  identities: ['id', 'name', 'email', 'assumable_by', 'api_keys', 'last_authenticated_at', 'is_unused'],
  change_log: ['happened_at', 'what', 'outcome', 'database_name'],
};

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

/** Generation 1 deployments whose version isn't supported, with their possible upgrades. */
function oldVersions(account: Account): string[] {
  const { deployments = [], deployments_versions: ways = [] } = account;
  return deployments.flatMap((row) => {
    const status = versionStatus(row, account);
    if (status === null || status === 'supported') return [];
    const becomes = ways
      .filter((way) => way['deployment_id'] === row['id'])
      .map((way) => `${String(way['to_version'])} (${String(way['method'])})`);
    return [rowText([row['name'], row['type'], row['version'], status, becomes.toSorted().join(', ')])];
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

function tasks({ deployments = [], deployments_recipes: all = [] }: Account): string[] {
  return all.map((task) => {
    const database = deployments.find(({ id }) => id === task['deployment_id']);
    return rowText([task['created_at'], task['name'], task['status'], database?.['name']]);
  });
}
