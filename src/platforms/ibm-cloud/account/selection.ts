import { parseCrn } from '../api/crn.ts';
import type { IbmCloudConfig } from '../config.ts';

/** The deployments and resource groups to read. An empty list selects all. */
export class Selection {
  readonly deploymentIds: readonly string[];
  readonly resourceGroupIds: readonly string[];
  readonly #guids: ReadonlySet<string>;

  constructor({ deployment_ids, resource_group_ids }: Pick<IbmCloudConfig, 'deployment_ids' | 'resource_group_ids'>) {
    this.deploymentIds = deployment_ids;
    this.resourceGroupIds = resource_group_ids;
    this.#guids = new Set(deployment_ids.map(guidOf));
  }

  get isAll(): boolean {
    return this.deploymentIds.length === 0 && this.resourceGroupIds.length === 0;
  }

  /** The selected ids as saved in a state, each as `option:id`. */
  get limits(): string[] {
    return [
      ...[...this.#guids].map((id) => `deployment_ids:${id}`),
      ...this.resourceGroupIds.map((id) => `resource_group_ids:${id}`),
    ].toSorted();
  }

  /** Whether a deployment is selected. `id` is a CRN or a GUID. */
  hasDeployment(id: string): boolean {
    return this.#guids.size === 0 || this.#guids.has(guidOf(id));
  }
}

/** The GUID in a CRN, or the id itself if it isn't a CRN. The result is lowercase, because GUIDs are case-insensitive. */
export function guidOf(id: string): string {
  return (parseCrn(id)?.instance ?? id).toLowerCase();
}
