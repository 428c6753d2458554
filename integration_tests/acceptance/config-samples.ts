import fc from 'fast-check';
import { isObject, propertiesOf, schemasIn, typesOf, type JsonSchema } from './schema-nodes.ts';

const seed = 20230301;

/** Made-up configs that are valid against the schema; the same ones every time. */
export function configsOf(schema: JsonSchema, count: number): unknown[] {
  return fc.sample(valuesOf(schema), { numRuns: count, seed });
}

function valuesOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const variants = schemasIn(schema, 'oneOf');
  if (variants.length > 0) return fc.oneof(...variants.map(valuesOf));
  const types = typesOf(schema);
  return fc.oneof(...(types.length === 0 ? ['object'] : types).map((type) => valuesOfType(schema, type)));
}

function valuesOfType(schema: JsonSchema, type: unknown): fc.Arbitrary<unknown> {
  const limits = schema as { minimum?: number; maximum?: number; minItems?: number; minLength?: number };
  switch (type) {
    case 'string':
      return texts(schema, limits.minLength ?? 0);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: limits.minimum ?? -1000, max: limits.maximum ?? 1000 });
    case 'number':
      return fc.double({ min: limits.minimum ?? -1000, max: limits.maximum ?? 1000, noNaN: true });
    case 'array':
      return fc.array(isObject(schema['items']) ? valuesOf(schema['items']) : fc.string(), {
        minLength: limits.minItems ?? 0,
        maxLength: (limits.minItems ?? 0) + 3,
      });
    case 'object':
      return objects(schema);
    default:
      return fc.constant(null);
  }
}

function objects(schema: JsonSchema): fc.Arbitrary<unknown> {
  const values = Object.entries(propertiesOf(schema)).map(([name, property]) => [name, valuesOf(property)] as const);
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const isNeeded = ([name]: readonly [string, unknown]): boolean =>
    // A constant tells the variants of a choice apart, so it is never left out.
    required.includes(name) || 'const' in (propertiesOf(schema)[name] ?? {});
  const requiredKeys = values.filter(isNeeded).map(([name]) => name);
  return fc.record(Object.fromEntries(values), { requiredKeys });
}

function texts(schema: JsonSchema, minLength: number): fc.Arbitrary<string> {
  const { format, pattern } = schema as { format?: string; pattern?: string };
  const days = { min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true };
  // A pattern alone would make days such as the 99th.
  if (format === 'date-time') return fc.date(days).map((day) => `${day.toISOString().slice(0, 19)}Z`);
  if (format === 'date') return fc.date(days).map((day) => day.toISOString().slice(0, 10));
  return pattern === undefined ? fc.string({ minLength }) : fc.stringMatching(new RegExp(pattern));
}
