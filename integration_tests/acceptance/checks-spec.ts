import { isDeepStrictEqual } from 'node:util';
import { check, type Check, type CheckContext, inEach } from './check.ts';
import { brokenConfigs } from './compatibility.ts';
import {
  isObject,
  type JsonSchema,
  placeOf,
  propertiesOf,
  type SchemaNode,
  schemaNodes,
  schemaProblems,
  schemasIn,
  typesOf,
  usesOf,
  validatorOf,
} from './json-schema.ts';
import type { Message } from './messages.ts';

type Specification = Extract<Message, { type: 'SPEC' }>['spec'];

/** The one SPEC that the command prints. */
async function specification(context: CheckContext): Promise<Specification> {
  const { transcript } = await context.run('spec');
  const found = transcript.messages.flatMap((message) => (message.type === 'SPEC' ? [message.spec] : []));
  const [spec] = found;
  if (!spec || found.length > 1) throw new Error(`spec printed ${found.length} valid SPEC messages instead of one.`);
  return spec;
}

/** A check of the connectionSpecification alone. */
function specCheck(
  number: number,
  name: string,
  sentence: string,
  find: (schema: JsonSchema, spec: Specification) => readonly string[],
): Check {
  return check(number, name, sentence, async (context) => {
    if (context.tests.spec.tests.length === 0) return [];
    const spec = await specification(context);
    return find(spec.connectionSpecification, spec);
  });
}

const forbidden = [
  'not',
  'anyOf',
  'patternProperties',
  'prefixItems',
  'allOf',
  'if',
  'then',
  'else',
  'dependentSchemas',
  'dependentRequired',
];

/** Checks 3, 9, 15 and 18: keywords that forms and destinations cannot handle. */
const keywordChecks: readonly Check[] = [
  specCheck(3, 'enum_usage', 'No enum has duplicate values.', (schema) =>
    schemaNodes(schema)
      .filter(({ schema: { enum: values } }) => Array.isArray(values) && new Set(values).size < values.length)
      .map((node) => `${placeOf(node)} has duplicate values in its enum.`),
  ),
  specCheck(9, 'forbidden_complex_types', 'No keyword is used that a form cannot show.', (schema) =>
    usesOf(schema, forbidden),
  ),
  specCheck(15, 'defined_refs_exist', 'No $ref is used.', (schema) => usesOf(schema, ['$ref'])),
  specCheck(18, 'additional_properties_is_true', 'Unknown options are allowed.', (schema) =>
    schemaNodes(schema)
      .filter((node) => (node.schema['additionalProperties'] ?? true) !== true)
      .map((node) => `${placeOf(node)} does not allow additional properties.`),
  ),
];

/** Checks 4, 14, 16 and 17: choices between variants, and the OAuth flow that depends on one. */
const choiceChecks: readonly Check[] = [
  specCheck(4, 'oneof_usage', 'The variants of a choice differ in exactly one constant.', (schema) =>
    schemaNodes(schema).flatMap((node) =>
      ['oneOf', 'anyOf']
        .filter((keyword) => Array.isArray(node.schema[keyword]))
        .flatMap((keyword) => choiceProblems(node.schema, schemasIn(node.schema, keyword)))
        .map((problem) => `${placeOf(node)} ${problem}.`),
    ),
  ),
  specCheck(14, 'display_type', 'Only a choice has a display_type: dropdown or radio.', (schema) =>
    schemaNodes(schema)
      .filter(({ schema: { display_type: shown } }) => shown !== undefined)
      .filter(({ schema: node }) => !('oneOf' in node) || !['dropdown', 'radio'].includes(String(node['display_type'])))
      .map((node) => `${placeOf(node)} has the display_type ${String(node.schema['display_type'])}.`),
  ),
  specCheck(16, 'oauth_flow_parameters', 'The OAuth flow names only options that exist.', (schema, spec) =>
    oauthPaths(spec.advanced_auth)
      .filter((path) => !pathExists(schema, path))
      .map((path) => `The OAuth flow names ${path.join('.')}, which is not an option.`),
  ),
  specCheck(17, 'oauth_is_default_method', 'OAuth is the first way to sign in.', (schema, spec) => {
    const path = spec.advanced_auth?.['predicate_key'];
    if (!Array.isArray(path)) return [];
    const names = path.map(String);
    const choice = names.slice(0, -1).reduce((inner, name) => propertiesOf(inner)[name] ?? {}, schema);
    const first = propertiesOf(schemasIn(choice, 'oneOf')[0] ?? {})[names.at(-1) ?? ''];
    return first?.['const'] === spec.advanced_auth?.['predicate_value'] ? [] : ['The first variant is not OAuth.'];
  }),
];

