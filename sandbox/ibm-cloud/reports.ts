import { upTo } from '../noise.ts';
import type { Row } from '../platform.ts';
import { accessGroups, accountRow, members } from './access.ts';
import type { AuditEvents } from './audit-events.ts';
import * as databases from './databases.ts';
import { deploymentId, deploymentRow, engineOf, oddRows } from './deployments.ts';
import { gen2BackupRows, gen2Row, gen2Scaling } from './gen2.ts';
import { backups, tasks } from './history.ts';
import { apiKeys, profiles, serviceIds, users, withActivity } from './identities.ts';
import { policyGrants } from './policies.ts';
import { resourceGroups } from './resource-groups.ts';
import { databaseReclamations } from './reclamations.ts';
import { databaseRestrictions } from './restrictions.ts';
import { routedEvents } from './routing.ts';
import { searchable } from './search.ts';
import { type Usage, usageMetrics } from './usage.ts';
import type { World } from './world.ts';

/** The data from which responses and keys are created, including changes since the start. */
export interface Holdings {
  readonly world: World;
  readonly usage: Usage;
  readonly events: AuditEvents;
}

interface Report {
  /** The stream's paths below the sandbox's address. */
  readonly paths: readonly string[];
  readonly key: readonly string[];
  /** The rows that a full read must emit, as the API returns them, with all fields of the primary key. */
  rows(holdings: Holdings): Iterable<Row>;
}

const INSTANCES = '/resource-controller/v2/resource_instances';
const DEPLOYMENT = `${databases.DATABASES}/deployments/:id`;
const POLICIES = '/iam/v2/policies';

/** Every stream in icd-api.md, section 4. */
const REPORTS = {
  accounts: { paths: ['/accounts/v4/accounts/:id'], key: ['id'], rows: ({ world }) => [accountRow(world)] },
  api_keys: { paths: ['/iam/v1/apikeys'], key: ['id'], rows: ({ world }) => apiKeys(world) },
  audit_events: {
    paths: ['/logs/:region/:id/v1/query'],
    // Not every event has an id, but each sandbox event has a unique correlation id.
    key: ['correlationId'],
    rows: ({ events }) => events.ofDatabases(),
  },
  audit_routes: {
    paths: ['/atracker/api/v2/routes'],
    key: ['account_id', 'route_id', 'rule_number', 'location', 'target_id'],
    rows: ({ world }) => routedEvents(world),
  },
  billables: {
    paths: [
      '/billing/v4/accounts/:id/resource_instances/usage/:month',
      '/billing/v4/accounts/:id/resource_groups/:group/resource_instances/usage/:month',
    ],
    key: ['month', 'resource_instance_id', 'plan_id', 'metric', 'region', 'pricing_country', 'number'],
    rows: ({ usage }) => usageMetrics(usage.months().flatMap((month) => usage.rows(month).filter(isOfDatabase))),
  },
  databases: { paths: [`${databases.DATABASES}/deployables`], key: ['type'], rows: () => databases.deployables() },
  datacenters: {
    paths: [`${databases.DATABASES}/regions`],
    key: ['slug'],
    rows: () => databases.regions().map((region) => ({ slug: `ibm:${region}`, region })),
  },
  deployments: {
    paths: [INSTANCES, DEPLOYMENT],
    key: ['id'],
    rows: ({ world }) => {
      const tags = new Map(
        searchable(world).map(({ crn, tags = [], access_tags = [] }) => [crn, { tags, access_tags }]),
      );
      return [
        ...upTo(world.options.deployments).map((deployment) => deploymentRow(world, deployment)),
        ...upTo(world.options.gen2Deployments).map((index) => gen2Row(world, index)),
        ...oddRows(world),
      ].map((row) => ({ ...row, ...tags.get(row['crn']) }));
    },
  },
  deployments_allowlists: {
    paths: [`${DEPLOYMENT}/allowlists/ip_addresses`],
    key: ['deployment_id', 'address'],
    rows: ({ world }) => ofDeployments(world, databases.allowlist),
  },
  deployments_autoscalings: {
    paths: [`${DEPLOYMENT}/groups/member/autoscaling`],
    key: ['deployment_id', 'group_id', 'resource'],
    rows: ({ world }) =>
      ofDeployments(world, (_, deployment) =>
        Object.entries(databases.autoscaling(world, deployment) ?? {}).map(([resource, value]) => ({
          group_id: 'member',
          resource,
          ...(value as Row),
        })),
      ),
  },
  deployments_backups: {
    paths: [`${DEPLOYMENT}/backups`, INSTANCES],
    key: ['id'],
    rows: ({ world }) => [...ofDeployments(world, backups), ...gen2BackupRows(world)],
  },
  deployments_recipes: {
    paths: [`${DEPLOYMENT}/tasks`],
    key: ['id'],
    rows: ({ world }) => ofDeployments(world, tasks),
  },
  deployments_reclamations: {
    paths: ['/resource-controller/v1/reclamations'],
    key: ['id'],
    rows: ({ world }) => databaseReclamations(world),
  },
  deployments_recovery_windows: {
    paths: [`${DEPLOYMENT}/point_in_time_recovery_data`],
    key: ['deployment_id'],
    rows: ({ world }) =>
      ofDeployments(world, (_, deployment) =>
        engineOf(deployment).recovery === true ? [databases.recovery(world, deployment)] : [],
      ),
  },
  deployments_replicas: {
    paths: [`${DEPLOYMENT}/remotes`],
    key: ['deployment_id'],
    rows: ({ world }) =>
      ofDeployments(world, (_, deployment) =>
        engineOf(deployment).replicas === true ? [databases.replicas(world, deployment)] : [],
      ),
  },
  deployments_restrictions: {
    paths: ['/cbr/v1/rules', '/cbr/v1/zones/:id'],
    key: ['rule_id', 'position'],
    rows: ({ world }) => databaseRestrictions(world),
  },
  deployments_roles: {
    paths: [POLICIES],
    key: ['policy_id', 'role', 'iam_id'],
    rows: ({ world }) => policyGrants(world, 'iam_id'),
  },
  deployments_scalings: {
    paths: [`${DEPLOYMENT}/groups`, INSTANCES],
    key: ['deployment_id', 'group_id'],
    rows: ({ world }) => [
      ...ofDeployments(world, databases.groups).map((row) => ({ ...row, group_id: row['id'] })),
      ...upTo(world.options.gen2Deployments).flatMap((index) => gen2Scaling(world, index)),
    ],
  },
  deployments_team_roles: {
    paths: [POLICIES],
    key: ['policy_id', 'role', 'access_group_id'],
    rows: ({ world }) => policyGrants(world, 'access_group_id'),
  },
  deployments_versions: {
    paths: [`${DEPLOYMENT}/capability/versions`],
    key: ['deployment_id', 'from_version', 'to_version', 'method'],
    rows: ({ world }) => ofDeployments(world, (_, deployment) => databases.transitions(deployment)),
  },
  resource_groups: {
    paths: ['/resource-controller/v2/resource_groups'],
    key: ['id'],
    rows: ({ world }) => resourceGroups(world),
  },
  service_ids: {
    paths: ['/iam/v1/serviceids'],
    key: ['id'],
    rows: ({ world }) => withActivity(world, serviceIds(world)),
  },
  teams: {
    paths: ['/iam/v2/groups', '/iam/v2/groups/:id/members'],
    key: ['account_id', 'id'],
    rows: ({ world }) => accessGroups(world).map((row) => ({ ...row, members: members(world, String(row['id'])) })),
  },
  trusted_profiles: {
    paths: ['/iam/v1/profiles', ...['identities', 'links', 'rules'].map((part) => `/iam/v1/profiles/:id/${part}`)],
    key: ['id'],
    rows: ({ world }) => withActivity(world, profiles(world)),
  },
  users: {
    paths: ['/users/v2/accounts/:id/users'],
    key: ['account_id', 'iam_id'],
    rows: ({ world }) => withActivity(world, users(world)),
  },
} as const satisfies Record<string, Report>;

