import { ConnectorError, asConnectorError, unexpectedBody } from '../../../core/failure/errors.ts';
import { boolean, listOfObjects, listOfTexts, number, text, timestamp } from '../../../core/stream/fields.ts';
import type { MonthRules } from '../../../core/retrieval/month/declaration.ts';
import { monthAfter } from '../../../core/retrieval/month/month.ts';
import type { Request } from '../../../core/stream/request.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import { parseCrn } from '../api/crn.ts';
import { engineIn, isBackupService } from '../account/instance.ts';
import { listPages, tokenOfNext } from '../api/pages.ts';
import { keepKnown } from '../api/known-keys.ts';
import { guidOf } from '../account/selection.ts';
import { type IbmCloudShared, RESOURCE_GROUPS } from '../shared.ts';
import { count, taking, words } from '../words.ts';

const OWNER = 'billables';
const PATH = 'v4/accounts/{id}/resource_instances/usage/{month}';
const PAGE_SIZE = 200;
const VIEWER_ON_GROUP = 'the role Viewer on the resource group';

/** What is known of the months of usage (icd-api.md 2.5); that many are kept, and final so late, is a cautious guess. */
const RULES: MonthRules = { firstMonths: 12, finalOnDay: 21, keptMonths: 3, saysThereIsNone };

/** `GET …/resource_instances/usage/{month}` (icd-api.md 2.5), of the account or of one resource group after the other. */
export const billables = streamsOf<IbmCloudShared>()({
  name: OWNER,
  description: 'What databases cost: one record per month, deployment, plan and metric.',
  retrieval: {
    way: 'month',
    cursorField: 'month',
    rules: RULES,
    path: PATH,
    load: loadMonth,
  },
  primaryKey: 'id',
  dropped: [],
  fields: {
    id: text(
      'Key made for this stream: month/identifier/sku/metric/region/pricing_country, and a number where these are the same.',
    ),
    account_id: text('Id of the account.'),
    month: text('Month of the usage, such as 2026-10, in UTC.'),
    deployment_id: text('CRN of the deployment or backup, which may be gone.'),
    amount: number('Cost in currency_code, with discounts.'),
    currency_code: text('Currency, such as USD.'),
    currency_rate: number('Rate by which it is exchanged from US dollars.'),
    start_at: timestamp('Beginning of the month.'),
    end_at: timestamp('Its last second.'),
    description: text('What was used, for people.'),
    identifier: text('What the usage is told of by: mostly the CRN of the instance.'),
    resource_identifier: text('Id of the service in the catalogue.'),
    sku: text('Id of the plan.'),
    plan_name: text('Name of the plan.'),
    metric: text('What was measured.'),
    units: number('How much was used, in unit.'),
    unit: text('Unit of what was used.'),
    rateable_quantity: number('How much of it costs.'),
    rated_cost: number('Cost without discounts.'),
    discounts: listOfObjects('Discounts that were applied.', {
      ref: text('Id of the discount.'),
      name: text('Name of the discount.'),
      display_name: text('Its name for people.'),
      discount: number('Percentage.'),
    }),
    volume_discount: number('Discount for the amount.'),
    volume_cost: number('Cost with it.'),
    region: text('Region.'),
    pricing_country: text('Country whose prices apply.'),
    billable: boolean('Whether it is billed.'),
    pending: boolean('Whether it is still pending.'),
    non_chargeable: boolean('Whether it costs nothing.'),
    resource_instance_name: text('Name of the deployment.'),
    resource_group_id: text('Id of its resource group.'),
    resource_group_name: text('Name of its resource group.'),
    tags: listOfTexts('Tags of the deployment.'),
    service_tags: listOfTexts('Tags that services gave it.'),
  },
});

/** Whether the response may mean that IBM does not have the month. */
function saysThereIsNone({ status }: ConnectorError): boolean {
  return status === 400 || status === 404;
}

interface Month {
  rows: Row[];
  requests: number;
  isWhole: boolean;
}

async function loadMonth(month: string, shared: IbmCloudShared): Promise<Month> {
  const account = `v4/accounts/${encodeURIComponent(await shared.account(OWNER))}`;
  const usage = `resource_instances/usage/${month}`;
  const pages =
    shared.billing === 'account'
      ? await loadAccount(`${account}/${usage}`, shared)
      : await loadGroups((group) => `${account}/resource_groups/${encodeURIComponent(group)}/${usage}`, shared);
  const { resources, ...rest } = pages;
  return { ...rest, rows: await rowsOf(resources, month, shared) };
}

interface Usage {
  resources: unknown[];
  requests: number;
  isWhole: boolean;
}

async function loadAccount(path: string, shared: IbmCloudShared): Promise<Usage> {
  const role = 'the role Administrator on the service Billing, or set platform.billing to resource_groups';
  const { rows, requests } = await taking(role, path, usageAt(path, shared));
  return { resources: rows, requests, isWhole: true };
}

/**
 * A group that is refused is left out with a warning, and its month comes again, unless the group is gone. If none can be
 * read, that is the error; a refusal says more than an absence.
 */
