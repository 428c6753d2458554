import type { Row } from '../../../core/record/row.ts';
import { count } from '../terms.ts';
import type { Account } from './account.ts';
import { isDatabaseService } from './instance.ts';
import { guidOf } from './selection.ts';

// What access policies and context-based restrictions cover: both specify it with the same attributes.

/** The attributes that records contain. */
export const SHOWN: ReadonlySet<string> = new Set([
  ...['serviceName', 'serviceType', 'serviceInstance', 'resourceGroupId', 'region'],
]);

/** The values of the attributes that records contain, by key. Other values are not read. */
export type Attributes = ReadonlyMap<string, readonly string[]>;

/** A policy or a restriction. */
interface Covering {
  id: string;
  resource: Attributes;
}

/**
 * Whether database services are covered. They are if the policy specifies one, or if it specifies no service and covers services in
 * general rather than account management or a resource group itself.
 */
export function coversDatabases({ resource }: Covering): boolean {
  const services = resource.get('serviceName');
  if (services !== undefined) return services.some((service) => isPattern(service) || isDatabaseService(service));
  const [type = 'service'] = resource.get('serviceType') ?? [];
  return !resource.has('service_group_id') && !resource.has('resourceType') && ['service', '*'].includes(type);
}

/** Whether a selected deployment may be covered. */
export function isSelected({ resource }: Covering, crns: ReadonlyMap<string, string>, { selection }: Account): boolean {
  const { resourceGroupIds } = selection;
  const instances = resource.get('serviceInstance');
  if (instances === undefined) {
    const groups = resource.get('resourceGroupId') ?? ['*'];
    return resourceGroupIds.length === 0 || groups.some((id) => isPattern(id) || resourceGroupIds.includes(id));
  }
  return instances.some(
    (id) =>
      isPattern(id) ||
      crns.has(guidOf(id)) ||
      // A policy can outlive its deployment.
      (resourceGroupIds.length === 0 && selection.hasDeployment(id)),
  );
}

/** The fields of a record that show what is covered. `crns` has the CRNs of the deployments by GUID. */
export function coverageOf({ resource }: Covering, crns: ReadonlyMap<string, string>): Row {
  const textIn = (key: string): string | undefined => resource.get(key)?.join(',');
  const service_instance = specific(textIn('serviceInstance'));
  return {
    deployment_id: service_instance === undefined ? undefined : crns.get(guidOf(service_instance)),
    service_instance,
    service_name: textIn('serviceName'),
    resource_group_id: specific(textIn('resourceGroupId')),
    region: textIn('region'),
  };
}

/** Warns of attributes that limit policies or rules further than the records of the stream show. */
export function warnOfLimits(
  stream: string,
  [thing, things]: readonly [one: string, many: string],
  all: readonly Covering[],
  { api }: Account,
): void {
  const limited = all.filter((each) => hiddenLimits(each).length > 0);
  const [first] = limited;
  if (first === undefined) return;
  const keys = [...new Set(limited.flatMap(hiddenLimits))].toSorted();
  api.log(
    'warn',
    `${stream}: the coverage of ${count(limited.length, thing, things)} is narrower than the records suggest, because no field shows the attributes ${keys.join(', ')}. The first ${thing} is ${first.id}`,
  );
}

/** The limiting attributes that the record does not contain. */
function hiddenLimits({ resource }: Covering): string[] {
  return [...resource.keys()].filter((key) => !SHOWN.has(key) && key !== 'accountId');
}

/** Whether a value contains the wildcard of IAM. */
function isPattern(value: string): boolean {
  return value.includes('*');
}

/** A wildcard doesn't identify a specific instance or resource group. */
function specific(value: string | undefined): string | undefined {
  return value === '*' ? undefined : value;
}