function choiceProblems(parent: JsonSchema, variants: readonly JsonSchema[]): string[] {
  const problems: string[] = [];
  if (parent['type'] !== 'object') problems.push('offers variants, but is not an object');
  if (variants.some((variant) => !isObject(variant['properties']))) problems.push('has a variant without properties');
  const [first = {}, ...others] = variants.map(propertiesOf);
  const common = Object.keys(first).filter((name) => others.every((properties) => name in properties));
  if (common.length === 0) problems.push('has variants without a common property');
  const constants = common.filter((name) =>
    variants.every((variant) => 'const' in (propertiesOf(variant)[name] ?? {})),
  );
  if (constants.length !== 1) problems.push(`has ${constants.length} constants in all variants`);
  for (const variant of variants) {
    for (const name of constants) {
      const property = propertiesOf(variant)[name] ?? {};
      const value = property['const'];
      if ((property['default'] ?? value) !== value) problems.push(`has a default of ${name} besides its constant`);
      if (!isDeepStrictEqual(property['enum'] ?? [value], [value]))
        problems.push(`has an enum of ${name} besides its constant`);
    }
  }
  return problems;
}

function oauthPaths(flow: JsonSchema | undefined): string[][] {
  if (flow === undefined) return [];
  const paths: string[][] = Array.isArray(flow['predicate_key']) ? [flow['predicate_key'].map(String)] : [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isObject(value)) return;
    const path = value['path_in_connector_config'];
    if (Array.isArray(path)) paths.push(path.map(String));
    else Object.values(value).forEach(visit);
  };
  visit(flow['oauth_config_specification']);
  return paths;
}

function pathExists(schema: JsonSchema, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return true;
  return [schema, ...schemasIn(schema, 'oneOf')].some((variant) => {
    const property = propertiesOf(variant)[name];
    return property !== undefined && pathExists(property, rest);
  });
}

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
const formChecks: readonly Check[] = [
  specCheck(5, 'secret_is_properly_marked', 'Every field that is named like a secret is marked as one.', (schema) =>
    schemaNodes(schema)
      .filter(({ property }) => secretNames.has(property?.toLowerCase() ?? ''))
      .filter((node) => canBeSecret(node) !== (node.schema['airbyte_secret'] === true))
      .map((node) =>
        canBeSecret(node)
          ? `${placeOf(node)} is not marked as a secret.`
          : `${placeOf(node)} is marked as a secret, but cannot hold one.`,
      ),
  ),
  specCheck(12, 'duplicate_order', 'No two fields of a group have the same order.', (schema) =>
    schemaNodes(schema).flatMap((node) => {
      const places = Object.values(propertiesOf(node.schema))
        .filter(({ order }) => order !== undefined)
        .map(({ order, group }) => `${JSON.stringify(order)} in group ${JSON.stringify(group ?? null)}`);
      const twice = places.filter((place, index) => places.indexOf(place) !== index);
      return twice.map((place) => `${placeOf(node)} has the order ${place} twice.`);
    }),
  ),
  specCheck(13, 'nested_group', 'Only top-level fields belong to a group.', (schema) => {
    const top = new Set(Object.values(propertiesOf(schema)).filter(isObject));
    return schemaNodes(schema)
      .filter((node) => 'group' in node.schema && !top.has(node.schema))
      .map((node) => `${placeOf(node)} belongs to a group.`);
  }),
];

function canBeSecret({ schema }: SchemaNode): boolean {
  return !('const' in schema) && typesOf(schema).some((type) => ['string', 'number', 'integer'].includes(String(type)));
}

const itemTypes = new Set<unknown>(['object', 'string', 'number', 'integer']);

// A pattern that accepts an example, but not just any text, is a pattern for dates.
const examples = { date: '2020-02-29', 'date-time': '2020-02-29T23:59:59Z' } as const;
type DateFormat = keyof typeof examples;

