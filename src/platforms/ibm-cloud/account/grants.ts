import { asConnectorError, unexpectedBody } from '../../../core/failure/errors.ts';
import { type Field, listOfObjects, object, text, timestamp } from '../../../core/stream/fields.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { listIn, objectOf, textOrNull, within } from '../api/envelope.ts';
import { engineIn } from './instance.ts';
import { allRows, listPages, tokenOfNext } from '../api/pages.ts';
import { type Attributes, type Policy, policyOf } from './policy.ts';
import { type Selection, guidOf } from './selection.ts';
import type { Api } from '../../platform.ts';
import type { Endpoints } from '../api/endpoints.ts';
import type { Inventory } from './inventory.ts';
import { count, requiringRole } from '../terms.ts';

export const POLICIES = 'v2/policies';
const ROLES = 'v2/roles';

const SUBJECTS = ['iam_id', 'access_group_id'] as const;
/** Whom a role is given to. */
export type SubjectKey = (typeof SUBJECTS)[number];

/** What grants are made from. */
interface GrantSources {
  api: Api;
  endpoints: Endpoints;
  inventory: Inventory;
  selection: Selection;
  account: (owner: string) => Promise<string>;
}

/** The policies that open databases, as one row for each policy, role and subject. */
export interface Grants {
  rows: Readonly<Record<SubjectKey, Row[]>>;
  requests: number;
}

/** The fields of a grant, which differ in the subject alone. */
export function grantFields(subject: SubjectKey, description: string): Record<string, Field> {
  return {
    id: text(`Key made for this stream: policy_id/role/${subject}.`),
    policy_id: text('Id of the policy that gives the role.'),
    [subject]: text(description),
    name: text('Name of the role for people, such as Viewer.'),
    role: text('Name of the role in its CRN.'),
    role_id: text('CRN of the role.'),
    scope: text('What the policy covers: instance, resource_group, service or account.'),
    deployment_id: text('CRN of the deployment that it covers, if it covers one that is listed.'),
    service_instance: text('GUID of the instance that it covers, if it covers one.'),
    service_name: text('Service that it covers, such as databases-for-postgresql; none if it names no service.'),
    resource_group_id: text('Id of the resource group that it covers, if it covers one.'),
    region: text('Region that it is limited to, if it is.'),
    state: text('State of the policy: active.'),
    description: text('What its author says of it.'),
    resource_tags: listOfObjects('Access tags that it is limited to, if it is: then it covers only what has them.', {
      key: text('Name of the tag.'),
      operator: text('How the value is compared.'),
      value: text('Value of the tag.'),
    }),
    time_condition: text('Pattern of the times that it is limited to, if it is.'),
    rule: object('The condition itself.'),
    created_at: timestamp('When the policy was made.'),
    created_by_id: text('IAM id of who made it.'),
    last_modified_at: timestamp('When it last changed.'),
    last_modified_by_id: text('IAM id of who last changed it.'),
  };
}

/**
 * `GET /v2/policies` (icd-api.md 2.7), once for both streams: the API filters by one service at a time, and policies without
 * one open databases, too. Throws a ConnectorError.
 */
export async function loadGrants(sources: GrantSources, owner: string): Promise<Grants> {
  const { api, endpoints, inventory, selection } = sources;
  const origin = endpoints.iam;
  const account_id = await sources.account(owner);
  const request = { origin, path: POLICIES, query: { account_id, type: 'access' } };
  const pages = listPages(api, request, owner, 'policies', ({ next }) => tokenOfNext(next, 'start', 'start', POLICIES));
  const [{ rows, requests }, names, found] = await Promise.all([
    requiringRole('the role Viewer on IAM Access Management', POLICIES, allRows(pages)),
    roleNames(sources, account_id, owner),
    inventory.load(),
  ]);
  const crns = new Map(found.deployments.map(({ id, guid }) => [guidOf(guid), id]));
  const byKey: Record<SubjectKey, Row[]> = { iam_id: [], access_group_id: [] };
  const seen = new Set<string>();
  let opening = 0;
  for (const [i, row] of rows.entries()) {
    const where = `row ${i + 1} of ${rows.length}`;
    const policy = policyOf(row, POLICIES, where);
    // The list is no snapshot, and may show one on two pages.
    if (policy === undefined || seen.has(policy.id)) continue;
    seen.add(policy.id);
    if (!opensDatabases(policy)) continue;
    opening += 1;
    if (!isSelected(policy, crns)) continue;
    const subjects = SUBJECTS.flatMap((key) => policy.subject.get(key) ?? []);
    if (subjects.length === 0 || subjects.includes('')) {
      throw unexpectedBody(POLICIES, `${where} has a subject without ${SUBJECTS.join(' or ')}`);
    }
    for (const key of SUBJECTS) byKey[key].push(...grantsOf(policy, key, crns, names));
  }
  api.log(
    'info',
    `IBM Cloud lists ${count(seen.size, 'policy', 'policies')} to this API key, of which ${opening} ${opening === 1 ? 'opens' : 'open'} databases. Policies that it may not view are not listed; the role Viewer on IAM Access Management should show all. Compare the number with the console`,
  );
  return { rows: byKey, requests: requests + 1 };

  /** A policy about another deployment or group than the chosen says nothing of them. */
  function isSelected({ resource }: Policy, chosen: ReadonlyMap<string, string>): boolean {
    const instances = resource.get('serviceInstance') ?? [];
    if (instances.length === 0) {
      const groups = resource.get('resourceGroupId') ?? [];
      const { resourceGroupIds } = selection;
      return (
        [groups, resourceGroupIds].some((list) => list.length === 0) ||
        groups.some((group) => fitsAny(group, resourceGroupIds))
      );
    }
    if (instances.some((instance) => fitsAny(instance, [...chosen.keys()]))) return true;
    // One that is gone can still be named.
    return selection.resourceGroupIds.length === 0 && instances.some((instance) => selection.hasDeployment(instance));
  }
}

