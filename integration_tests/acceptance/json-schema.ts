import { Ajv, type ValidateFunction } from 'ajv';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A schema inside another, with the path to it. */
export interface SchemaNode {
  readonly path: readonly string[];
  readonly schema: JsonSchema;
  /** The name of the property, if this is the schema of one. */
  readonly property: string | undefined;
}

// Keywords that hold one schema, a list of schemas, or schemas by name.
const single = ['items', 'not', 'if', 'then', 'else', 'additionalProperties', 'contains', 'propertyNames'];
const lists = ['oneOf', 'anyOf', 'allOf', 'items', 'prefixItems'];
const byName = ['properties', 'patternProperties', 'definitions', '$defs', 'dependentSchemas'];

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The schema itself and all schemas inside it. A property named like a keyword is not taken for one. */
export function schemaNodes(schema: JsonSchema): SchemaNode[] {
  const nodes: SchemaNode[] = [];
  const visit = (value: unknown, path: readonly string[], property?: string): void => {
    if (!isObject(value)) return;
    nodes.push({ path, schema: value, property });
    for (const keyword of single) visit(value[keyword], [...path, keyword]);
    for (const keyword of lists) {
      const list = value[keyword];
      if (!Array.isArray(list)) continue;
      for (const [index, item] of list.entries()) visit(item, [...path, keyword, String(index)]);
    }
    for (const keyword of byName) {
      for (const [name, inner] of Object.entries(value[keyword] ?? {})) {
        visit(inner, [...path, keyword, name], keyword === 'properties' ? name : undefined);
      }
    }
  };
  visit(schema, []);
  return nodes;
}

/** How a sentence names a node. */
export function placeOf({ path }: SchemaNode): string {
  return path.length === 0 ? 'The root' : path.filter((part) => part !== 'properties').join('.');
}

/** The `type` of a schema as a list. */
export function typesOf(schema: JsonSchema): unknown[] {
  const { type } = schema as { type?: unknown };
  if (type === undefined) return [];
  return Array.isArray(type) ? type : [type];
}

/** The properties of a schema, empty if it has none. */
export function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  const { properties } = schema as { properties?: unknown };
  return isObject(properties) ? (properties as Readonly<Record<string, JsonSchema>>) : {};
}

/** The schemas in the list under a keyword. */
export function schemasIn(schema: JsonSchema, keyword: string): JsonSchema[] {
  const list = schema[keyword];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** Where one of the keywords is used, as sentences. */
export function usesOf(schema: JsonSchema, keywords: readonly string[]): string[] {
  return schemaNodes(schema).flatMap((node) =>
    keywords.filter((keyword) => keyword in node.schema).map((keyword) => `${placeOf(node)} uses ${keyword}.`),
  );
}

// RFC 3339 with a T, seconds and an offset, because destinations take nothing else.
const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const date = /^\d{4}-\d{2}-\d{2}$/;

/** Draft-07 with the two formats of the protocol; Airbyte's own keywords are ignored. */
function newAjv(): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addFormat('date-time', (text) => dateTime.test(text) && !Number.isNaN(Date.parse(text)));
  ajv.addFormat('date', (text) => date.test(text) && !Number.isNaN(Date.parse(text)));
  return ajv;
}

/** Why this is not a draft-07 schema; empty if it is one. */
export function schemaProblems(schema: JsonSchema): string[] {
  const ajv = newAjv();
  try {
    ajv.compile(schema);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Compiles a schema into a function that lists what is wrong with a value. */
export function validatorOf(schema: JsonSchema): (value: unknown) => string[] {
  const ajv = newAjv();
  const validate: ValidateFunction = ajv.compile(schema);
  return (value) => {
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath === '' ? 'it' : instancePath} ${message ?? 'is wrong'}`,
    );
  };
}
