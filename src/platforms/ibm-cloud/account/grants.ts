import { unexpectedBody } from '../../../core/failure/errors.ts';
import type { Row } from '../../../core/record/row.ts';
import { objectOf, rowsOf, textIn } from '../api/envelope.ts';
import { linked } from '../api/pages.ts';
import { pick, textOrNull, within } from '../api/values.ts';
import { requiringRole } from '../terms.ts';
import type { Account } from './account.ts';
import { type Attributes, attributesOf, coverageOf, coveringDatabases } from './coverage.ts';
import { crnsByGuid } from './inventory.ts';
import { loadList, logListed } from './list.ts';

export const POLICIES = 'v2/policies';
const ROLES = 'v2/roles';
const VIEWER = 'the Viewer role on IAM Access Management';
const STREAM = 'deployments_roles';

/** The attribute, and the record's field, with the subject that a role is granted to. */
export type SubjectKey = 'iam_id' | 'access_group_id';

/** An access policy (icd-api.md 2.7). */
interface Policy {
  id: string;
  row: Row;
  resource: Attributes;
  subject: Attributes;
  /** The CRNs of the granted roles. */
  roles: readonly string[];
}

/** Roles that policies grant on databases: one row per policy, role and subject. */
type Grants = Readonly<Record<SubjectKey, Row[]>>;

/**
 * `GET /v2/policies` (icd-api.md 2.7), for both streams of roles. The request doesn't filter by service: the API filters by
 * only one service at a time, and policies without a service cover databases, too. Throws a ConnectorError.
 */
export async function loadGrants(account: Account): Promise<Grants> {
  const account_id = await account.requireId();
  const request = { endpoint: 'iam', path: POLICIES, query: { account_id, type: 'access' }, role: VIEWER } as const;
  const next = linked('next', 'start');
  const [rows, names, crns] = await Promise.all([
    loadList(account, { stream: STREAM, ...request, list: 'policies', next, key: 'id' }),
    roleNames(account, account_id),
    account.once(crnsByGuid),
  ]);
  logListed(account, rows.length, 'policy', VIEWER, 'policies');
  const covering = await coveringDatabases(rows.map(policyOf), STREAM, 'policies', account);
  const rowsFor = (key: SubjectKey): Row[] =>
    covering.flatMap((policy) => grantsOf(policy, key, coverageOf(policy, crns), names));
  return { iam_id: rowsFor('iam_id'), access_group_id: rowsFor('access_group_id') };
}

/** Throws `unexpected_body` for an unknown form, because its grants would otherwise be missing or too broad. */
function policyOf(row: Row): Policy {
  const id = String(row['id']);
  const path = `${POLICIES}, policy ${id}`;
  const subject = attributesOf(row['subject'], 'key', path);
  if (!subject.has('iam_id') && !subject.has('access_group_id')) {
    throw unexpectedBody(path, 'its subject has neither iam_id nor access_group_id');
  }
  const roles = rowsOf(within(row['control'], 'grant'), 'roles', path).map((role) => textIn(role, 'role_id', path));
  return { id, row, resource: attributesOf(row['resource'], 'key', path), subject, roles };
}

/** The display names of roles by CRN. */
async function roleNames({ api, config }: Account, account_id: string): Promise<ReadonlyMap<unknown, unknown>> {
  const request = { origin: config.endpoints.iam, path: ROLES, query: { account_id } };
  const body = objectOf(await requiringRole(VIEWER, ROLES, api.get(request, STREAM)), ROLES);
  // IBM may omit empty lists.
  const lists = ['system_roles', 'service_roles', 'custom_roles'].filter((name) => name in body);
  const roles = lists.flatMap((list) => rowsOf(body, list, ROLES));
  return new Map(roles.map(({ crn, display_name }) => [crn, display_name]));
}

/** One row per role and subject. */
function grantsOf(
  { id, row, subject, roles }: Policy,
  key: SubjectKey,
  coverage: Row,
  names: ReadonlyMap<unknown, unknown>,
): Row[] {
  const { service_instance, resource_group_id, service_name } = coverage;
  const common = {
    policy_id: id,
    scope: service_instance ? 'instance' : resource_group_id ? 'resource_group' : service_name ? 'service' : 'account',
    ...coverage,
    description: textOrNull(row['description']),
    resource_tags: within(row['resource'], 'tags'),
    time_condition: row['pattern'],
    ...pick(row, ['state', 'rule', 'created_at', 'created_by_id', 'last_modified_at', 'last_modified_by_id']),
  };
  const used = new Set<string>();
  return roles.flatMap((role_id) => {
    const short = role_id.slice(role_id.lastIndexOf(':') + 1);
    // A custom role may have the same name as a system role.
    const role = used.has(short) ? role_id : short;
    used.add(short);
    const name = names.get(role_id) ?? short;
    return (subject.get(key) ?? []).map((subject) => ({
      id: `${id}/${role}/${subject}`,
      [key]: subject,
      subject_type: subjectTypeOf(key, subject),
      name,
      role,
      role_id,
      ...common,
    }));
  });
}

/** The kind of subject, from the prefix of its id (icd-accounts-access.md 2.19). Any other prefix belongs to a user. */
function subjectTypeOf(key: SubjectKey, id: string): string {
  if (key === 'access_group_id') return 'access_group';
  const [, kind = 'user'] = /^(?:iam-(ServiceId|Profile)|(crn)-crn)/i.exec(id)?.filter(Boolean) ?? [];
  return { serviceid: 'service_id', profile: 'profile', crn: 'resource' }[kind.toLowerCase()] ?? 'user';
}
