import type { Partition, Partitions } from '../../../core/retrieval/partitions.ts';
import type { Request } from '../../../core/stream/request.ts';
import { databasesAt } from '../api/endpoints.ts';
import type { Account } from './account.ts';
import { type Deployment, labelOf } from './instance.ts';
import { loadInventory } from './inventory.ts';

/** Reads one report per generation 1 deployment. If `types` is set, only deployments of these database types are read. */
export function perDeployment(report: string, types?: ReadonlySet<string>) {
  return {
    way: 'partition' as const,
    async partitions(account: Account): Promise<Partitions> {
      const { deployments, all } = await account.once(loadInventory);
      const chosen = await partitionsOf(
        deployments.filter((each) => kindOf(each) === ''),
        account,
      );
      const leftOut = deployments.map(kindOf).filter((kind) => kind !== '');
      return { chosen, all, isWhole: account.selection.isAll, leftOut };
    },
    request: (partition: Partition) => reportOf(partition, report),
  };

  /** Why a deployment is left out, or an empty string. */
  function kindOf({ generation, type }: Deployment): string {
    if (generation === 'gen2') return 'of generation 2';
    return (types?.has(type) ?? true) ? '' : 'of other types';
  }
}

/** Moves one deployment of each service and one of each region to the front, because roles often apply to a whole service. */
function varied(deployments: readonly Deployment[]): Deployment[] {
  const firsts = (['service', 'region'] as const).flatMap((key) =>
    [...Map.groupBy(deployments, (deployment) => deployment[key]).values()].flatMap(([first]) => first ?? []),
  );
  return [...new Set([...firsts, ...deployments])];
}

/** One partition per generation 1 deployment whose region is known. */
export async function partitionsOf(deployments: readonly Deployment[], account: Account): Promise<Partition[]> {
  const partitions = await account.once(loadPartitions);
  const ordered = account.api.isCheck === true ? varied(deployments) : deployments;
  return ordered.flatMap((deployment) => partitions.get(deployment) ?? []);
}

/** All streams share these partitions, because thousands of partitions take megabytes of memory. */
async function loadPartitions(account: Account): Promise<ReadonlyMap<Deployment, Partition>> {
  const { deployments } = await account.once(loadInventory);
  const partitions = new Map<Deployment, Partition>();
  for (const deployment of deployments) {
    const { id, account: accountId, region } = deployment;
    if (region === undefined) continue;
    const fields = { account_id: accountId ?? null, deployment_id: id, generation: 'gen1' };
    const origin = databasesAt(account.config.endpoints, region);
    partitions.set(deployment, { id, label: labelOf(deployment), origin, fields });
  }
  return partitions;
}

/** The request for one report of a generation 1 deployment (icd-api.md 2.3). */
export function reportOf({ id, origin }: Pick<Partition, 'id' | 'origin'>, report: string): Request {
  return { origin, path: `deployments/${encodeURIComponent(id)}${report}` };
}