/** The names for people. They are not worth a failure: without them a role goes by the name in its CRN. */
async function roleNames(
  { api, endpoints }: GrantSources,
  account_id: string,
  owner: string,
): Promise<ReadonlyMap<unknown, unknown>> {
  try {
    const body = objectOf(await api.get({ origin: endpoints.iam, path: ROLES, query: { account_id } }, owner), ROLES);
    // The API may leave out those that it has none for, but not all.
    const lists = ['system_roles', 'service_roles', 'custom_roles'].filter((name) => name in body);
    if (lists.length === 0) throw unexpectedBody(ROLES, 'it has no list of roles');
    const rows = lists.flatMap((name) => listIn(body, name, ROLES));
    return new Map(
      rows.map((row, i) => {
        if (!isRow(row)) throw unexpectedBody(ROLES, `role ${i + 1} of ${rows.length} is no object`);
        return [row['crn'], row['display_name']];
      }),
    );
  } catch (thrown) {
    const error = asConnectorError(thrown);
    if (!error.isRejection) throw thrown;
    api.log(
      'warn',
      `${owner}: roles go by the names in their CRNs, because IBM Cloud refused the others (${error.answer})`,
    );
    return new Map();
  }
}

/** A row for each role and subject of a policy. */
function grantsOf(
  { id, row, resource, subject: subjects, roles }: Policy,
  key: SubjectKey,
  crns: ReadonlyMap<string, string>,
  names: ReadonlyMap<unknown, unknown>,
): Row[] {
  const { state, description, pattern, rule, created_at, created_by_id, last_modified_at, last_modified_by_id } = row;
  // Any instance or group is none in particular.
  const instance = particular(textOf(resource, 'serviceInstance'));
  const resource_group_id = particular(textOf(resource, 'resourceGroupId'));
  const service_name = textOf(resource, 'serviceName');
  const common = {
    policy_id: id,
    scope: instance ? 'instance' : resource_group_id ? 'resource_group' : service_name ? 'service' : 'account',
    deployment_id: instance === undefined ? undefined : crns.get(guidOf(instance)),
    service_instance: instance,
    service_name,
    resource_group_id,
    region: textOf(resource, 'region'),
    state,
    description: textOrNull(description),
    resource_tags: within(row['resource'], 'tags'),
    time_condition: pattern,
    rule,
    created_at,
    created_by_id,
    last_modified_at,
    last_modified_by_id,
  };
  const shown = new Set<string>();
  return roles.flatMap((role_id) => {
    const short = role_id.slice(role_id.lastIndexOf(':') + 1);
    // A role of the account's own may have the name of one of IBM's.
    const role = shown.has(short) ? role_id : short;
    shown.add(short);
    const name = names.get(role_id) ?? short;
    return (subjects.get(key) ?? []).map((subject) => ({
      id: `${id}/${role}/${subject}`,
      [key]: subject,
      name,
      role,
      role_id,
      ...common,
    }));
  });
}

/**
 * Whether a policy covers database services: it names one, or it names no service and is about services at all, not about
 * the platform's own or about the resource group as a thing that is viewed.
 */
function opensDatabases({ resource }: Policy): boolean {
  const services = resource.get('serviceName') ?? [];
  if (services.length > 0) return services.some(mayBeOfDatabases);
  const type = textOf(resource, 'serviceType');
  return (
    !resource.has('service_group_id') &&
    !resource.has('resourceType') &&
    (type === undefined || type === 'service' || type === '*')
  );
}

/** A name may end in an asterisk. */
function mayBeOfDatabases(service: string): boolean {
  const star = service.indexOf('*');
  if (star === -1) return engineIn(service) !== undefined;
  const start = service.slice(0, star);
  return ['databases-for-', 'messages-for-'].some((prefix) => prefix.startsWith(start) || start.startsWith(prefix));
}

/** Whether a value, which may end in an asterisk, stands for one of them. */
function fitsAny(value: string, ids: readonly string[]): boolean {
  const star = value.indexOf('*');
  const start = (star === -1 ? value : value.slice(0, star)).toLowerCase();
  return ids.some((id) => (star === -1 ? guidOf(id) === start : guidOf(id).startsWith(start)));
}

function particular(value: string | undefined): string | undefined {
  return value === '*' ? undefined : value;
}

function textOf(attributes: Attributes, key: string): string | undefined {
  const values = attributes.get(key) ?? [];
  return values.length === 0 ? undefined : values.join(',');
}
