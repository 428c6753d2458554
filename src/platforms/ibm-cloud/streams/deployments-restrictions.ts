import { ConnectorError } from '../../../core/failure/errors.ts';
import { listOfObjects, listOfTexts, text, timestamp } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import { accountId } from '../account/account-id.ts';
import type { Account } from '../account/account.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { loadInventory } from '../account/inventory.ts';
import { coverageOf, coversDatabases, isSelected, warnOfLimits } from '../account/coverage.ts';
import { RULES, type Restriction, type Zone, loadZone, restrictionsOf } from '../account/restriction.ts';
import { guidOf } from '../account/selection.ts';
import { objectOf } from '../api/envelope.ts';
import { orRejection } from '../api/failure.ts';
import { rowsOfOnlyPage } from '../api/pages.ts';
import { pruneToFields } from '../api/prune-to-fields.ts';
import { pick, textOrNull, within } from '../api/values.ts';
import { DATABASE_VIEWER, count, requiringRole } from '../terms.ts';

const STREAM = 'deployments_restrictions';

/**
 * `GET /v1/rules` (icd-accounts-access.md 2.24), which is not paginated. The request isn't filtered by service: the API filters by
 * only one service at a time, and rules without a service cover databases, too.
 */
export const deploymentsRestrictions = ibmStream({
  name: STREAM,
  description:
    'Context-based restrictions, which limit the networks that can connect to databases. One record per rule and resource.',
  retrieval: { way: 'shared', path: RULES, load },
  primaryKey: 'id',
  dropped: [],
  fields: {
    id: text('Key generated for this stream: rule_id/position of the resource in the rule.'),
    rule_id: text('ID of the rule.'),
    description: text('Description of the rule.'),
    enforcement_mode: text('Whether the rule is enforced: enabled, disabled (the rule has no effect) or report.'),
    service_name: text('Name of the service, such as databases-for-postgresql; null for a rule on all services.'),
    service_instance: text('GUID of the service instance, if the rule is limited to one instance.'),
    deployment_id: text('CRN of the deployment, if the rule is limited to a deployment that the API key can view.'),
    region: text('Region that the rule is limited to.'),
    resource_group_id: text('ID of the resource group, if the rule is limited to one group.'),
    resource_tags: listOfObjects('Access management tags that resources must have.', {
      name: text('Name of the tag.'),
      value: text('Value of the tag.'),
      operator: text('Operator that compares the value.'),
    }),
    contexts: listOfObjects('Requests that the rule allows: one item per network zone.', {
      zone_id: text('ID of the network zone; null if every network is allowed.'),
      zone_name: text('Name of the network zone.'),
      endpoint_type: text('Endpoint type, such as public or private; null if every type is allowed.'),
      mfa: text('Required level of multifactor authentication.'),
    }),
    addresses: listOfTexts('Addresses in the network zones, as type:value.'),
    excluded_addresses: listOfTexts('Addresses that the network zones exclude, as type:value.'),
    api_types: listOfTexts('APIs that the rule is limited to.'),
    created_at: timestamp('Creation time of the rule.'),
    created_by_id: text('IAM ID of the creator.'),
    last_modified_at: timestamp('Time of the last modification.'),
    last_modified_by_id: text('IAM ID of the last modifier.'),
  },
});

async function load(account: Account): Promise<{ rows: Row[]; requests: number }> {
  const { api, config } = account;
  const account_id = await account.once(accountId);
  const request = { origin: config.endpoints.cbr, path: RULES, query: { account_id } };
  const [body, { deployments }] = await Promise.all([
    requiringRole(DATABASE_VIEWER, RULES, api.get(request, STREAM)),
    account.once(loadInventory),
  ]);
  const listed = rowsOfOnlyPage(body, 'rules', RULES);
  // A rule that is listed twice would repeat its records.
  const rules = [...new Map(listed.map((rule) => [rule['id'], rule])).values()];
  const covering = rules.flatMap(restrictionsOf).filter(coversDatabases);
  api.log(
    'info',
    `IBM Cloud lists ${count(rules.length, 'context-based rule')} for this API key, ${new Set(covering.map(({ id }) => id)).size} of which cover databases`,
  );
  const crns = new Map(deployments.map(({ id }) => [guidOf(id), id]));
  const selected = covering.filter((restriction) => isSelected(restriction, crns, account));
  warnOfLimits(STREAM, ['rule', 'rules'], selected, account);
  const ids = [...new Set(selected.flatMap(({ contexts }) => contexts.flatMap(({ zone_id }) => zone_id ?? [])))];
  // For a check, one zone shows whether the key has the role.
  const wanted = api.isCheck === true ? ids.slice(0, 1) : ids;
  const [loaded] = await Promise.all([
    Promise.all(wanted.map(async (id) => [id, await loadZone(id, account)] as const)),
    api.isCheck === true ? undefined : warnOfHidden(rules.length, account_id, account),
  ]);
  const zones = new Map(loaded);
  return { rows: selected.map((each) => rowOf(each, zones, crns)), requests: wanted.length + 2 };
}

/** Warns if the account has more rules than the list. */
async function warnOfHidden(listed: number, account_id: string, { api, config }: Account): Promise<void> {
  const path = `v1/account_settings/${encodeURIComponent(account_id)}`;
  const body = await orRejection(api.get({ origin: config.endpoints.cbr, path }, STREAM));
  const isRejected = body instanceof ConnectorError;
  const existing = isRejected ? Infinity : objectOf(body, path)['current_rule_count'];
  if (typeof existing !== 'number' || existing <= listed) return;
  const reason = isRejected
    ? `IBM Cloud rejected the request for the number of rules (${body.answer})`
    : `IBM Cloud lists only ${listed} of ${existing} rules with this API key`;
  api.log(
    'warn',
    `${STREAM}: rules may be missing, because ${reason}. Grant the service ID ${DATABASE_VIEWER} to include all rules on databases`,
  );
}

function rowOf(restriction: Restriction, zones: ReadonlyMap<string, Zone>, crns: ReadonlyMap<string, string>): Row {
  const { id, rule, position, tags, contexts } = restriction;
  const used = [...new Set(contexts.map(({ zone_id }) => zone_id ?? ''))].flatMap((zone) => zones.get(zone) ?? []);
  const types = within(rule['operations'], 'api_types');
  const row = {
    id: `${id}/${position}`,
    rule_id: id,
    ...pick(rule, ['enforcement_mode', 'created_at', 'created_by_id', 'last_modified_at', 'last_modified_by_id']),
    description: textOrNull(rule['description']),
    ...coverageOf(restriction, crns),
    resource_tags: tags,
    contexts: contexts.map((each) => ({ ...each, zone_name: zones.get(each.zone_id ?? '')?.name ?? null })),
    addresses: used.flatMap(({ addresses }) => addresses),
    excluded_addresses: used.flatMap(({ excluded }) => excluded),
    api_types: Array.isArray(types) ? types.map((type: unknown) => within(type, 'api_type_id')) : null,
  };
  return pruneToFields(row, deploymentsRestrictions.fields);
}
