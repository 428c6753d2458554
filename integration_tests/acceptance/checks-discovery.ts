import { catalogBreaks } from './catalog-compatibility.ts';
import type { DiscoveredCatalog, DiscoveredStream } from './catalog-schema.ts';
import { check, inEach, type Check } from './check.ts';
import { usesOf } from './checks-spec-keywords.ts';
import { catalogCheck, discoveredWith, streamCheck } from './discovery.ts';
import { unknownTypes } from './field-types.ts';
import { placeOf, propertiesOf, schemaNodes, typesOf, type JsonSchema } from './schema-nodes.ts';
import { schemaProblems } from './schema-validator.ts';

/** Checks 25 to 35. */
export const discoveryChecks: readonly Check[] = [
  catalogCheck(25, 'discover', 'discover prints one CATALOG with streams of different names.', ({ streams }) => {
    const names = streams.map(({ name }) => name);
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    const found = twice.map((name) => `The stream ${name} stands twice in the catalog.`);
    return names.length === 0 ? ['The catalog has no streams.'] : found;
  }),
  streamCheck(26, 'streams_have_valid_json_schemas', 'Every schema is a draft-07 JSON schema.', (stream) =>
    schemaProblems(stream.json_schema),
  ),
  streamCheck(27, 'defined_cursors_exist_in_schema', 'Every cursor is a declared field.', (stream) =>
    stream.default_cursor_field && !fieldAt(stream.json_schema, stream.default_cursor_field)
      ? [`The cursor ${stream.default_cursor_field.join('.')} is not declared.`]
      : [],
  ),
  streamCheck(28, 'defined_refs_exist_in_schema', 'No schema refers to another.', (stream) =>
    usesOf(stream.json_schema, ['$ref']),
  ),
  streamCheck(29, 'defined_keyword_exist_in_schema', 'No schema uses allOf or not.', (stream) =>
    usesOf(stream.json_schema, ['allOf', 'not']),
  ),
  streamCheck(30, 'primary_keys_exist_in_schema', 'Every primary key is a declared field.', (stream) =>
    keyPaths(stream)
      .filter((path) => !fieldAt(stream.json_schema, path))
      .map((path) => `The primary key ${path.join('.')} is not declared.`),
  ),
  streamCheck(31, 'streams_have_sync_modes', 'Every stream has a sync mode, each once.', (stream) => {
    const modes = stream.supported_sync_modes;
    const isUsable = modes.length > 0 && new Set(modes).size === modes.length;
    return isUsable ? [] : [`The sync modes are ${modes.join(', ')}.`];
  }),
  streamCheck(32, 'additional_properties_is_true', 'Undeclared fields are let through.', (stream) =>
    schemaNodes(stream.json_schema)
      .filter((node) => (node.schema['additionalProperties'] ?? true) !== true)
      .map((node) => `${placeOf(node)} does not let additional properties through.`),
  ),
  check(33, 'backward_compatibility', 'Every stream of the previous release still fits its tables.', (context) =>
    inEach(context.tests.discovery.tests, async ({ config_path, previous_release_path }) => {
      const current = await discoveredWith(context, config_path);
      // The first release has no forerunner and is compared with itself.
      const previous = ((await context.file(previous_release_path)) ?? current) as DiscoveredCatalog;
      return catalogBreaks(previous, current);
    }),
  ),
  streamCheck(34, 'primary_keys_data_type', 'Every primary key is a plain value.', (stream) =>
    keyPaths(stream)
      .filter((path) => typesOf(fieldAt(stream.json_schema, path) ?? {}).some((t) => t === 'object' || t === 'array'))
      .map((path) => `The primary key ${path.join('.')} is an object or an array.`),
  ),
  streamCheck(35, 'catalog_has_supported_data_types', 'Every field has a type that destinations know.', (stream) =>
    unknownTypes(stream.json_schema),
  ),
];

function keyPaths(stream: DiscoveredStream): readonly (readonly string[])[] {
  return stream.source_defined_primary_key ?? [];
}

function fieldAt(schema: JsonSchema, [name, ...rest]: readonly string[]): JsonSchema | undefined {
  if (name === undefined) return schema;
  const property = propertiesOf(schema)[name];
  return property && fieldAt(property, rest);
}
