import type { Check } from './check.ts';
import { placeOf, schemaNodes, type JsonSchema } from './schema-nodes.ts';
import { specCheck } from './specification.ts';

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

/** What uses one of the keywords, in sentences. */
export function usesOf(schema: JsonSchema, keywords: readonly string[]): string[] {
  return schemaNodes(schema).flatMap((node) =>
    keywords.filter((keyword) => keyword in node.schema).map((keyword) => `${placeOf(node)} uses ${keyword}.`),
  );
}

/** Checks 3, 9, 15 and 18: keywords that forms and destinations cannot cope with. */
export const keywordChecks: readonly Check[] = [
  specCheck(3, 'enum_usage', 'No enum holds a value twice.', (schema) =>
    schemaNodes(schema)
      .filter(({ schema: { enum: values } }) => Array.isArray(values) && new Set(values).size < values.length)
      .map((node) => `${placeOf(node)} has a value twice in its enum.`),
  ),
  specCheck(9, 'forbidden_complex_types', 'No keyword is used that the form cannot show.', (schema) =>
    usesOf(schema, forbidden),
  ),
  specCheck(15, 'defined_refs_exist', 'Nothing refers to a schema elsewhere.', (schema) => usesOf(schema, ['$ref'])),
  specCheck(18, 'additional_properties_is_true', 'Unknown options are let through.', (schema) =>
    schemaNodes(schema)
      .filter((node) => (node.schema['additionalProperties'] ?? true) !== true)
      .map((node) => `${placeOf(node)} does not let additional properties through.`),
  ),
];
