import type { Partition, Partitions } from '../../../core/retrieval/partitions.ts';
import type { Request } from '../../../core/stream/request.ts';
import type { Row } from '../../../core/record/row.ts';
import { databasesAt } from '../api/endpoints.ts';
import type { Deployment } from './instance.ts';
import { labelOf } from './inventory.ts';
import type { IbmCloudShared } from '../shared.ts';
import { count } from '../terms.ts';

/** Which deployments a report is for, and what its rows get beside their deployment. */
interface Gen1Options {
  /** The types that have the report; without it all have. */
  types?: ReadonlySet<string>;
  fields?: (deployment: Deployment) => Row;
}

/** The partitions of a stream that only databases of generation 1 have. */
export async function gen1Partitions(shared: IbmCloudShared, options: Gen1Options = {}): Promise<Partitions> {
  const { inventory, selection } = shared;
  const { deployments, all } = await inventory.load();
  const { types } = options;
  const first = deployments.filter(({ generation }) => generation === 'gen1');
  const offered = first.filter(({ type }) => types?.has(type) ?? true);
  const second = deployments.length - first.length;
  const leftOut = [];
  if (second > 0) leftOut.push(`${count(second, 'deployment')} of generation 2`);
  if (offered.length < first.length)
    leftOut.push(`${count(first.length - offered.length, 'deployment')} of other types`);
  return { chosen: gen1PartitionsOf(offered, shared, options), all, isWhole: selection.isAll, leftOut };
}

/** A partition for each of them whose region is known. Regions do not wait for each other. */
export function gen1PartitionsOf(
  deployments: readonly Deployment[],
  { endpoints }: IbmCloudShared,
  { fields }: Gen1Options = {},
): Partition[] {
  return deployments.flatMap((deployment) => {
    const { id, region } = deployment;
    if (region === undefined) return [];
    const common = { deployment_id: id, generation: 'gen1', ...fields?.(deployment) };
    return [{ id, label: labelOf(deployment), origin: databasesAt(endpoints, region), fields: common }];
  });
}

/** The request for one report of one deployment of generation 1 (icd-api.md 2.3). */
export function ofDatabase({ id, origin }: Partition, report: string): Request {
  const path = `deployments/${encodeURIComponent(id)}${report}`;
  return origin === undefined ? { path } : { origin, path };
}
