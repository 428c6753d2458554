export type JsonSchema = Readonly<Record<string, unknown>>;

/** One schema inside of another, with the way to it. */
export interface SchemaNode {
  readonly path: readonly string[];
  readonly schema: JsonSchema;
  /** The property's name, where this is the schema of a property. */
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

/** The schema itself and all schemas inside of it. A property that is named like a keyword is no keyword. */
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

/** The list under a keyword, of which only schemas are kept. */
export function schemasIn(schema: JsonSchema, keyword: string): JsonSchema[] {
  const list = schema[keyword];
  return Array.isArray(list) ? list.filter(isObject) : [];
}
