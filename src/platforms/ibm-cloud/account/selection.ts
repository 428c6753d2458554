import { parseCrn } from '../api/crn.ts';

/** The user's choice of deployments and resource groups, for reports that do not hang on the inventory. */
export interface Selection {
  /** Whether everything is read. */
  isAll: boolean;
  /** Empty: all. */
  resourceGroupIds: readonly string[];
  /** Whether a deployment, by its CRN or GUID, may be one of the chosen. */
  hasDeployment(id: string): boolean;
  hasResourceGroup(id: unknown): boolean;
  /** The same for a state, as `option:id`. */
  limits: string[];
}

export function selectionOf(config: {
  deployment_ids: readonly string[];
  resource_group_ids: readonly string[];
}): Selection {
  const guids = new Set(config.deployment_ids.map(guidOf));
  const groups = new Set<unknown>(config.resource_group_ids);
  return {
    isAll: guids.size === 0 && groups.size === 0,
    resourceGroupIds: config.resource_group_ids,
    hasDeployment: (id) => guids.size === 0 || guids.has(guidOf(id)),
    hasResourceGroup: (id) => groups.size === 0 || groups.has(id),
    limits: [
      ...[...guids].map((id) => `deployment_ids:${id}`),
      ...config.resource_group_ids.map((id) => `resource_group_ids:${id}`),
    ].toSorted(),
  };
}

/** The GUID in a CRN, or what stands for one. GUIDs are hexadecimal. */
export function guidOf(id: string): string {
  return (parseCrn(id)?.instance ?? id).toLowerCase();
}
