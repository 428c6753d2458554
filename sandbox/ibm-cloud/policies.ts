import { pick, upTo } from '../noise.ts';
import { type Answer, type Received, type Row, json } from '../platform.ts';
import { groupId, userId } from './access.ts';
import { deploymentId } from './deployments.ts';
import type { Refuse } from './errors.ts';
import { gen2Id } from './gen2.ts';
import { type Pages, lastPage, link } from './pages.ts';
import { resourceGroupIds } from './resource-groups.ts';
import { DAY, Kind, type World, accountId, iso, uuid } from './world.ts';

const VIEWER = 'crn:v1:bluemix:public:iam::::role:Viewer';
const EDITOR = 'crn:v1:bluemix:public:iam::::role:Editor';
const ADMINISTRATOR = 'crn:v1:bluemix:public:iam::::role:Administrator';

/** A kind of policy, with its subjects, the resources that it covers, and the roles that it grants. */
interface PolicyKind {
  readonly subject: Subject | readonly Subject[];
  readonly covers: Readonly<Record<string, string>>;
  readonly roles: readonly string[];
  /**
   * Whether the policy covers databases. A policy without a service also covers databases, unless it is for the
   * platform's own services.
   */
  readonly opensDatabases: boolean;
  readonly more?: Row;
}

interface Subject {
  readonly key: 'iam_id' | 'access_group_id';
  readonly value: string;
}

/** All kinds of policies. `round` distinguishes policies of the same kind (icd-api.md, 2.7). */
function kindsOf(world: World, round: number): readonly [PolicyKind, ...PolicyKind[]] {
  const user = (place: number): Subject => ({ key: 'iam_id', value: userId(world, round + place) });
  const service: Subject = { key: 'iam_id', value: `iam-ServiceId-${uuid(world, Kind.service, 0, round + 2)}` };
  const profile: Subject = { key: 'iam_id', value: `iam-Profile-${uuid(world, Kind.profile, 0, round + 3)}` };
  const groups = Math.max(1, world.options.accessGroups);
  const group: Subject = { key: 'access_group_id', value: groupId(world, round % groups) };
  const deployment = (index: number): Record<string, string> => segments(deploymentId(world, index));
  const [, production = ''] = resourceGroupIds(world);
  const own = `crn:v1:bluemix:public:iam-access-management::a/${accountId(world)}::customRole:Nightwatch`;
  return [
    { subject: user(0), covers: deployment(round), roles: [VIEWER, EDITOR], opensDatabases: true },
    { subject: group, covers: { serviceName: 'databases-for-redis' }, roles: [ADMINISTRATOR], opensDatabases: true },
    { subject: group, covers: { resourceGroupId: production }, roles: [VIEWER], opensDatabases: true },
    { subject: service, covers: segments(gen2Id(world, round)), roles: [VIEWER], opensDatabases: true },
    { subject: profile, covers: { serviceType: 'service' }, roles: [EDITOR], opensDatabases: true },
    { subject: user(1), covers: { serviceName: 'cloud-object-storage' }, roles: [EDITOR], opensDatabases: false },
    // A policy for a deleted instance.
    {
      subject: group,
      covers: { serviceName: 'databases-for-mysql', serviceInstance: uuid(world, Kind.hidden, 9, round) },
      roles: [VIEWER],
      opensDatabases: true,
    },
    // A policy for several subjects, with a custom role.
    { subject: [user(2), user(3)], covers: { region: 'eu-de' }, roles: [own], opensDatabases: true },
    {
      subject: group,
      covers: { serviceType: 'platform_service' },
      roles: [ADMINISTRATOR],
      opensDatabases: false,
    },
    {
      subject: user(0),
      covers: { serviceName: 'messages-for-rabbitmq', region: 'us-south' },
      roles: [VIEWER],
      opensDatabases: true,
      more: {
        pattern: 'time-based-conditions:once',
        rule: {
          key: '{{environment.attributes.current_date_time}}',
          operator: 'dateTimeLessThan',
          value: '2030-01-01',
        },
      },
    },
    { subject: group, covers: deployment(round + 1), roles: [VIEWER, own], opensDatabases: true },
    // An authorization of one service to access another.
    {
      subject: { key: 'iam_id', value: 'none' },
      covers: { serviceName: 'kms' },
      roles: [VIEWER],
      opensDatabases: false,
      more: { type: 'authorization' },
    },
    { subject: user(1), covers: {}, roles: [VIEWER], opensDatabases: true, more: { description: 'Für "alle"' } },
    {
      subject: user(2),
      covers: { serviceName: 'databases-for-etcd' },
      roles: [VIEWER],
      opensDatabases: false,
      more: { state: 'deleted' },
    },
  ];
}

function segments(crn: string): Record<string, string> {
  const [serviceName = '', , , serviceInstance = ''] = crn.split(':').slice(4);
  return { serviceName, serviceInstance };
}

interface Policy {
  readonly row: Row;
  readonly kind: PolicyKind;
}

function policies(world: World): Policy[] {
  if (world.options.missingRoles.includes('policies')) return [];
  return upTo(world.options.policies).map((index) => {
    const { length } = kindsOf(world, 0);
    const kind = pick(kindsOf(world, Math.floor(index / length)), index);
    return { row: policyRow(world, index, kind), kind };
  });
}

