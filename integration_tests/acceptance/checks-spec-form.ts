import type { Check } from './check.ts';
import { isObject, placeOf, propertiesOf, schemaNodes, typesOf, type SchemaNode } from './schema-nodes.ts';
import { specCheck } from './specification.ts';

const secretNames = new Set([
  'access_token',
  'api_token',
  'app_id',
  'appid',
  'certificate',
  'client_secret',
  'client_token',
  'credentials',
  'jwt',
  'key',
  'password',
  'refresh_token',
  'secret',
  'service_account',
  'service_account_info',
  'tenant_id',
  'token',
]);

/** Checks 5, 12 and 13: how the form orders, groups and hides its fields. */
export const formChecks: readonly Check[] = [
  specCheck(5, 'secret_is_properly_marked', 'What is named like a secret is marked as one.', (schema) =>
    schemaNodes(schema)
      .filter(({ property }) => secretNames.has(property?.toLowerCase() ?? ''))
      .filter((node) => canBeSecret(node) !== (node.schema['airbyte_secret'] === true))
      .map((node) =>
        canBeSecret(node)
          ? `${placeOf(node)} is not marked as a secret.`
          : `${placeOf(node)} is marked as a secret, but cannot hold one.`,
      ),
  ),
  specCheck(12, 'duplicate_order', 'No two fields of a group have the same place.', (schema) =>
    schemaNodes(schema).flatMap((node) => {
      const places = Object.values(propertiesOf(node.schema))
        .filter(({ order }) => order !== undefined)
        .map(({ order, group }) => `${JSON.stringify(order)} in group ${JSON.stringify(group ?? null)}`);
      const twice = places.filter((place, index) => places.indexOf(place) !== index);
      return twice.map((place) => `${placeOf(node)} has the order ${place} twice.`);
    }),
  ),
  specCheck(13, 'nested_group', 'Only fields at the top belong to a group.', (schema) => {
    const top = new Set(Object.values(propertiesOf(schema)).filter(isObject));
    return schemaNodes(schema)
      .filter((node) => 'group' in node.schema && !top.has(node.schema))
      .map((node) => `${placeOf(node)} names a group.`);
  }),
];

function canBeSecret({ schema }: SchemaNode): boolean {
  return !('const' in schema) && typesOf(schema).some((type) => ['string', 'number', 'integer'].includes(String(type)));
}
