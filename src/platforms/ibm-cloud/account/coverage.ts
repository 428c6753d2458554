import { unexpectedBody } from '../../../core/failure/errors.ts';
import type { Row } from '../../../core/record/row.ts';
import { guidOf } from '../api/crn.ts';
import { rowsOf, textIn } from '../api/envelope.ts';
import { textOf } from '../api/values.ts';
import type { Account } from './account.ts';
import { isDatabaseService } from './instance.ts';
import { crnsByGuid } from './inventory.ts';

// Access policies and context-based restrictions use the same attributes to specify what they cover.

/** Attributes that don't narrow the coverage beyond what a record shows. All other attributes cause a warning. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['accountId', 'serviceName', 'serviceType', 'serviceInstance', 'resourceGroupId', 'region'],
]);

export type Attributes = ReadonlyMap<string, readonly string[]>;

/** The attributes of a policy's resource or subject, or of a part of a rule. Throws `unexpected_body`. */
export function attributesOf(part: unknown, nameKey: 'key' | 'name', path: string): Attributes {
  const attributes = new Map<string, string[]>();
  for (const attribute of rowsOf(part, 'attributes', path)) {
    const { operator, value } = attribute;
    const name = textIn(attribute, nameKey, path);
    const isExistence = operator === 'stringExists';
    // With the value false, this operator means that the attribute must not exist.
    if (isExistence && String(value) === 'false') continue;
    const values: unknown[] = isExistence ? ['*'] : [value].flat();
    const texts = values.flatMap((each) => textOf(each) ?? []);
    if (texts.length === 0 || texts.length < values.length) {
      throw unexpectedBody(path, `the attribute ${name} has a value that is empty or not text`);
    }
    attributes.set(name, [...(attributes.get(name) ?? []), ...texts]);
  }
  return attributes;
}

/** A policy or a rule. */
interface Covering {
  resource: Attributes;
}

/** The policies or rules that may cover a selected deployment. Warns if a policy or rule covers less than its records suggest. */
export async function coveringDatabases<T extends Covering>(
  all: readonly T[],
  stream: string,
  things: string,
  account: Account,
): Promise<T[]> {
  const crns = await account.once(crnsByGuid);
  const selected = all.filter((each) => coversDatabases(each) && isSelected(each, crns, account));
  const limits = new Set(selected.flatMap(({ resource }) => [...resource.keys()]).filter((name) => !KNOWN.has(name)));
  if (limits.size > 0) {
    account.api.log(
      'warn',
      `${stream}: some ${things} cover less than their records suggest, because the records omit the attributes ${[...limits].toSorted().join(', ')}`,
    );
  }
  return selected;
}

/**
 * Whether the policy or rule covers database services. It must specify a database service or, if it specifies no service, cover services
 * in general rather than account management or a resource group itself.
 */
function coversDatabases({ resource }: Covering): boolean {
  const services = resource.get('serviceName');
  if (services !== undefined) return services.some((service) => isPattern(service) || isDatabaseService(service));
  const [type = 'service'] = resource.get('serviceType') ?? [];
  return !resource.has('service_group_id') && !resource.has('resourceType') && ['service', '*'].includes(type);
}

/** Whether the policy or rule may cover a selected deployment. */
function isSelected({ resource }: Covering, crns: ReadonlyMap<string, string>, account: Account): boolean {
  const { resource_group_ids } = account.config;
  const instances = resource.get('serviceInstance');
  if (instances === undefined) {
    const groups = resource.get('resourceGroupId') ?? ['*'];
    return resource_group_ids.length === 0 || groups.some((id) => isPattern(id) || resource_group_ids.includes(id));
  }
  return instances.some(
    (id) =>
      isPattern(id) ||
      crns.has(guidOf(id)) ||
      // A policy may specify a deleted deployment.
      (resource_group_ids.length === 0 && account.hasDeployment(id)),
  );
}

/** The fields of a record that show what the policy or rule covers. */
export function coverageOf({ resource }: Covering, crns: ReadonlyMap<string, string>): Row {
  const textOfAll = (name: string): string | undefined => resource.get(name)?.join(',');
  // A wildcard doesn't identify a specific instance or resource group.
  const specific = (name: string): string | undefined => (textOfAll(name) === '*' ? undefined : textOfAll(name));
  const service_instance = specific('serviceInstance');
  return {
    deployment_id: service_instance && crns.get(guidOf(service_instance)),
    service_instance,
    service_name: textOfAll('serviceName'),
    resource_group_id: specific('resourceGroupId'),
    region: textOfAll('region'),
  };
}

function isPattern(value: string): boolean {
  return value.includes('*');
}
