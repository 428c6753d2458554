import { isDeepStrictEqual } from 'node:util';
import type { Check } from './check.ts';
import { isObject, placeOf, propertiesOf, schemaNodes, schemasIn, type JsonSchema } from './schema-nodes.ts';
import { specCheck } from './specification.ts';

/** Checks 4, 14, 16 and 17: choices between variants, and the OAuth flow that hangs on one of them. */
export const choiceChecks: readonly Check[] = [
  specCheck(4, 'oneof_usage', 'The variants of a choice differ by exactly one constant.', (schema) =>
    schemaNodes(schema).flatMap((node) =>
      ['oneOf', 'anyOf']
        .filter((keyword) => Array.isArray(node.schema[keyword]))
        .flatMap((keyword) => choiceProblems(node.schema, schemasIn(node.schema, keyword)))
        .map((problem) => `${placeOf(node)} ${problem}.`),
    ),
  ),
  specCheck(14, 'display_type', 'A choice is shown as a list or as buttons, and nothing else is.', (schema) =>
    schemaNodes(schema)
      .filter(({ schema: { display_type: shown } }) => shown !== undefined)
      .filter(({ schema: node }) => !('oneOf' in node) || !['dropdown', 'radio'].includes(String(node['display_type'])))
      .map((node) => `${placeOf(node)} has the display_type ${String(node.schema['display_type'])}.`),
  ),
  specCheck(16, 'oauth_flow_parameters', 'The OAuth flow only names options that exist.', (schema, spec) =>
    oauthPaths(spec.advanced_auth)
      .filter((path) => !pathExists(schema, path))
      .map((path) => `The OAuth flow names ${path.join('.')}, which is no option.`),
  ),
  specCheck(17, 'oauth_is_default_method', 'OAuth comes first among the ways to sign in.', (schema, spec) => {
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
  if (parent['type'] !== 'object') problems.push('offers variants, but is no object');
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
      if (!isDeepStrictEqual(property['enum'] ?? [value], [value])) problems.push(`has an enum of ${name} besides`);
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