function policyRow(world: World, index: number, { subject, covers, roles, more }: PolicyKind): Row {
  const id = uuid(world, Kind.policy, 0, index);
  const attribute = ([key, value]: [string, string]): Row => ({ key, operator: 'stringEquals', value });
  return {
    id,
    href: `https://iam.cloud.ibm.com/v2/policies/${id}`,
    type: 'access',
    state: 'active',
    description: '',
    subject: { attributes: [subjectAttribute(subject)] },
    resource: {
      attributes: [...Object.entries(covers), ['accountId', accountId(world)] as [string, string]].map(attribute),
      ...(index % 3 === 0 && { tags: [{ key: 'env', value: 'production', operator: 'stringEquals' }] }),
    },
    control: { grant: { roles: roles.map((role_id) => ({ role_id })) } },
    created_at: iso(world.clock.start - (400 - (index % 300)) * DAY),
    created_by_id: userId(world, 0),
    last_modified_at: iso(world.clock.start - (90 - (index % 80)) * DAY + index),
    last_modified_by_id: userId(world, 0),
    ...more,
  };
}

function subjectAttribute(subject: Subject | readonly Subject[]): Row {
  if ('key' in subject) return { key: subject.key, operator: 'stringEquals', value: subject.value };
  return { key: 'iam_id', operator: 'stringEqualsAnyOf', value: subject.map(({ value }) => value) };
}

/**
 * The roles that active access policies for databases grant, with one row per policy, role and subject. The subjects are access groups or,
 * if `key` is `iam_id`, users, service IDs and profiles.
 */
export function policyGrants(world: World, key: Subject['key']): Row[] {
  return policies(world)
    .filter(({ row, kind }) => kind.opensDatabases && row['type'] === 'access' && row['state'] === 'active')
    .flatMap(({ row, kind }) => {
      const subjects = [kind.subject].flat().filter((subject) => subject.key === key);
      return subjects.flatMap(({ value }) =>
        kind.roles.map((role) => ({ ...row, policy_id: row['id'], role: roleName(role), [key]: value })),
      );
    });
}

function roleName(role: string): string {
  return role.slice(role.lastIndexOf(':') + 1);
}

/** `GET /v2/policies`: paginated by a token, which is both in the link and in a field next to the link. */
export function listPolicies(world: World, pages: Pages, received: Received, refuse: Refuse): Answer {
  const { query, path } = received;
  if (query['account_id'] !== accountId(world)) return refuse(path, query['account_id'] === undefined ? 400 : 403);
  const { type, state = 'active', service_name, iam_id, access_group_id } = query;
  const rows = policies(world)
    .filter(({ row }) => (type === undefined || row['type'] === type) && row['state'] === state)
    .filter(({ kind }) => service_name === undefined || kind.covers['serviceName'] === service_name)
    .filter(({ kind }) =>
      [kind.subject]
        .flat()
        .some(
          ({ key, value }) =>
            (iam_id === undefined || (key === 'iam_id' && value === iam_id)) &&
            (access_group_id === undefined || (key === 'access_group_id' && value === access_group_id)),
        ),
    )
    .map(({ row }) => ({ ...row, ...(query['format'] === 'include_last_permit' && LAST_PERMIT) }));
  const page = pages.byToken(rows, query, { path, token: 'start', limit: 'limit', usual: 50, most: 100 });
  if (page === undefined) return refuse(path, 400, 'start or limit is not valid.');
  const host = 'https://iam.cloud.ibm.com';
  const next = (from: number): Row => {
    const start = pages.token(from);
    const href = host + link('/v2/policies', query, { start });
    return { next: { href, start } };
  };
  const end = page.next === undefined ? lastPage(world.options.lastPage, 'next') : next(page.next);
  const first = { href: host + link('/v2/policies', query, {}) };
  return json(200, { limit: page.limit, first, ...end, policies: page.items });
}

const LAST_PERMIT = { last_permit_at: '2026-01-01T00:00:00.000Z', last_permit_frequency: 3 };

/** `GET /v2/roles`, which is not paginated. */
export function listRoles(world: World, { query, path }: Received, refuse: Refuse): Answer {
  const account = accountId(world);
  if (query['account_id'] !== undefined && query['account_id'] !== account) return refuse(path, 403);
  const system_roles = [VIEWER, 'crn:v1:bluemix:public:iam::::role:Operator', EDITOR, ADMINISTRATOR].map((crn) => ({
    display_name: roleName(crn),
    description: `As ${roleName(crn)}`,
    actions: ['iam.policy.read'],
    crn,
  }));
  const nightwatch = {
    id: uuid(world, Kind.policy, 1, 0),
    name: 'Nightwatch',
    display_name: 'Night watch',
    description: '',
    actions: ['databases-for-redis.deployment.read'],
    crn: `crn:v1:bluemix:public:iam-access-management::a/${account}::customRole:Nightwatch`,
    account_id: account,
    service_name: 'databases-for-redis',
    created_at: iso(world.clock.start - 100 * DAY),
    created_by_id: userId(world, 0),
    last_modified_at: iso(world.clock.start - 50 * DAY),
    last_modified_by_id: userId(world, 0),
    href: 'https://iam.cloud.ibm.com/v2/roles/nightwatch',
  };
  return json(200, { custom_roles: [nightwatch], service_roles: [], system_roles });
}
