import type { Field } from './fields.ts';

export type JsonSchema = { readonly [keyword: string]: unknown };

/** The schema of records with these fields. All fields are nullable, no field is required, and other fields are allowed. */
export function recordSchema(
  fields: Readonly<Record<string, Field>>,
  schemaOf: (field: Field) => JsonSchema,
): JsonSchema {
  const properties = Object.entries(fields).map(([name, field]) => [name, schemaOf(field)]);
  return { type: 'object', additionalProperties: true, properties: Object.fromEntries(properties) as JsonSchema };
}

/** The schema of a field, without the schemas of nested values. */
export function fieldSchema({ kind, description }: Field): JsonSchema {
  switch (kind) {
    case 'text':
      return { type: ['null', 'string'], description };
    case 'timestamp':
      return { type: ['null', 'string'], format: 'date-time', description };
    case 'object':
      return { type: ['null', 'object'], additionalProperties: true, description };
    case 'list':
      return { type: ['null', 'array'], description };
    default:
      return { type: ['null', kind], description };
  }
}
