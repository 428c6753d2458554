import { unexpectedBody } from '../../../core/failure/errors.ts';
import { boolean, listOfObjects, listOfTexts, number, text, timestamp } from '../../../core/stream/fields.ts';
import type { Month } from '../../../core/retrieval/month/declaration.ts';
import { monthAfter } from '../../../core/retrieval/month/month.ts';
import type { Row } from '../../../core/record/row.ts';
import type { Account } from '../account/account.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { isDatabaseService } from '../account/instance.ts';
import { crnsByGuid } from '../account/inventory.ts';
import { guidOf } from '../account/selection.ts';
import { loadUsage } from '../account/usage.ts';
import { parseCrn } from '../api/crn.ts';
import { rowsOf } from '../api/envelope.ts';
import { pruneToFields } from '../api/prune-to-fields.ts';
import { pick, textOf } from '../api/values.ts';

const PATH = 'v4/accounts/{id}/resource_instances/usage/{month}';

/** One record per instance, plan and metric of a month's usage (icd-api.md 2.5). */
export const billables = ibmStream({
  name: 'billables',
  description: 'Costs of databases: one record per month, deployment, plan and metric.',
  retrieval: {
    way: 'month',
    cursorField: 'month',
    // IBM finalizes a month by the 20th of the next month. It is unknown how many months IBM keeps.
    rules: {
      firstMonths: 12,
      finalOnDay: 21,
      keptMonths: 3,
      saysThereIsNone: ({ status }) => status === 400 || status === 404,
    },
    limits: ({ selection }) => selection.limits,
    path: PATH,
    load: loadMonth,
  },
  primaryKey: 'id',
  fields: {
    id: text(
      'Key generated for this stream: month/identifier/sku/metric/region/pricing_country, plus a number if several records share these values.',
    ),
    month: text('Billing month in UTC, such as 2026-10.'),
    deployment_id: text('CRN of the deployment or backup, which may no longer exist.'),
    amount: number('Cost in currency_code, after discounts.'),
    currency_code: text('Currency, such as USD.'),
    currency_rate: number('Exchange rate from US dollars.'),
    start_at: timestamp('Start of the month.'),
    end_at: timestamp('Last second of the month.'),
    description: text('Display name of the metric or, if it has none, of the service.'),
    identifier: text('Billing identifier, usually the CRN of the instance.'),
    resource_identifier: text('ID of the service in the catalog.'),
    sku: text('ID of the plan.'),
    plan_name: text('Name of the plan.'),
    metric: text('ID of the metric.'),
    units: number('Quantity used, in the unit that the field unit contains.'),
    unit: text('Unit of the quantity.'),
    rateable_quantity: number('Billable quantity.'),
    rated_cost: number('Cost before discounts.'),
    discounts: listOfObjects('Applied discounts.', {
      ref: text('ID of the discount.'),
      name: text('Name of the discount.'),
      display_name: text('Display name of the discount.'),
      discount: number('Discount in percent.'),
    }),
    volume_discount: number('Volume discount.'),
    volume_cost: number('Cost after the volume discount.'),
    region: text('Region of the deployment.'),
    pricing_country: text('Country whose prices apply.'),
    billable: boolean('Whether the plan is billable.'),
    pending: boolean('Whether the charge is pending.'),
    non_chargeable: boolean('Whether the metric is free of charge.'),
    resource_instance_name: text('Name of the deployment.'),
    resource_group_id: text('ID of the resource group.'),
    resource_group_name: text('Name of the resource group.'),
    tags: listOfTexts('Tags of the deployment.'),
    service_tags: listOfTexts('Service tags of the deployment.'),
  },
});

async function loadMonth(month: string, account: Account): Promise<Month> {
  const { rows: resources, ...rest } = await loadUsage(month, account);
  // The list isn't a snapshot, so it may contain a row twice.
  const distinct = new Map(resources.map((resource) => [JSON.stringify(resource), resource])).values();
  const rows: Row[] = [];
  const keys = new Map<string, number>();
  for (const resource of distinct) {
    const deployment = await deploymentOf(resource, account);
    if (deployment === undefined || !isSelected(deployment, resource, account)) continue;
    for (const metric of rowsOf({ usage: [], ...resource }, 'usage', PATH)) {
      const { resource_instance_id, plan_id, region, pricing_country } = resource;
      const parts = [month, resource_instance_id, plan_id, metric['metric'], region, pricing_country];
      const key = parts.filter((part) => typeof part === 'string').join('/');
      const number = (keys.get(key) ?? 0) + 1;
      keys.set(key, number);
      const row = { ...rowOf(resource, metric, month, deployment), id: number === 1 ? key : `${key}/${number}` };
      rows.push(pruneToFields(row, billables.fields));
    }
  }
  return { rows, ...rest };
}

/** The CRN of the deployment or backup, or the id if no CRN is known, or undefined for another service. */
async function deploymentOf(resource: Row, account: Account): Promise<string | undefined> {
  const { resource_instance_id, resource_id, plan_id } = resource;
  const id = textOf(resource_instance_id) ?? '';
  const crn = parseCrn(id);
  if (crn !== undefined) return isDatabaseService(crn.service) ? id : undefined;
  // The id may be a bare GUID (icd-api.md 6).
  const found = (await account.once(crnsByGuid)).get(guidOf(id));
  if (found !== undefined) return found;
  if (!isDatabaseService(String(resource_id)) && !isDatabaseService(String(plan_id))) return undefined;
  if (id === '') throw unexpectedBody(PATH, `a row of ${String(plan_id)} has no resource_instance_id`);
  return id;
}

function isSelected(deployment: string, resource: Row, account: Account): boolean {
  const { selection } = account;
  if (!selection.hasDeployment(deployment)) return false;
  if (selection.resourceGroupIds.length === 0) return true;
  const group = textOf(resource['resource_group_id']);
  if (group !== undefined) return selection.resourceGroupIds.includes(group);
  account.logOnce(
    'warn',
    'billables: some usage has no resource_group_id, and is synced although resource_group_ids is set',
  );
  return true;
}

function rowOf(resource: Row, metric: Row, month: string, deployment_id: string): Row {
  const end = new Date(Date.parse(`${monthAfter(month)}-01T00:00:00.000Z`) - 1_000);
  return {
    ...pick({ ...resource, ...metric }, Object.keys(billables.fields)),
    month,
    deployment_id,
    amount: metric['cost'],
    start_at: `${month}-01T00:00:00.000Z`,
    end_at: end.toISOString(),
    description: metric['metric_name'] ?? resource['resource_name'],
    identifier: resource['resource_instance_id'],
    resource_identifier: resource['resource_id'],
    sku: resource['plan_id'],
    units: metric['quantity'],
  };
}
