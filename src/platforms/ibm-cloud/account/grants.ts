import { unexpectedBody } from '../../../core/failure/errors.ts';
import { type Field, listOfObjects, object, text, timestamp } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import { objectOf, rowsOf } from '../api/envelope.ts';
import { allRows, listPages, tokenIn } from '../api/pages.ts';
import { pick, textOrNull, within } from '../api/values.ts';
import { count, requiringRole } from '../terms.ts';
import { accountId } from './account-id.ts';
import type { Account } from './account.ts';
import { coverageOf, coversDatabases, isSelected, warnOfLimits } from './coverage.ts';
import { loadInventory } from './inventory.ts';
import { POLICIES, type Policy, type SubjectKey, policyOf, subjectTypeOf } from './policy.ts';
import { guidOf } from './selection.ts';

const ROLES = 'v2/roles';
const VIEWER = 'the Viewer role on IAM Access Management';
const STREAM = 'deployments_roles';

/** The roles that policies grant on databases: one row per policy, role and subject. */
interface Grants {
  rows: Readonly<Record<SubjectKey, Row[]>>;
  requests: number;
}

/** Declares a stream of the roles granted to one kind of subject; the caller adds the stream's name and description. */
export function grantsTo(subject: SubjectKey, description: string) {
  return {
    retrieval: {
      way: 'shared' as const,
      path: POLICIES,
      async load(account: Account) {
        const { rows, requests } = await account.once(loadGrants);
        return { rows: rows[subject], requests };
      },
    },
    primaryKey: 'id',
    dropped: [],
    fields: grantFields(subject, description),
  };
}

function grantFields(subject: SubjectKey, description: string): Record<string, Field> {
  return {
    id: text(`Key generated for this stream: policy_id/role/${subject}.`),
    policy_id: text('ID of the policy that grants the role.'),
    [subject]: text(description),
    subject_type: text('Kind of subject: user, service_id, profile, resource or access_group.'),
    name: text('Display name of the role, such as Viewer.'),
    role: text('Name of the role, as in its CRN.'),
    role_id: text('CRN of the role.'),
    scope: text('Scope of the policy: instance, resource_group, service or account.'),
    deployment_id: text('CRN of the deployment, if the policy is limited to a deployment that the API key can view.'),
    service_instance: text('GUID of the service instance, if the policy is limited to one instance.'),
    service_name: text('Name of the service, such as databases-for-postgresql; null for a policy on all services.'),
    resource_group_id: text('ID of the resource group, if the policy is limited to one group.'),
    region: text('Region that the policy is limited to.'),
    state: text('State of the policy, such as active.'),
    description: text('Description of the policy.'),
    resource_tags: listOfObjects('Access management tags that resources must have.', {
      key: text('Name of the tag.'),
      operator: text('Operator that compares the value.'),
      value: text('Value of the tag.'),
    }),
    time_condition: text('Pattern of a time-based condition.'),
    rule: object('Rule of a time-based condition.'),
    created_at: timestamp('Creation time of the policy.'),
    created_by_id: text('IAM ID of the creator.'),
    last_modified_at: timestamp('Time of the last modification.'),
    last_modified_by_id: text('IAM ID of the last modifier.'),
  };
}

/**
 * `GET /v2/policies` (icd-api.md 2.7), for both streams of roles. The request doesn't filter by service: the API filters by
 * only one service at a time, and policies without a service cover databases, too. Throws a ConnectorError.
 */
export async function loadGrants(account: Account): Promise<Grants> {
  const { api, config } = account;
  const account_id = await account.once(accountId);
  const request = { origin: config.endpoints.iam, path: POLICIES, query: { account_id, type: 'access' } };
  const pages = listPages(api, request, STREAM, 'policies', ({ next }) => tokenIn(next, ['start'], POLICIES));
  const [{ rows, requests }, names, { deployments }] = await Promise.all([
    requiringRole(VIEWER, POLICIES, allRows(pages)),
    roleNames(account, account_id),
    account.once(loadInventory),
  ]);
  const crns = new Map(deployments.map(({ id }) => [guidOf(id), id]));
  // The list isn't a snapshot, so it may contain a policy twice.
  const policies = new Map<string, Policy>();
  for (const [i, row] of rows.entries()) {
    const policy = policyOf(row, `row ${i + 1} of ${rows.length}`);
    if (policy !== undefined) policies.set(policy.id, policy);
  }
  const covering = [...policies.values()].filter(coversDatabases);
  api.log(
    'info',
    `IBM Cloud lists ${count(policies.size, 'policy', 'policies')} for this API key, ${covering.length} of which cover databases. It omits policies that the key can't view; to include them, grant ${VIEWER}. Compare the number with the console`,
  );
  const selected = covering.filter((policy) => isSelected(policy, crns, account));
  warnOfLimits(STREAM, ['policy', 'policies'], selected, account);
  const rowsFor = (key: SubjectKey): Row[] => selected.flatMap((policy) => grantsOf(policy, key, crns, names));
  return { rows: { iam_id: rowsFor('iam_id'), access_group_id: rowsFor('access_group_id') }, requests: requests + 1 };
}

/** The display names of roles by CRN. */
async function roleNames({ api, config }: Account, account_id: string): Promise<ReadonlyMap<unknown, unknown>> {
  const request = { origin: config.endpoints.iam, path: ROLES, query: { account_id } };
  const body = objectOf(await requiringRole(VIEWER, ROLES, api.get(request, STREAM)), ROLES);
  // IBM may omit empty lists, but never all three lists.
  const lists = ['system_roles', 'service_roles', 'custom_roles'].filter((name) => name in body);
  if (lists.length === 0) throw unexpectedBody(ROLES, 'it has no list of roles');
  return new Map(
    lists.flatMap((list) => rowsOf(body, list, ROLES)).map(({ crn, display_name }) => [crn, display_name]),
  );
}

/** One row per role and subject. */
function grantsOf(
  { id, row, resource, subject, roles }: Policy,
  key: SubjectKey,
  crns: ReadonlyMap<string, string>,
  names: ReadonlyMap<unknown, unknown>,
): Row[] {
  const covered = coverageOf({ id, resource }, crns);
  const { service_instance, resource_group_id, service_name } = covered;
  const common = {
    policy_id: id,
    scope: service_instance ? 'instance' : resource_group_id ? 'resource_group' : service_name ? 'service' : 'account',
    ...covered,
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
