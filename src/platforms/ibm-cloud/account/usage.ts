import { unexpectedBody } from '../../../core/failure/errors.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { monthAfter } from '../../../core/retrieval/month/month.ts';
import { parseCrn } from '../api/crn.ts';
import type { IbmCloudShared } from '../shared.ts';
import { engineIn, isBackupService } from './instance.ts';
import { guidOf } from './selection.ts';

export const USAGE = 'v4/accounts/{id}/resource_instances/usage/{month}';

/** A row for each metric of each database; a number tells apart what differs only in its sums. */
export async function usageRows(resources: unknown[], month: string, shared: IbmCloudShared): Promise<Row[]> {
  const seen = new Map<string, number>();
  const same = new Set<string>();
  const rows: Row[] = [];
  for (const [i, resource] of resources.entries()) {
    if (!isRow(resource)) throw unexpectedBody(USAGE, `row ${i + 1} of ${resources.length} is no object`);
    const deployment = await deploymentOf(resource, shared);
    if (deployment === undefined || !(await isSelected(deployment, resource, shared))) continue;
    // The list is no snapshot, and may show a row on two pages.
    const whole = JSON.stringify(resource);
    if (same.has(whole)) continue;
    same.add(whole);
    const usage: unknown = resource['usage'] ?? [];
    if (!Array.isArray(usage))
      throw unexpectedBody(USAGE, `the usage of row ${i + 1} of ${resources.length} is no list`);
    for (const metric of usage) {
      if (!isRow(metric)) throw unexpectedBody(USAGE, `a metric of row ${i + 1} of ${resources.length} is no object`);
      const row = rowOf(resource, metric, month, deployment);
      const { resource_instance_id, plan_id, region, pricing_country } = resource;
      const parts = [month, resource_instance_id, plan_id, metric['metric'], region, pricing_country];
      const key = parts.filter((part) => typeof part === 'string').join('/');
      const number = (seen.get(key) ?? 0) + 1;
      seen.set(key, number);
      row['id'] = number === 1 ? key : `${key}/${number}`;
      rows.push(row);
    }
  }
  return rows;
}

/** The CRN of the database or backup that was used, or what the row has in place of one; undefined: another service. */
async function deploymentOf(resource: Row, { inventory }: IbmCloudShared): Promise<string | undefined> {
  const { resource_instance_id: instance, resource_id, plan_id } = resource;
  const id = typeof instance === 'string' ? instance : '';
  const crn = parseCrn(id);
  if (crn !== undefined) return isOfDatabases(crn.service) ? id : undefined;
  // Nobody has seen one, but the reference does not rule out that it is a bare GUID.
  const { deployments } = await inventory.load();
  const found = deployments.find(({ guid }) => guidOf(guid) === guidOf(id));
  if (found !== undefined) return found.id;
  if (![resource_id, plan_id].some((text) => isOfDatabases(String(text)))) return undefined;
  if (id === '') throw unexpectedBody(USAGE, `a row of ${String(plan_id)} has no resource_instance_id`);
  return id;
}

function isOfDatabases(service: string): boolean {
  return engineIn(service) !== undefined || isBackupService(service);
}

/** A row that does not say its group is in that of its instance; what is gone and says nothing stays, with a warning. */
async function isSelected(deployment: string, resource: Row, shared: IbmCloudShared): Promise<boolean> {
  const { selection, inventory, once } = shared;
  if (!selection.hasDeployment(deployment)) return false;
  if (selection.resourceGroupIds.length === 0) return true;
  const group = resource['resource_group_id'];
  if (typeof group === 'string' && group !== '') return selection.hasResourceGroup(group);
  const { deployments } = await inventory.load();
  if (!deployments.some(({ id }) => id === deployment)) {
    once('warn', `billables: some usage does not say of which resource group it is, and is read, too`);
  }
  return true;
}

function rowOf(resource: Row, metric: Row, month: string, deployment_id: string): Row {
  const end = new Date(Date.parse(`${monthAfter(month)}-01T00:00:00.000Z`) - 1_000);
  return {
    account_id: resource['account_id'],
    month,
    deployment_id,
    amount: metric['cost'],
    currency_code: resource['currency_code'],
    currency_rate: resource['currency_rate'],
    start_at: `${month}-01T00:00:00.000Z`,
    end_at: end.toISOString(),
    description: metric['metric_name'] ?? resource['resource_name'],
    identifier: resource['resource_instance_id'],
    resource_identifier: resource['resource_id'],
    sku: resource['plan_id'],
    plan_name: resource['plan_name'],
    metric: metric['metric'],
    units: metric['quantity'],
    unit: metric['unit'],
    rateable_quantity: metric['rateable_quantity'],
    rated_cost: metric['rated_cost'],
    discounts: metric['discounts'],
    volume_discount: metric['volume_discount'],
    volume_cost: metric['volume_cost'],
    region: resource['region'],
    pricing_country: resource['pricing_country'],
    billable: resource['billable'],
    pending: resource['pending'],
    non_chargeable: metric['non_chargeable'],
    resource_instance_name: resource['resource_instance_name'],
    resource_group_id: resource['resource_group_id'],
    resource_group_name: resource['resource_group_name'],
    tags: resource['tags'],
    service_tags: resource['service_tags'],
  };
}
