import { ConnectorError, asConnectorError, unexpectedBody } from '../../../core/failure/errors.ts';
import { boolean, listOfObjects, listOfTexts, number, text, timestamp } from '../../../core/stream/fields.ts';
import type { MonthRules } from '../../../core/retrieval/month/declaration.ts';
import type { Request } from '../../../core/stream/request.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import type { Api } from '../../platform.ts';
import { USAGE, usageRows } from '../account/usage.ts';
import { listPages, tokenOfNext } from '../api/pages.ts';
import { pruneToFields } from '../api/prune-to-fields.ts';
import { type IbmCloudShared, RESOURCE_GROUPS } from '../shared.ts';
import { count, requiringRole, terms } from '../terms.ts';

const OWNER = 'billables';
const PAGE_SIZE = 200;
const VIEWER_ON_GROUP = 'the role Viewer on the resource group';
const ADMINISTRATOR_ON_BILLING =
  'the role Administrator on the service Billing, or set platform.billing to resource_groups';

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
    limits: ({ selection }) => selection.limits,
    path: USAGE,
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
  const rows = await usageRows(resources, month, shared);
  return { ...rest, rows: rows.map((row) => pruneToFields(row, billables.fields)) };
}

interface Usage {
  resources: unknown[];
  requests: number;
  isWhole: boolean;
}

async function loadAccount(path: string, shared: IbmCloudShared): Promise<Usage> {
  const { rows, requests } = await usageAt(path, ADMINISTRATOR_ON_BILLING, shared);
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
        const found = await usageAt(path, VIEWER_ON_GROUP, shared);
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
    const facts = { ...terms.facts, path: RESOURCE_GROUPS, answer: 'it lists none', role: VIEWER_ON_GROUP };
    throw new ConnectorError('role_missing', facts);
  }
  once(
    'info',
    `${OWNER}: the usage of ${count(groups.length, 'resource group')} is asked for. Groups that the API key may not view are not listed; the role Viewer on all resource groups shows them`,
  );
  return groups;
}

/** The usage at a path. Throws a ConnectorError that names the role, also where billing rejects the token itself. */
async function usageAt(
  path: string,
  role: string,
  { api, endpoints }: IbmCloudShared,
): Promise<{ rows: unknown[]; requests: number }> {
  const rejected = `IBM Cloud's billing at {host} rejected the access token that IAM had just issued for this {token} (HTTP 401). Grant {holder} ${role}. If the problem persists, report it.`;
  const request: Request = {
    origin: endpoints.billing,
    path,
    query: { _limit: PAGE_SIZE, _names: 'true' },
    messages: { token_rejected: rejected },
  };
  const get: Api['get'] = (each, owner) => requiringRole(role, path, api.get(each, owner));
  const rows: unknown[] = [];
  let requests = 0;
  try {
    const pages = listPages({ get }, request, OWNER, 'resources', ({ next }) =>
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
