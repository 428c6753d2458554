import { unexpectedBody } from '../../../core/failure/errors.ts';
import type { Row } from '../../../core/record/row.ts';
import { objectOf, rowsOf } from '../api/envelope.ts';
import { rowsOfOnlyPage } from '../api/pages.ts';
import { textOf, textOrNull, within } from '../api/values.ts';
import { requiringRole } from '../terms.ts';
import type { Account } from './account.ts';
import type { Attributes } from './coverage.ts';

export const RULES = 'v1/rules';
const ZONES = 'v1/zones';

/** A resource that a rule covers, with the networks that may connect to it (icd-accounts-access.md 2.24). */
export interface Restriction {
  /** The ID of the rule. */
  id: string;
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
export interface Zone {
  name: unknown;
  addresses: string[];
  excluded: string[];
}

/** The resources of a rule. Throws `unexpected_body`. */
export function restrictionsOf(rule: Row): Restriction[] {
  const id = textOf(rule['id']);
  if (id === undefined) throw unexpectedBody(RULES, 'a rule has no id');
  const contexts = rowsOf(rule, 'contexts', RULES).flatMap(contextsOf);
  return rowsOf(rule, 'resources', RULES).map((row, index) => {
    return { id, rule, position: index + 1, resource: attributesOf(row), tags: row['tags'], contexts };
  });
}

/** One context per zone. A value can contain several zones. */
function contextsOf(row: Row): Context[] {
  const attributes = attributesOf(row);
  const valueOf = (name: string): string | null => attributes.get(name)?.join(',') ?? null;
  const zones = valueOf('networkZoneId')?.split(/\s*,\s*/) ?? [null];
  return zones.map((zone_id) => ({ zone_id, endpoint_type: valueOf('endpointType'), mfa: valueOf('mfa') }));
}

function attributesOf(row: Row): Attributes {
  const attributes = new Map<string, string[]>();
  for (const { name, value } of rowsOf(row, 'attributes', RULES)) {
    const [key, text] = [textOf(name), textOf(value)];
    if (key === undefined || text === undefined) throw unexpectedBody(RULES, 'an attribute has no name or no value');
    attributes.set(key, [...(attributes.get(key) ?? []), text]);
  }
  return attributes;
}

/** `GET /v1/zones/{id}`: the list of zones contains only three addresses of each zone. Throws a ConnectorError. */
export async function loadZone(id: string, { api, config }: Account): Promise<Zone> {
  const path = `${ZONES}/${encodeURIComponent(id)}`;
  const request = { origin: config.endpoints.cbr, path };
  const role = 'the Viewer role on the service context-based-restrictions';
  const zone = objectOf(await requiringRole(role, path, api.get(request, 'deployments_restrictions')), path);
  const excluded = Array.isArray(zone['excluded']) ? rowsOf(zone, 'excluded', path) : [];
  return {
    name: textOrNull(zone['name']),
    addresses: rowsOfOnlyPage(zone, 'addresses', path).flatMap(addressOf),
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
