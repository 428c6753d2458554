import type { Check } from './check.ts';
import { isObject, placeOf, propertiesOf, schemaNodes, schemasIn, typesOf, type SchemaNode } from './schema-nodes.ts';
import { specCheck } from './specification.ts';

const itemTypes = new Set<unknown>(['object', 'string', 'number', 'integer']);

// A pattern that lets an example through, and a text without separators not, is a pattern for dates.
const examples = { date: '2020-02-29', 'date-time': '2020-02-29T23:59:59Z' } as const;
type DateFormat = keyof typeof examples;

/** Checks 6, 7, 8, 10 and 11: types that the form has a field for. */
export const typeChecks: readonly Check[] = [
  specCheck(6, 'property_type_is_not_array', 'A type is one, or one and null.', (schema) =>
    schemaNodes(schema)
      .filter((node) => Array.isArray(node.schema['type']) && !isOneOrNull(typesOf(node.schema)))
      .map((node) => `${placeOf(node)} has the types ${typesOf(node.schema).join(', ')}.`),
  ),
  specCheck(7, 'object_not_empty', 'An object has properties or variants.', (schema) =>
    schemaNodes(schema)
      .filter((node) => node.path.length > 0 && typesOf(node.schema).includes('object'))
      .filter((node) => Object.keys(propertiesOf(node.schema)).length === 0 && !('oneOf' in node.schema))
      .map((node) => `${placeOf(node)} is an object without properties.`),
  ),
  specCheck(8, 'array_type', 'An array says what its items are.', (schema) =>
    schemaNodes(schema)
      .filter((node) => typesOf(node.schema).includes('array') && !hasItemType(node))
      .map((node) => `${placeOf(node)} is an array of items that no form can show.`),
  ),
  warning(10, 'date_pattern', 'What takes a date has the pattern of its format.', (node) => {
    const format = node.schema['format'];
    if (format !== 'date' && format !== 'date-time') return [];
    return patternFits(node, format) ? [] : [`${placeOf(node)} has the format ${format} without its pattern.`];
  }),
  warning(11, 'date_format', 'What has the pattern of a date has its format.', (node) => {
    const formats = (Object.keys(examples) as DateFormat[]).filter((format) => patternFits(node, format));
    return formats
      .filter((format) => node.schema['format'] !== format && !patternIsLoose(node))
      .map((format) => `${placeOf(node)} has the pattern of a ${format} without its format.`);
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
