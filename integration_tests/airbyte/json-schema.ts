import { Ajv, type ValidateFunction } from 'ajv';

export type JsonSchema = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function typesOf(schema: JsonSchema): unknown[] {
  const { type } = schema as { type?: unknown };
  if (type === undefined) return [];
  return Array.isArray(type) ? type : [type];
}

export function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  const { properties } = schema as { properties?: unknown };
  return isObject(properties) ? (properties as Readonly<Record<string, JsonSchema>>) : {};
}

export function schemasIn(schema: JsonSchema, keyword: string): JsonSchema[] {
  const list = schema[keyword];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

// RFC 3339 with T, seconds and an offset, because destinations accept no other form.
const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const date = /^\d{4}-\d{2}-\d{2}$/;

/** A JSON Schema draft 7 validator with the protocol's two formats. The validator ignores Airbyte's own keywords. */
function newAjv(): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addFormat('date-time', (text) => dateTime.test(text) && !Number.isNaN(Date.parse(text)));
  ajv.addFormat('date', (text) => date.test(text) && !Number.isNaN(Date.parse(text)));
  return ajv;
}

/** Compiles a schema into a function that lists a value's problems. */
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

/** Sets the value at a path such as `streams.0.name`, or deletes it if `value` is undefined. */
export function putValue(root: object, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let inner = root as Record<string, unknown>;
  for (const name of names) inner = inner[name] as Record<string, unknown>;
  if (value === undefined) delete inner[last];
  else inner[last] = value;
}
