import { ConnectorError, unexpectedBody } from '../../../core/failure/errors.ts';
import type { Row } from '../../../core/record/row.ts';
import { guidOf } from '../api/crn.ts';
import { linked, listPages } from '../api/pages.ts';
import { failureOf } from '../api/failure.ts';
import { textOf } from '../api/values.ts';
import { count } from '../../../text/count.ts';
import type { IbmCloudConfig } from '../config.ts';
import type { Account } from './account.ts';
import { type Deployment, type IndependentBackup, type Instance, instanceOf, labelOf } from './instance.ts';
import { selectedGroups } from './resource-groups.ts';

export const INSTANCES = 'v2/resource_instances';

/** The known names of the query parameter that contains the next page's token (icd-api.md 2.1). */
const TOKENS = ['start', 'next_docid', 'next_url'] as const;
const PAGE_SIZE = 100;

/** The selected instances of an account, and what else the Resource Controller's list shows. */
export interface Inventory {
  /** The selected deployments. */
  deployments: Deployment[];
  /** The independent backups of selected deployments, including deleted deployments. */
  backups: IndependentBackup[];
  /** The CRNs of all deployments that exist or have backups, or undefined if only some resource groups were listed. */
  all: ReadonlySet<string> | undefined;
  /** The deployment_ids that were not found in any account. */
  missing: string[];
  /** The number of listed deployments, selected or not. */
  listed: number;
}

/** All listed instances, selected or not. */
type Listed = Pick<Inventory, 'deployments' | 'backups'>;

export async function loadInventory(account: Account): Promise<Inventory> {
  const { api, config, peers } = account;
  const { deployments, backups } = await account.once(listInstances);
  const missing = await missingIds(account);
  if (missing.length > 0) {
    const message = missingSentence(missing, config);
    if (missing.length === config.deployment_ids.length) throw new ConnectorError('deployments_unknown', { message });
    peers[0]?.logOnce('warn', message);
  }
  const sourceless = backups.filter(({ source }) => source === undefined);
  if (sourceless.length > 0 && config.deployment_ids.length > 0) {
    const skipped = count(sourceless.length, 'independent backup');
    api.log(
      'warn',
      `deployments_backups: ${skipped} skipped, because deployment_ids is set and IBM Cloud doesn't report which deployment was backed up`,
    );
  }
  const all = [...deployments.map(({ id }) => id), ...backups.map(({ id, source }) => source ?? id)];
  return {
    deployments: deployments.filter(({ id }) => account.hasDeployment(id)),
    backups: backups.filter(({ source = '' }) => account.hasDeployment(source)),
    all: config.resource_group_ids.length === 0 ? new Set(all) : undefined,
    missing,
    listed: deployments.length,
  };
}

/** The CRNs of the selected deployments, by GUID. */
export async function crnsByGuid(account: Account): Promise<ReadonlyMap<string, string>> {
  const { deployments } = await account.once(loadInventory);
  return new Map(deployments.map(({ id }) => [guidOf(id), id]));
}

async function listInstances(account: Account): Promise<Listed> {
  // The list isn't a snapshot, so it may contain an instance twice. Instances of non-database services are undefined.
  const instances = new Map<string, Instance | undefined>();
  // A check requests no more pages once a page contains a deployment, unless deployment_ids is set.
  const isGlance = account.api.isCheck === true && account.config.deployment_ids.length === 0;
  for await (const rows of pagesOf(account)) {
    for (const [i, row] of rows.entries()) {
      const id = textOf(row['crn']) ?? textOf(row['id']);
      if (id === undefined) throw unexpectedBody(INSTANCES, `row ${i + 1} of ${rows.length} has no CRN`);
      instances.set(id, instanceOf(id, row, account.config.endpoints));
    }
    if (isGlance && [...instances.values()].some((each) => each?.kind === 'deployment')) break;
  }
  const all = [...instances.values()];
  const listed = {
    deployments: all.filter((each) => each?.kind === 'deployment'),
    backups: all.filter((each) => each?.kind === 'independent backup'),
  };
  if (!isGlance) logSummary(all.length, listed, account);
  return listed;
}

/** Lists one resource group after another, or the whole account if no group is selected. */
async function* pagesOf(account: Account): AsyncGenerator<Row[], void, void> {
  const { api, config } = account;
  for (const group of config.resource_group_ids.length === 0 ? [undefined] : await selectedGroups(account)) {
    const query = { type: 'service_instance', limit: PAGE_SIZE, resource_group_id: group };
    const first = { origin: config.endpoints.resource_controller, path: INSTANCES, query };
    yield* listPages(api, first, 'deployments', 'resources', linked('next_url', ...TOKENS), true);
  }
}

function logSummary(instances: number, { deployments, backups }: Listed, { api }: Account): void {
  const gen1 = deployments.filter(({ generation }) => generation === 'gen1');
  const generations = `${count(gen1.length, 'deployment')} of generation 1, ${deployments.length - gen1.length} of generation 2`;
  const included = `${generations} and ${count(backups.length, 'independent backup')}`;
  api.log(
    'info',
    `IBM Cloud lists ${count(instances, 'instance')} for this API key, including ${included}. It omits instances that the key can't view; to include them, grant the Viewer role on the database services`,
  );
  for (const deployment of gen1) {
    if (deployment.partition !== undefined) continue;
    api.log('warn', `${labelOf(deployment)} has an unsupported CRN; only its \`deployments\` record is synced`);
  }
}

/** The deployment_ids that no account has, or an empty list if an account could not be listed. */
async function missingIds({ peers, config }: Account): Promise<string[]> {
  if (config.deployment_ids.length === 0) return [];
  const lists = await Promise.all(peers.map((peer) => peer.once(listInstances).catch(failureOf)));
  if (lists.some((list) => list instanceof ConnectorError)) return [];
  const found = lists.flatMap((list) => (list instanceof ConnectorError ? [] : [list]));
  const ids = found.flatMap(({ deployments, backups }) => [
    ...deployments.map(({ id }) => id),
    ...backups.flatMap(({ source }) => source ?? []),
  ]);
  const known = new Set(ids.map(guidOf));
  return config.deployment_ids.filter((id) => !known.has(guidOf(id)));
}

export function missingSentence(missing: readonly string[], { resource_group_ids }: IbmCloudConfig): string {
  const ids = missing.join(', ');
  return resource_group_ids.length === 0
    ? `These deployment_ids were not found with this API key: ${ids}. Correct the option deployment_ids.`
    : `These deployment_ids were not found in the resource groups that resource_group_ids lists: ${ids}. Correct one of the two options.`;
}
