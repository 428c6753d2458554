import type { JsonSchema } from '../airbyte/messages.ts';

export type FieldKind = 'text' | 'integer' | 'number' | 'boolean' | 'timestamp' | 'object' | 'list';

/** A top-level property of a stream: what its values are made to be, and how the catalog declares it. */
export interface Field {
  kind: FieldKind;
  schema: JsonSchema;
}

// Everything is nullable and nothing is an enum: the API's examples are partial, and keys were added over the years
// (compose-api.md 9).

export const text = (description: string): Field => scalar('text', 'string', description);
export const integer = (description: string): Field => scalar('integer', 'integer', description);
export const number = (description: string): Field => scalar('number', 'number', description);
export const boolean = (description: string): Field => scalar('boolean', 'boolean', description);

export function timestamp(description: string): Field {
  const schema = { format: 'date-time', airbyte_type: 'timestamp_with_timezone' };
  return { kind: 'timestamp', schema: { type: ['null', 'string'], ...schema, description } };
}

/** An object that is passed on as it came; `properties` describe what is known of it. */
export function object(description: string, properties: Record<string, Field> = {}): Field {
  return { kind: 'object', schema: { ...objectSchema(properties), description } };
}

/** A list of objects that is passed on as it came. */
export function listOfObjects(description: string, properties: Record<string, Field>): Field {
  return { kind: 'list', schema: { type: ['null', 'array'], items: objectSchema(properties), description } };
}

export function listOfTexts(description: string): Field {
  return { kind: 'list', schema: { type: ['null', 'array'], items: { type: ['null', 'string'] }, description } };
}

/** The schema of a stream with these fields. */
export function recordSchema(fields: Record<string, Field>): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    additionalProperties: true,
    properties: schemas(fields),
  };
}

function scalar(kind: FieldKind, type: string, description: string): Field {
  return { kind, schema: { type: ['null', type], description } };
}

function objectSchema(properties: Record<string, Field>): JsonSchema {
  return { type: ['null', 'object'], additionalProperties: true, properties: schemas(properties) };
}

function schemas(fields: Record<string, Field>): JsonSchema {
  return Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema]));
}