async function loadGroups(pathOf: (group: string) => string, shared: IbmCloudShared): Promise<Usage> {
  const groups = await groupIds(shared);
  const refused = new Map<string, ConnectorError>();
  const found = await Promise.all(
    groups.map(async (group) => {
      const path = pathOf(group);
      try {
        const found = await taking(VIEWER_ON_GROUP, path, usageAt(path, shared));
        // The row need not say it.
        for (const row of found.rows) if (isRow(row)) row['resource_group_id'] ??= group;
        return found;
      } catch (thrown) {
        const error = asConnectorError(thrown);
        if (!error.isRejection && error.status !== 400) throw thrown;
        refused.set(group, error);
        return { rows: [], requests: 1 };
      }
    }),
  );
  const errors = [...refused.values()];
  if (errors.length === groups.length) throw errors.find((error) => !saysThereIsNone(error)) ?? errors[0];
  const gone = [...refused].filter(([, { problem }]) => problem === 'not_found');
  for (const [group, { answer }] of refused) {
    const rest = gone.some(([id]) => id === group)
      ? 'has none for it'
      : 'refuses it. Every sync asks for its months again until it is there';
    shared.once(
      'warn',
      `${OWNER}: the usage of the resource group ${group} is left out: IBM Cloud ${rest} (${answer})`,
    );
  }
  return {
    resources: found.flatMap(({ rows }) => rows),
    requests: found.reduce((sum, { requests }) => sum + requests, 0),
    isWhole: refused.size === gone.length,
  };
}

async function groupIds({ selection, resourceGroups, once }: IbmCloudShared): Promise<readonly string[]> {
  const listed = selection.resourceGroupIds.length > 0 ? [] : (await resourceGroups()).filter(isRow);
  const ids = listed.flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
  const groups = selection.resourceGroupIds.length > 0 ? selection.resourceGroupIds : ids;
  if (groups.length === 0) {
    // To ask for nothing would close months that nobody has read.
    const facts = { ...words.facts, path: RESOURCE_GROUPS, answer: 'it lists none', role: VIEWER_ON_GROUP };
    throw new ConnectorError('role_missing', facts);
  }
  once(
    'info',
    `${OWNER}: the usage of ${count(groups.length, 'resource group')} is asked for. Groups that the API key may not view are not listed; the role Viewer on all resource groups shows them`,
  );
  return groups;
}

async function usageAt(
  path: string,
  { api, endpoints }: IbmCloudShared,
): Promise<{ rows: unknown[]; requests: number }> {
  const request: Request = { origin: endpoints.billing, path, query: { _limit: PAGE_SIZE, _names: 'true' } };
  const rows: unknown[] = [];
  let requests = 0;
  try {
    const pages = listPages(api, request, OWNER, 'resources', ({ next }) =>
      tokenOfNext(next, '_start', 'offset', path),
    );
    for await (const { body, rows: some } of pages) {
      requests += 1;
      rows.push(...some);
      const { count } = body;
      if (typeof count !== 'number' || count === some.length) continue;
      api.log('warn', `${OWNER}: a page of ${path} says that it has ${count} rows, and has ${some.length}`);
    }
    return { rows, requests };
  } catch (thrown) {
    const error = asConnectorError(thrown);
    // A month that has a first page is not too old, whatever is said of a later one.
    if (requests === 0 || !saysThereIsNone(error)) throw thrown;
    throw unexpectedBody(path, `a later page of it is refused (${error.answer})`);
  }
}

/** A row for each metric of each database; what only sums tell apart is told apart by a number. */
async function rowsOf(resources: unknown[], month: string, shared: IbmCloudShared): Promise<Row[]> {
  const seen = new Map<string, number>();
  const same = new Set<string>();
  const rows: Row[] = [];
  for (const [i, resource] of resources.entries()) {
    if (!isRow(resource)) throw unexpectedBody(PATH, `row ${i + 1} of ${resources.length} is no object`);
    const deployment = await deploymentOf(resource, shared);
    if (deployment === undefined || !(await isSelected(deployment, resource, shared))) continue;
    // The list is no snapshot, and may show a row on two pages.
    const whole = JSON.stringify(resource);
    if (same.has(whole)) continue;
    same.add(whole);
    const usage: unknown = resource['usage'] ?? [];
    if (!Array.isArray(usage))
      throw unexpectedBody(PATH, `the usage of row ${i + 1} of ${resources.length} is no list`);
    for (const metric of usage) {
      if (!isRow(metric)) throw unexpectedBody(PATH, `a metric of row ${i + 1} of ${resources.length} is no object`);
      const row = rowOf(resource, metric, month, deployment);
      const { resource_instance_id, plan_id, region, pricing_country } = resource;
      const parts = [month, resource_instance_id, plan_id, metric['metric'], region, pricing_country];
      const key = parts.filter((part) => typeof part === 'string').join('/');
      const number = (seen.get(key) ?? 0) + 1;
      seen.set(key, number);
      row['id'] = number === 1 ? key : `${key}/${number}`;
      rows.push(keepKnown(row, billables.fields));
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
  if (id === '') throw unexpectedBody(PATH, `a row of ${String(plan_id)} has no resource_instance_id`);
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
    once('warn', `${OWNER}: some usage does not say of which resource group it is, and is read, too`);
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
