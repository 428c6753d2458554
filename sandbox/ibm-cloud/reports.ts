import { upTo } from '../noise.ts';
import type { Row } from '../platform.ts';
import { accessGroups } from './access.ts';
import type { AuditEvents } from './audit-events.ts';
import * as databases from './databases.ts';
import { deploymentId, deploymentRow, engineOf, oddRows } from './deployments.ts';
import { gen2BackupRows, gen2Id, gen2Row, hasScaling } from './gen2.ts';
import { backups, tasks } from './history.ts';
import { policyKeys } from './policies.ts';
import { resourceGroups } from './resource-groups.ts';
import { type Usage, usageKeys } from './usage.ts';
import { type World, accountId } from './world.ts';

/** Where answers and keys come from: what is computed, and what has changed since the start. */
export interface Holdings {
  readonly world: World;
  readonly usage: Usage;
  readonly events: AuditEvents;
}

/** A stream of a connector: where its records come from, and what they are. */
interface Report {
  /** The paths that it is read from, below the address of the sandbox. */
  readonly paths: readonly string[];
  /** What the key of a record is made of; the parts are joined by slashes. */
  readonly key: readonly string[];
  /** The keys that a full read must bring, each once. */
  keys(holdings: Holdings): Iterable<string>;
}

const INSTANCES = '/resource-controller/v2/resource_instances';
const DEPLOYMENT = `${databases.DATABASES}/deployments/:id`;
const POLICIES = '/iam/v2/policies';

/** Every stream of icd-api.md, section 4, under the names that design and connector use. */
const REPORTS = {
  accounts: {
    paths: ['/accounts/v4/accounts/:id'],
    key: ['id'],
    keys: ({ world }) => [accountId(world)],
  },
  audit_events: {
    paths: ['/logs/:region/:id/v1/query'],
    // Few events have an id; the correlation id is each one's own here.
    key: ['correlationId'],
    keys: ({ events }) => events.keys(),
  },
  billables: {
    paths: [
      '/billing/v4/accounts/:id/resource_instances/usage/:month',
      '/billing/v4/accounts/:id/resource_groups/:group/resource_instances/usage/:month',
    ],
    key: ['month', 'resource_instance_id', 'plan_id', 'metric', 'region', 'pricing_country', 'number'],
    keys: ({ usage }) => usageKeys(usage.months().flatMap((month) => usage.rows(month).filter(isOfDatabase))),
  },
  databases: {
    paths: [`${databases.DATABASES}/deployables`],
    key: ['type'],
    keys: () => databases.deployables().map(({ type }) => String(type)),
  },
  datacenters: {
    paths: [`${databases.DATABASES}/regions`],
    key: ['slug'],
    keys: () => databases.regions().map((region) => `ibm:${region}`),
  },
  deployments: {
    paths: [INSTANCES, DEPLOYMENT],
    key: ['id'],
    keys: ({ world }) => [
      ...everyDeployment(world, (deployment) => [String(deploymentRow(world, deployment)['id'])]),
      ...upTo(world.options.gen2Deployments).map((index) => String(gen2Row(world, index)['id'])),
      ...ids(oddRows(world)),
    ],
  },
  deployments_allowlists: {
    paths: [`${DEPLOYMENT}/allowlists/ip_addresses`],
    key: ['deployment_id', 'address'],
    keys: ({ world }) => ofDeployments(world, databases.allowlist, 'address'),
  },
  deployments_autoscalings: {
    paths: [`${DEPLOYMENT}/groups/member/autoscaling`],
    key: ['deployment_id', 'group_id', 'resource'],
    keys: ({ world }) =>
      everyDeployment(world, (deployment, id) =>
        Object.keys(databases.autoscaling(world, deployment) ?? {}).map((resource) => `${id}/member/${resource}`),
      ),
  },
  deployments_backups: {
    paths: [`${DEPLOYMENT}/backups`, INSTANCES],
    key: ['id'],
    keys: ({ world }) => [
      ...everyDeployment(world, (deployment) => ids(backups(world, deployment))),
      ...ids(gen2BackupRows(world)),
    ],
  },
  deployments_recipes: {
    paths: [`${DEPLOYMENT}/tasks`],
    key: ['id'],
    keys: ({ world }) => everyDeployment(world, (deployment) => ids(tasks(world, deployment))),
  },
  deployments_recovery_windows: {
    paths: [`${DEPLOYMENT}/point_in_time_recovery_data`],
    key: ['deployment_id'],
    keys: ({ world }) =>
      everyDeployment(world, (deployment, id) => (engineOf(deployment).recovery === true ? [id] : [])),
  },
  deployments_replicas: {
    paths: [`${DEPLOYMENT}/remotes`],
    key: ['deployment_id'],
    keys: ({ world }) =>
      everyDeployment(world, (deployment, id) => (engineOf(deployment).replicas === true ? [id] : [])),
  },
  deployments_roles: {
    paths: [POLICIES],
    key: ['policy_id', 'role', 'iam_id'],
    keys: ({ world }) => policyKeys(world, 'iam_id'),
  },
  deployments_scalings: {
    paths: [`${DEPLOYMENT}/groups`, INSTANCES],
    key: ['deployment_id', 'group_id'],
    keys: ({ world }) => [
      ...ofDeployments(world, databases.groups, 'id'),
      ...upTo(world.options.gen2Deployments)
        .filter((index) => hasScaling(world, index))
        .map((index) => `${gen2Id(world, index)}/member`),
    ],
  },
  deployments_team_roles: {
    paths: [POLICIES],
    key: ['policy_id', 'role', 'access_group_id'],
    keys: ({ world }) => policyKeys(world, 'access_group_id'),
  },
  deployments_versions: {
    paths: [`${DEPLOYMENT}/capability/versions`],
    key: ['deployment_id', 'from_version', 'to_version', 'method'],
    keys: ({ world }) =>
      everyDeployment(world, (deployment, id) =>
        databases
          .transitions(deployment)
          .map(({ from_version, to_version, method }) => [id, from_version, to_version, method].join('/')),
      ),
  },
  resource_groups: {
    paths: ['/resource-controller/v2/resource_groups'],
    key: ['id'],
    keys: ({ world }) => ids(resourceGroups(world)),
  },
  teams: {
    paths: ['/iam/v2/groups', '/iam/v2/groups/:id/members'],
    key: ['id'],
    keys: ({ world }) => ids(accessGroups(world)),
  },
} as const satisfies Record<string, Report>;

