import { ConnectorError } from '../../../core/failure/errors.ts';
import { listOfObjects, listOfTexts, text, timestamp } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import type { Account } from '../account/account.ts';
import { type Attributes, attributesOf, coverageOf, coveringDatabases } from '../account/coverage.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { crnsByGuid } from '../account/inventory.ts';
import { loadList, logListed } from '../account/list.ts';
import { objectOf, rowsOf } from '../api/envelope.ts';
import { orRejection } from '../api/failure.ts';
import { pruneToFields } from '../api/prune-to-fields.ts';
import { pick, textOf, textOrNull, within } from '../api/values.ts';
import { DATABASE_VIEWER, requiringRole } from '../terms.ts';

const STREAM = 'deployments_restrictions';
const RULES = 'v1/rules';

/** A resource that a rule covers, with the networks that may connect to it. */
interface Restriction {
  rule: Row;
  /** The position of the resource in the rule, from 1. */
  position: number;
  resource: Attributes;
  tags: unknown;
  contexts: readonly Context[];
}

/** Requests that a rule allows: from a zone, to a type of endpoint. */
interface Context {
  zone_id: string | null;
  endpoint_type: string | null;
  mfa: string | null;
}

/** A network zone. */
interface Zone {
  name: unknown;
  addresses: string[];
  excluded: string[];
}

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
    contexts: listOfObjects('Contexts in which the rule allows requests: one item per network zone.', {
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

async function load(account: Account): Promise<{ rows: Row[] }> {
  const account_id = await account.requireId();
  const request = {
    stream: STREAM,
    endpoint: 'cbr',
    path: RULES,
    query: { account_id },
    role: DATABASE_VIEWER,
  } as const;
  const rules = await loadList(account, { ...request, list: 'rules', key: 'id' });
  logListed(account, rules.length, 'context-based rule', DATABASE_VIEWER);
  const isCheck = account.api.isCheck === true;
  if (!isCheck) await warnOfHidden(rules.length, account_id, account);
  const selected = await coveringDatabases(rules.flatMap(restrictionsOf), STREAM, 'rules', account);
  const ids = new Set(selected.flatMap(({ contexts }) => contexts.flatMap(({ zone_id }) => zone_id ?? [])));
  // For a check, one zone shows whether the key has the role.
  const wanted = isCheck ? [...ids].slice(0, 1) : [...ids];
  const zones = new Map(await Promise.all(wanted.map(async (id) => [id, await loadZone(id, account)] as const)));
  const crns = await account.once(crnsByGuid);
  return { rows: selected.map((each) => rowOf(each, zones, coverageOf(each, crns))) };
}

/** Warns if the account has more rules than the list, or an unknown number. */
async function warnOfHidden(listed: number, account_id: string, { api, config }: Account): Promise<void> {
  const path = `v1/account_settings/${encodeURIComponent(account_id)}`;
  const settings = await orRejection(api.get({ origin: config.endpoints.cbr, path }, STREAM));
  const isRejected = settings instanceof ConnectorError;
  const existing = isRejected ? 'an unknown number of' : objectOf(settings, path)['current_rule_count'];
  if (!isRejected && !(Number(existing) > listed)) return;
  api.log(
    'warn',
    `${STREAM}: rules may be missing, because IBM Cloud lists ${listed} of ${String(existing)} rules. Grant the service ID ${DATABASE_VIEWER} to include all rules on databases`,
  );
}

/** The resources that a rule covers, with the networks that may connect to them. Throws `unexpected_body`. */
function restrictionsOf(rule: Row): Restriction[] {
  const contexts = rowsOf(rule, 'contexts', RULES).flatMap(contextsOf);
  return rowsOf(rule, 'resources', RULES).map((row, index) => {
    return { rule, position: index + 1, resource: attributesOf(row, 'name', RULES), tags: row['tags'], contexts };
  });
}

/** One context per zone. A value can contain several zones. */
function contextsOf(row: Row): Context[] {
  const attributes = attributesOf(row, 'name', RULES);
  const valueOf = (name: string): string | null => attributes.get(name)?.join(',') ?? null;
  const zones = valueOf('networkZoneId')?.split(/\s*,\s*/) ?? [null];
  return zones.map((zone_id) => ({ zone_id, endpoint_type: valueOf('endpointType'), mfa: valueOf('mfa') }));
}

/** `GET /v1/zones/{id}`: the list of zones contains only three addresses of each zone. Throws a ConnectorError. */
async function loadZone(id: string, { api, config }: Account): Promise<Zone> {
  const path = `v1/zones/${encodeURIComponent(id)}`;
  const request = api.get({ origin: config.endpoints.cbr, path }, STREAM);
  const role = 'the Viewer role on the service context-based-restrictions';
  const zone = objectOf(await requiringRole(role, path, request), path);
  const excluded = Array.isArray(zone['excluded']) ? rowsOf(zone, 'excluded', path) : [];
  return {
    name: textOrNull(zone['name']),
    addresses: rowsOf(zone, 'addresses', path).flatMap(addressOf),
    excluded: excluded.flatMap(addressOf),
  };
}

/** `subnet:10.0.0.0/24`, `serviceRef:codeengine/eu-de`. Missing parts are left out. */
function addressOf({ type, value, ref }: Row): string[] {
  const names = ['service_type', 'service_name', 'service_instance', 'location'];
  const parts = [value, ...names.map((name) => within(ref, name))].flatMap((part) => textOf(part) ?? []);
  const address = [type, parts.join('/')].flatMap((part) => textOf(part) ?? []).join(':');
  return address === '' ? [] : [address];
}

function rowOf({ rule, position, tags, contexts }: Restriction, zones: ReadonlyMap<string, Zone>, coverage: Row): Row {
  const used = [...new Set(contexts.map(({ zone_id }) => zone_id ?? ''))].flatMap((zone) => zones.get(zone) ?? []);
  const types = within(rule['operations'], 'api_types');
  const row = {
    id: `${String(rule['id'])}/${position}`,
    rule_id: rule['id'],
    ...pick(rule, ['enforcement_mode', 'created_at', 'created_by_id', 'last_modified_at', 'last_modified_by_id']),
    description: textOrNull(rule['description']),
    ...coverage,
    resource_tags: tags,
    contexts: contexts.map((each) => ({ ...each, zone_name: zones.get(each.zone_id ?? '')?.name ?? null })),
    addresses: used.flatMap(({ addresses }) => addresses),
    excluded_addresses: used.flatMap(({ excluded }) => excluded),
    api_types: Array.isArray(types) ? types.map((type: unknown) => within(type, 'api_type_id')) : null,
  };
  return pruneToFields(row, deploymentsRestrictions.fields);
}