/** Checks 6, 7, 8, 10 and 11: types that the form has a field for. */
const typeChecks: readonly Check[] = [
  specCheck(6, 'property_type_is_not_array', 'Every type is a single type, or one and null.', (schema) =>
    schemaNodes(schema)
      .filter((node) => Array.isArray(node.schema['type']) && !isOneOrNull(typesOf(node.schema)))
      .map((node) => `${placeOf(node)} has the types ${typesOf(node.schema).join(', ')}.`),
  ),
  specCheck(7, 'object_not_empty', 'Every object has properties or variants.', (schema) =>
    schemaNodes(schema)
      .filter((node) => node.path.length > 0 && typesOf(node.schema).includes('object'))
      .filter((node) => Object.keys(propertiesOf(node.schema)).length === 0 && !('oneOf' in node.schema))
      .map((node) => `${placeOf(node)} is an object without properties.`),
  ),
  specCheck(8, 'array_type', 'Every array declares the type of its items.', (schema) =>
    schemaNodes(schema)
      .filter((node) => typesOf(node.schema).includes('array') && !hasItemType(node))
      .map((node) => `${placeOf(node)} is an array whose items no form can show.`),
  ),
  warning(10, 'date_pattern', 'Every field with a date format has a matching pattern.', (node) => {
    const format = node.schema['format'];
    if (format !== 'date' && format !== 'date-time') return [];
    return patternFits(node, format) ? [] : [`${placeOf(node)} has the format ${format} without a matching pattern.`];
  }),
  warning(11, 'date_format', 'Every field with a date pattern has the matching format.', (node) => {
    const formats = (Object.keys(examples) as DateFormat[]).filter((format) => patternFits(node, format));
    return formats
      .filter((format) => node.schema['format'] !== format && !patternIsLoose(node))
      .map((format) => `${placeOf(node)} has the pattern of a ${format} without that format.`);
  }),
];

function warning(number: number, name: string, sentence: string, find: (node: SchemaNode) => string[]): Check {
  return { ...specCheck(number, name, sentence, (schema) => schemaNodes(schema).flatMap(find)), warnsOnly: true };
}

function isOneOrNull(types: readonly unknown[]): boolean {
  return types.length <= 2 && (types.length < 2 || types[1] === 'null');
}

function hasItemType({ schema }: SchemaNode): boolean {
  const { items } = schema as { items?: unknown };
  if (!isObject(items)) return false;
  return 'enum' in items || schemasIn(items, 'oneOf').length > 0 || typesOf(items).some((type) => itemTypes.has(type));
}

function patternFits({ schema }: SchemaNode, format: DateFormat): boolean {
  const { pattern } = schema as { pattern?: unknown };
  return typeof pattern === 'string' && new RegExp(pattern).test(examples[format]);
}

function patternIsLoose({ schema }: SchemaNode): boolean {
  return ['text', 'any text'].some((text) => new RegExp(String(schema['pattern'])).test(text));
}

const wholeSpecChecks: Check[] = [
  check(1, 'config_match_spec', 'The sample config is valid against the specification.', async (context) => {
    const schema = await connectionSpecification(context);
    const problems = schemaProblems(schema);
    if (problems.length > 0) return problems.map((problem) => `The specification is not a JSON schema: ${problem}.`);
    return inEach(context.tests.spec.tests, async ({ config_path }) => {
      const config = await context.file(config_path);
      if (!isObject(config)) return [`${config_path} is not a config.`];
      const visible = Object.fromEntries(Object.entries(config).filter(([key]) => !key.startsWith('_')));
      return validatorOf(schema)(visible).map((problem) => `${config_path}: ${problem}.`);
    });
  }),
  check(2, 'match_expected', 'SPEC equals the checked-in file.', async (context) => {
    const spec = await specification(context);
    return inEach(context.tests.spec.tests, async ({ spec_path }) =>
      isDeepStrictEqual(await context.file(spec_path), spec) ? [] : [`SPEC differs from ${spec_path}.`],
    );
  }),
  check(19, 'backward_compatibility', 'Every config of the previous release is still valid.', async (context) => {
    const spec = await specification(context);
    return inEach(context.tests.spec.tests, async ({ previous_release_path }) => {
      // The first release has no predecessor and is compared with itself.
      const previous = ((await context.file(previous_release_path)) ?? spec) as typeof spec;
      return brokenConfigs(previous.connectionSpecification, spec.connectionSpecification);
    });
  }),
];

async function connectionSpecification(context: CheckContext): Promise<JsonSchema> {
  return (await specification(context)).connectionSpecification;
}

/** Checks 1 to 19. */
export const specChecks: readonly Check[] = [
  ...wholeSpecChecks,
  ...keywordChecks,
  ...choiceChecks,
  ...formChecks,
  ...typeChecks,
].toSorted((a, b) => a.number - b.number);
