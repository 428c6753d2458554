import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonSchema, propertiesOf, schemasIn, typesOf, validatorOf } from './json-schema.ts';
import type { DiscoveredCatalog, DiscoveredStream } from './messages.ts';

/** What the previous schema accepted and the current one does not, as sentences. */
export function narrowings(previous: JsonSchema, current: JsonSchema, path = ''): string[] {
  const place = path === '' ? 'The root' : path;
  const found = [
    ...typeNarrowings(previous, current, place),
    ...enumNarrowings(previous, current, place),
    ...requiredNarrowings(previous, current, place),
  ];
  const inner = (name: string): string => (path === '' ? name : `${path}.${name}`);
  for (const [name, property] of Object.entries(propertiesOf(previous))) {
    const same = propertiesOf(current)[name];
    if (same) found.push(...narrowings(property, same, inner(name)));
  }
  const [items, sameItems] = [previous['items'], current['items']];
  if (isObject(items) && isObject(sameItems)) found.push(...narrowings(items, sameItems, inner('items')));
  const variants = schemasIn(current, 'oneOf');
  for (const [index, variant] of schemasIn(previous, 'oneOf').entries()) {
    // A variant may move, so it counts as kept if any of the current ones has its constants.
    if (!variants.some((other) => isDeepStrictEqual(constantsOf(other), constantsOf(variant)))) {
      found.push(`${place} has lost its variant ${index}.`);
    }
    const kept = variants.find((other) => isDeepStrictEqual(constantsOf(other), constantsOf(variant)));
    if (kept) found.push(...narrowings(variant, kept, inner(`oneOf.${index}`)));
  }
  return found;
}

function typeNarrowings(previous: JsonSchema, current: JsonSchema, place: string): string[] {
  const types = typesOf(current);
  if (types.length === 0) return [];
  const before = typesOf(previous);
  if (before.length === 0) return [`${place} accepted any type and now accepts only ${types.join(', ')}.`];
  return before
    .filter((type) => !types.includes(type) && !(type === 'integer' && types.includes('number')))
    .map((type) => `${place} no longer accepts ${String(type)}.`);
}

function enumNarrowings(previous: JsonSchema, current: JsonSchema, place: string): string[] {
  const [before, values] = [previous['enum'], current['enum']];
  if (!Array.isArray(values)) return [];
  if (!Array.isArray(before)) return [`${place} is now limited by an enum.`];
  return before
    .filter((value) => !values.includes(value))
    .map((value) => `${place} no longer accepts the value ${JSON.stringify(value)}.`);
}

function requiredNarrowings(previous: JsonSchema, current: JsonSchema, place: string): string[] {
  const before = listOf(previous['required']);
  return listOf(current['required'])
    .filter((name) => !before.includes(name))
    .map((name) => `${place} now requires ${String(name)}.`);
}

function constantsOf(variant: JsonSchema): unknown[] {
  return Object.values(propertiesOf(variant)).flatMap((property) => ('const' in property ? [property['const']] : []));
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What breaks a user's connection when this catalog replaces that of the previous release. */
export function catalogBreaks(previous: DiscoveredCatalog, current: DiscoveredCatalog): string[] {
  return previous.streams.flatMap((stream) => {
    const same = current.streams.find(({ name }) => name === stream.name);
    return same ? streamBreaks(stream, same) : [`The stream ${stream.name} is gone.`];
  });
}

function streamBreaks(previous: DiscoveredStream, current: DiscoveredStream): string[] {
  const { name } = current;
  const breaks = narrowings(previous.json_schema, current.json_schema).map((sentence) => `${name}: ${sentence}`);
  const fields = propertiesOf(current.json_schema);
  for (const [field, before] of Object.entries(propertiesOf(previous.json_schema))) {
    const now = fields[field];
    if (!now) breaks.push(`${name}: the field ${field} is gone.`);
    // A column for integers cannot hold other numbers, although a config could.
    else if (typesOf(before).includes('integer') && !typesOf(now).includes('integer')) {
      breaks.push(`${name}: the field ${field} is no longer an integer.`);
    } else if (!isDeepStrictEqual(before['format'], now['format'])) {
      breaks.push(`${name}: the field ${field} has a different format.`);
    }
  }
  if (!isDeepStrictEqual(previous.default_cursor_field, current.default_cursor_field)) {
    breaks.push(`${name}: the cursor is a different field.`);
  }
  if (!isDeepStrictEqual(previous.source_defined_primary_key, current.source_defined_primary_key)) {
    breaks.push(`${name}: the primary key is a different one.`);
  }
  for (const mode of previous.supported_sync_modes.filter((before) => !current.supported_sync_modes.includes(before))) {
    breaks.push(`${name}: the sync mode ${mode} is gone.`);
  }
  return breaks;
}

/** Why configs of the previous release fail: found by comparing the schemas, and by trying a hundred configs. */
export function brokenConfigs(previous: JsonSchema, current: JsonSchema): string[] {
  const validate = validatorOf(current);
  const refused = configsOf(previous, sampledConfigs).flatMap((config) =>
    validate(config).map((problem) => `The old config ${JSON.stringify(config)} is refused: ${problem}.`),
  );
  return [...narrowings(previous, current), ...refused.slice(0, 1)];
}

const sampledConfigs = 100;
const seed = 20230301;

/** Generated configs that are valid against the schema, the same ones every time. */
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
  // The pattern alone would allow the 99th day of a month.
  if (format === 'date-time') return fc.date(days).map((day) => `${day.toISOString().slice(0, 19)}Z`);
  if (format === 'date') return fc.date(days).map((day) => day.toISOString().slice(0, 10));
  return pattern === undefined ? fc.string({ minLength }) : fc.stringMatching(new RegExp(pattern));
}
