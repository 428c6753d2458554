import { type Account, HOUR_MS, rowText, versionStatus } from './expected-rows.ts';
import type { Row } from './warehouses.ts';

// The expected rows of the marts about access, protection and audit events.

/** Whether a policy or rule covers a database, ignoring tags. */
function covers(policy: Row, database: Row): boolean {
  return [
    [policy['service_instance'], database['guid']],
    [policy['service_name'], database['service']],
    [policy['resource_group_id'], database['resource_group_id']],
    [policy['region'], database['region']],
  ].every(([wanted, has]) => wanted === null || wanted === has);
}

/** Each role that a policy grants on a database, once per subject. */
function grants(account: Account): Array<{ database: Row; policy: Row; group: Row | undefined; subject: unknown }> {
  const { deployments = [], deployments_roles: own = [], deployments_team_roles: ofGroups = [], teams = [] } = account;
  return [...own, ...ofGroups].flatMap((policy) => {
    const group = teams.find(({ id }) => id === policy['access_group_id']);
    const members = (group?.['members'] ?? []) as Row[];
    const subjects = policy['iam_id'] === undefined ? members.map((member) => member['iam_id']) : [policy['iam_id']];
    return deployments
      .filter((database) => covers(policy, database))
      .flatMap((database) =>
        (subjects.length === 0 ? [null] : subjects).map((subject) => ({ database, policy, group, subject })),
      );
  });
}

export function access(account: Account, now: number): string[] {
  const names = new Map(identities(account, now).map(({ id, name }) => [id, name]));
  return grants(account).map(({ database, policy, group, subject }) => {
    const { name: role, scope, service_name: service } = policy;
    return rowText([database['name'], role, subject, names.get(subject), group?.['name'], scope, service !== null]);
  });
}

interface Identity {
  readonly id: unknown;
  readonly name: unknown;
  readonly email: unknown;
  readonly assumableBy: string;
  readonly apiKeys: number | null;
  readonly lastLogin: string | null;
  readonly isUnused: boolean | null;
}

/** The users, service IDs and trusted profiles of the account, and other members of its groups. */
export function identities(account: Account, now: number): Identity[] {
  const {
    users = [],
    service_ids: services = [],
    trusted_profiles: profiles = [],
    teams = [],
    api_keys: keys = [],
  } = account;
  const people = users.map((row) => ({ ...row, name: `${String(row['firstname'])} ${String(row['lastname'])}` }));
  const own: Row[] = [...people, ...services, ...profiles];
  const members = teams.flatMap((team) => (team['members'] ?? []) as Row[]);
  const nameOf = (id: unknown): unknown => [...own, ...members].find((row) => row['iam_id'] === id)?.['name'];
  return [...new Set([...own, ...members].map((row) => row['iam_id']))].map((id) => {
    const row = own.find((one) => one['iam_id'] === id);
    const member = members.find((one) => one['iam_id'] === id);
    const parts = ['identities', 'links', 'rules'].map((part) => (row?.[part] ?? []) as Row[]) as [Row[], Row[], Row[]];
    const assuming = [
      ...parts[0].map((one) => nameOf(one['iam_id'])),
      ...parts[1].map((one) => `${String(one['cr_type'])} ${String(one['namespace'])}/${String(one['name'])}`),
      ...parts[2].map((one) => `rule ${String(one['name'])} (${String(one['realm_name'])})`),
    ];
    const enabled = keys.filter((key) => key['iam_id'] === id && key['disabled'] !== true).length;
    const lastLogin = (row?.['last_authenticated_at'] ?? null) as string | null;
    return {
      id,
      name: nameOf(id),
      email: row?.['email'] ?? member?.['email'],
      assumableBy: assuming.toSorted().join(', '),
      apiKeys: enabled === 0 ? null : enabled,
      lastLogin,
      isUnused: row === undefined ? null : lastLogin === null || now - Date.parse(lastLogin) > 90 * 24 * HOUR_MS,
    };
  });
}

export function identityText({ id, name, email, assumableBy, apiKeys, lastLogin, isUnused }: Identity): string {
  return rowText([id, name, email, assumableBy, apiKeys, lastLogin, isUnused]);
}

export function posture(account: Account, now: number): string[] {
  const { deployments = [], deployments_allowlists: addresses = [], deployments_restrictions: rules = [] } = account;
  const byId = new Map(identities(account, now).map((one) => [one.id, one]));
  const all = grants(account);
  return deployments.map((row) => {
    const isGen1 = row['generation'] === 'gen1';
    const allowed = addresses.filter((one) => one['deployment_id'] === row['id']).length;
    const covering = rules.filter((rule) => rule['enforcement_mode'] === 'enabled' && covers(rule, row));
    const [plain, tagged] = [false, true].map(
      (isTagged) =>
        new Set(covering.filter((rule) => (rule['resource_tags'] !== null) === isTagged).map((rule) => rule['rule_id']))
          .size,
    );
    const isPublic = row['endpoints'] === 'private' ? false : row['enable_public_endpoints'];
    const open = tagged! > 0 ? 'restricted_by_tags' : isPublic === true ? 'public' : 'unknown';
    const network = isPublic === false ? 'private' : plain! + allowed > 0 ? 'restricted' : open;
    const subjects = [...new Set(all.filter(({ database }) => database === row).map(({ subject }) => subject))]
      .filter((subject) => subject !== null)
      .map((subject) => byId.get(subject));
    return rowText([
      ...[row['name'], isGen1 ? allowed : null, plain, tagged, network],
      isGen1 || row['version'] === null ? null : row['disk_encryption_key_crn'] !== null,
      row['independent_backups_authorized'],
      row['tags'] === null ? null : (row['tags'] as unknown[]).length === 0,
      ...[versionStatus(row, account), auditOf(row['region'], account).status, subjects.length],
      subjects.filter((one) => one?.isUnused === true).length,
      subjects
        .map((one) => one?.lastLogin ?? '')
        .toSorted()
        .at(-1),
    ]);
  });
}

/**
 * Whether a region's audit events are kept, and the targets that receive them. The first matching rule of each route determines the
 * targets. If no rule matches, the default targets apply.
 */
function auditOf(region: unknown, { audit_routes: routes = [] }: Account): { status: string; targets: Row[] } {
  const matching = routes.filter((row) => ['*', region].includes(row['location']));
  const first = matching.filter(({ route_id: id, rule_number: number }) =>
    matching.every((other) => other['route_id'] !== id || Number(other['rule_number']) >= Number(number)),
  );
  const defaults = routes.filter((row) => row['is_default_target']);
  const targets = (matching.length === 0 ? defaults : first).filter((row) => row['target_id'] !== null);
  if (targets.length === 0) return { status: 'dropped', targets };
  if (targets.every((row) => row['write_status'] === 'failed')) return { status: 'failing', targets };
  return { status: matching.length === 0 ? 'default_target' : 'routed', targets };
}

export function coverage(account: Account): string[] {
  const byRegion = Map.groupBy(account['deployments'] ?? [], (row) => row['region']);
  return [...byRegion].map(([region, { length }]) => {
    const { status, targets } = auditOf(region, account);
    const names = (rows: Row[]): string =>
      rows
        .map((row) => String(row['target_name'] ?? row['target_id']))
        .toSorted()
        .join(', ');
    const failing = targets.filter((row) => row['write_status'] === 'failed');
    return rowText([region, length, status, names(targets), names(failing), failing[0]?.['last_failure_at']]);
  });
}
