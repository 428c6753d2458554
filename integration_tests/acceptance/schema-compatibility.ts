import { isDeepStrictEqual } from 'node:util';
import { isObject, propertiesOf, schemasIn, typesOf, type JsonSchema } from './schema-nodes.ts';

/** What was valid under the previous schema and is not under the current one, as sentences. */
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
    // A variant may move, so it counts as kept when any of the present ones takes what it took.
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
  if (before.length === 0) return [`${place} took any type and now only ${types.join(', ')}.`];
  return before
    .filter((type) => !types.includes(type) && !(type === 'integer' && types.includes('number')))
    .map((type) => `${place} does not take ${String(type)} any more.`);
}

function enumNarrowings(previous: JsonSchema, current: JsonSchema, place: string): string[] {
  const [before, values] = [previous['enum'], current['enum']];
  if (!Array.isArray(values)) return [];
  if (!Array.isArray(before)) return [`${place} is limited by an enum.`];
  return before
    .filter((value) => !values.includes(value))
    .map((value) => `${place} does not take the value ${JSON.stringify(value)} any more.`);
}

function requiredNarrowings(previous: JsonSchema, current: JsonSchema, place: string): string[] {
  const before = listOf(previous['required']);
  return listOf(current['required'])
    .filter((name) => !before.includes(name))
    .map((name) => `${place} requires ${String(name)}, which was not needed before.`);
}

function constantsOf(variant: JsonSchema): unknown[] {
  return Object.values(propertiesOf(variant)).flatMap((property) => ('const' in property ? [property['const']] : []));
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
