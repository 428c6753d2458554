import { check, type Check, type CheckContext, inEach } from './check.ts';
import { catalogBreaks } from './compatibility.ts';
import { type JsonSchema, placeOf, propertiesOf, schemaNodes, schemaProblems, typesOf, usesOf } from './json-schema.ts';
import type { DiscoveredCatalog, DiscoveredStream } from './messages.ts';

/** Checks 25 to 35. */
export const discoveryChecks: readonly Check[] = [
  catalogCheck(25, 'discover', 'discover prints one CATALOG whose streams have unique names.', ({ streams }) => {
    const names = streams.map(({ name }) => name);
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    const found = twice.map((name) => `The stream ${name} is in the catalog twice.`);
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
  streamCheck(28, 'defined_refs_exist_in_schema', 'No schema uses $ref.', (stream) =>
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
  streamCheck(31, 'streams_have_sync_modes', 'Every stream has sync modes, without duplicates.', (stream) => {
    const modes = stream.supported_sync_modes;
    const isUsable = modes.length > 0 && new Set(modes).size === modes.length;
    return isUsable ? [] : [`The sync modes are ${modes.join(', ')}.`];
  }),
  streamCheck(32, 'additional_properties_is_true', 'Undeclared fields are allowed.', (stream) =>
    schemaNodes(stream.json_schema)
      .filter((node) => (node.schema['additionalProperties'] ?? true) !== true)
      .map((node) => `${placeOf(node)} does not allow additional properties.`),
  ),
  check(33, 'backward_compatibility', 'Every stream of the previous release still fits its tables.', (context) =>
    inEach(context.tests.discovery.tests, async ({ config_path, previous_release_path }) => {
      const current = await discoveredWith(context, config_path);
      // The first release has no predecessor and is compared with itself.
      const previous = ((await context.file(previous_release_path)) ?? current) as DiscoveredCatalog;
      return catalogBreaks(previous, current);
    }),
  ),
  streamCheck(34, 'primary_keys_data_type', 'Every primary key is a plain value.', (stream) =>
    keyPaths(stream)
      .filter((path) => typesOf(fieldAt(stream.json_schema, path) ?? {}).some((t) => t === 'object' || t === 'array'))
      .map((path) => `The primary key ${path.join('.')} is an object or an array.`),
  ),
  streamCheck(35, 'catalog_has_supported_data_types', 'Every field has a type that destinations support.', (stream) =>
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

/** The one CATALOG that discover prints for a config. */
export async function discoveredWith(context: CheckContext, configPath: string): Promise<DiscoveredCatalog> {
  const { transcript } = await context.run('discover', { config: await context.file(configPath) });
  const found = transcript.messages.flatMap((message) => (message.type === 'CATALOG' ? [message.catalog] : []));
  const [catalog] = found;
  if (!catalog || found.length > 1)
    throw new Error(`discover printed ${found.length} valid CATALOG messages instead of one.`);
  return catalog;
}

/** A check of the discovered catalog as a whole. */
function catalogCheck(
  number: number,
  name: string,
  sentence: string,
  find: (catalog: DiscoveredCatalog) => readonly string[],
): Check {
  return check(number, name, sentence, (context) =>
    inEach(context.tests.discovery.tests, async ({ config_path }) => find(await discoveredWith(context, config_path))),
  );
}

/** A check of each discovered stream. */
function streamCheck(
  number: number,
  name: string,
  sentence: string,
  find: (stream: DiscoveredStream) => readonly string[],
): Check {
  return catalogCheck(number, name, sentence, ({ streams }) =>
    streams.flatMap((stream) => find(stream).map((found) => `${stream.name}: ${found}`)),
  );
}

const types = new Set<unknown>(['null', 'string', 'number', 'integer', 'boolean', 'object', 'array']);

// Which airbyte_type goes with which type and format.
const airbyteTypes: Readonly<Record<string, { readonly type: string; readonly format?: string }>> = {
  timestamp_with_timezone: { type: 'string', format: 'date-time' },
  timestamp_without_timezone: { type: 'string', format: 'date-time' },
  time_with_timezone: { type: 'string', format: 'time' },
  time_without_timezone: { type: 'string', format: 'time' },
  integer: { type: 'number' },
};

/** Types, formats and airbyte_types that no destination supports, as sentences. */
function unknownTypes(schema: JsonSchema): string[] {
  return schemaNodes(schema).flatMap((node) => {
    const found: string[] = [];
    const { format, airbyte_type: airbyteType } = node.schema;
    const named = typesOf(node.schema);
    for (const type of named) if (!types.has(type)) found.push(`has the type ${String(type)}`);
    const isTime = format === 'time' && airbyteType !== undefined;
    if (format !== undefined && format !== 'date' && format !== 'date-time' && !isTime) {
      found.push(`has the format ${JSON.stringify(format)}`);
    }
    if (airbyteType !== undefined) {
      const due = typeof airbyteType === 'string' ? airbyteTypes[airbyteType] : undefined;
      if (!due || !named.includes(due.type) || format !== due.format) {
        found.push(`has the airbyte_type ${JSON.stringify(airbyteType)}, which does not fit its type and format`);
      }
    }
    return found.map((problem) => `${placeOf(node)} ${problem}.`);
  });
}