export type IbmCloudStreamName = keyof typeof REPORTS;

export const IBM_CLOUD_STREAM_NAMES = Object.keys(REPORTS) as IbmCloudStreamName[];

/** The table's entry, seen as any report. */
export function reportOf(stream: IbmCloudStreamName): Report {
  return REPORTS[stream];
}

/** How many keys each stream has. */
export function countsOf(holdings: Holdings): Record<IbmCloudStreamName, number> {
  const counts = IBM_CLOUD_STREAM_NAMES.map((stream) => {
    let count = 0;
    for (const _ of reportOf(stream).keys(holdings)) count += 1;
    return [stream, count];
  });
  return Object.fromEntries(counts) as Record<IbmCloudStreamName, number>;
}

function everyDeployment(world: World, keys: (deployment: number, id: string) => readonly string[]): string[] {
  return upTo(world.options.deployments).flatMap((deployment) => keys(deployment, deploymentId(world, deployment)));
}

function ofDeployments(world: World, rows: (world: World, deployment: number) => Row[], field: string): string[] {
  return everyDeployment(world, (deployment, id) =>
    rows(world, deployment).map((row) => `${id}/${String(row[field])}`),
  );
}

function ids(rows: readonly Row[]): string[] {
  return rows.map(({ id }) => String(id));
}

/** By the service in the CRN (icd-api.md, 1.5). */
function isOfDatabase({ resource_instance_id }: Row): boolean {
  return /^crn:v1:[^:]*:[^:]*:(databases|messages)-for-/.test(String(resource_instance_id));
}