export type IbmCloudStreamName = keyof typeof REPORTS;

export const IBM_CLOUD_STREAM_NAMES = Object.keys(REPORTS) as IbmCloudStreamName[];

/** The rows that a full read of the stream must emit. */
export function* rowsOf(accounts: readonly Holdings[], stream: IbmCloudStreamName): Generator<Row> {
  // Every account has the same database types and regions.
  const isSame = stream === 'databases' || stream === 'datacenters';
  for (const holdings of isSame ? accounts.slice(0, 1) : accounts) yield* REPORTS[stream].rows(holdings);
}

/** The keys of the rows that `rowsOf` returns. A key consists of the key fields that the row has, separated by slashes. */
export function* keysOf(accounts: readonly Holdings[], stream: IbmCloudStreamName): Generator<string> {
  const { key }: Report = REPORTS[stream];
  for (const row of rowsOf(accounts, stream)) {
    const parts = key.filter((field) => row[field] !== undefined).map((field) => String(row[field]));
    yield parts.join('/');
  }
}

export function countsOf(accounts: readonly Holdings[]): Record<IbmCloudStreamName, number> {
  const counts = IBM_CLOUD_STREAM_NAMES.map((stream) => {
    let count = 0;
    for (const _ of rowsOf(accounts, stream)) count += 1;
    return [stream, count];
  });
  return Object.fromEntries(counts) as Record<IbmCloudStreamName, number>;
}

/** The rows of all generation 1 deployments, each with the deployment's id. */
function ofDeployments(world: World, rows: (world: World, deployment: number) => readonly Row[]): Row[] {
  return upTo(world.options.deployments).flatMap((deployment) => {
    const deployment_id = deploymentId(world, deployment);
    return rows(world, deployment).map((row) => ({ ...row, deployment_id }));
  });
}

/** Whether a usage row is for a database, according to the service in its CRN (icd-api.md, 1.5). */
function isOfDatabase({ resource_instance_id }: Row): boolean {
  return /^crn:v1:[^:]*:[^:]*:(databases|messages)-for-/.test(String(resource_instance_id));
}
