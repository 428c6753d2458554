import type { Partition, Partitions } from '../../../core/retrieval/partitions.ts';
import type { Request } from '../../../core/stream/request.ts';
import type { Account } from './account.ts';
import type { Deployment } from './instance.ts';
import { loadInventory } from './inventory.ts';

/** Reads one report per generation 1 deployment. If `types` is set, only deployments of these database types are read. */
export function perDeployment(report: string, types?: ReadonlySet<string>) {
  return {
    way: 'partition' as const,
    async partitions(account: Account): Promise<Partitions> {
      const { deployments, all } = await account.once(loadInventory);
      const chosen = partitionsOf(
        deployments.filter((each) => kindOf(each) === ''),
        account,
      );
      const leftOut = deployments.map(kindOf).filter((kind) => kind !== '');
      return { chosen, all, isWhole: account.limits.length === 0, leftOut };
    },
    request: (partition: Partition) => reportOf(partition, report),
  };

  /** Why the stream skips a deployment, or an empty string if the deployment is read. */
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

/** The partitions of the generation 1 deployments whose region is known. */
export function partitionsOf(deployments: readonly Deployment[], { api }: Account): Partition[] {
  const ordered = api.isCheck === true ? varied(deployments) : deployments;
  return ordered.flatMap(({ partition }) => partition ?? []);
}

/** The request for one report of a generation 1 deployment (icd-api.md 2.3). */
export function reportOf(
  { id, origin, account }: Pick<Partition, 'id' | 'origin' | 'account'>,
  report: string,
): Request {
  return { account, origin, path: `deployments/${encodeURIComponent(id)}${report}` };
}
