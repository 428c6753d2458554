import type { Request, Row, Slice, Slices } from '../../core/stream.ts';
import { databasesAt } from './endpoints.ts';
import type { Deployment } from './instance.ts';
import { labelOf } from './inventory.ts';
import type { IbmCloudShared } from './shared.ts';
import { count } from './words.ts';

/** Which deployments a report is for, and what its rows get beside their deployment. */
interface Gen1Options {
  /** The types that have the report; without it all have. */
  types?: ReadonlySet<string>;
  fields?: (deployment: Deployment) => Row;
}

/** The slices of a report that only databases of generation 1 have. Regions do not wait for each other. */
export async function gen1Slices({ inventory, selection }: IbmCloudShared, options: Gen1Options = {}): Promise<Slices> {
  const { deployments, all } = await inventory.load();
  const { types } = options;
  const first = deployments.filter(({ generation }) => generation === 'gen1');
  const offered = first.filter(({ type }) => types?.has(type) ?? true);
  const second = deployments.length - first.length;
  const leftOut = [];
  if (second > 0) leftOut.push(`${count(second, 'deployment')} of generation 2`);
  if (offered.length < first.length)
    leftOut.push(`${count(first.length - offered.length, 'deployment')} of other types`);
  return { chosen: gen1SlicesOf(offered, options), all, isWhole: selection.isAll, leftOut };
}

/** One slice for each of them that can be asked about. */
export function gen1SlicesOf(deployments: readonly Deployment[], { fields }: Gen1Options = {}): Slice[] {
  return deployments.flatMap((deployment) => {
    const { id, region } = deployment;
    if (region === undefined) return [];
    const common = { deployment_id: id, generation: 'gen1', ...fields?.(deployment) };
    return [{ id, label: labelOf(deployment), lane: region, fields: common }];
  });
}

/** The request for one report of one deployment of generation 1 (icd-api.md 2.3). */
export function ofDatabase(slice: Slice | undefined, report: string, { endpoints }: IbmCloudShared): Request {
  const path = `deployments/${encodeURIComponent(slice?.id ?? '')}${report}`;
  return { origin: databasesAt(endpoints, slice?.lane ?? ''), path };
}
