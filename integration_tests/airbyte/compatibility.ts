import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonSchema, propertiesOf, schemasIn, typesOf } from './json-schema.ts';
import type { DiscoveredCatalog, DiscoveredStream } from './messages.ts';

/** Returns a sentence for each change that makes the schema stricter. */
export function narrowings(previous: JsonSchema, current: JsonSchema, path = ''): string[] {
  const place = path === '' ? 'The root' : path;
  const inner = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const found = ownNarrowings(previous, current).map((sentence) => `${place} ${sentence}`);
  for (const [name, property] of Object.entries(propertiesOf(previous))) {
    const same = propertiesOf(current)[name];
    if (same) found.push(...narrowings(property, same, inner(name)));
  }
  const [items, sameItems] = [previous['items'], current['items']];
  if (isObject(items) && isObject(sameItems)) found.push(...narrowings(items, sameItems, inner('items')));
  for (const [index, variant] of schemasIn(previous, 'oneOf').entries()) {
    // Variants may be reordered. A previous variant still exists if a current variant has the same constants.
    const kept = schemasIn(current, 'oneOf').find((other) =>
      isDeepStrictEqual(constantsOf(other), constantsOf(variant)),
    );
    if (kept) found.push(...narrowings(variant, kept, inner(`oneOf.${index}`)));
    else found.push(`${place} has lost its variant ${index}.`);
  }
  return found;
}

/**
 * A schema becomes stricter if a LEAST keyword's value increases, a MOST keyword's value decreases, or a FORMS keyword's value changes.
 * Adding a keyword also makes the schema stricter.
 */
const LEAST = ['minimum', 'minLength', 'minItems'];
const MOST = ['maximum', 'maxLength', 'maxItems'];
const FORMS = ['pattern', 'format'];

function ownNarrowings(previous: JsonSchema, current: JsonSchema): string[] {
  const [before, types] = [typesOf(previous), typesOf(current)];
  const isKept = (type: unknown): boolean => types.includes(type) || (type === 'integer' && types.includes('number'));
  const lost =
    types.length === 0 || before.every(isKept) ? [] : [`accepts ${types.join()} instead of ${before.join()}.`];
  if (types.length > 0 && before.length === 0) lost.push(`accepted any type and now accepts only ${types.join()}.`);
  const tighter = [...LEAST, ...MOST, ...FORMS].filter((name) => {
    const [old, now] = [previous[name], current[name]];
    if (now === undefined || isDeepStrictEqual(old, now)) return false;
    if (old === undefined || FORMS.includes(name)) return true;
    return LEAST.includes(name) ? Number(now) > Number(old) : Number(now) < Number(old);
  });
  const values = listOf(current['enum']);
  const isLimited = Array.isArray(current['enum']) && !Array.isArray(previous['enum']);
  const gone = isLimited ? ['any value'] : listOf(previous['enum']).filter((value) => !values.includes(value));
  const needed = listOf(current['required']).filter((name) => !listOf(previous['required']).includes(name));
  return [
    ...lost,
    ...tighter.map((name) => `has a tighter ${name}.`),
    ...(Array.isArray(current['enum']) ? gone.map((value) => `no longer accepts ${JSON.stringify(value)}.`) : []),
    ...needed.map((name) => `now requires ${String(name)}.`),
  ];
}

function constantsOf(variant: JsonSchema): unknown[] {
  return Object.values(propertiesOf(variant)).flatMap((property) => ('const' in property ? [property['const']] : []));
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Returns a sentence for every change in the catalog that would break connections created with the previous release.
 */
export function catalogBreaks(previous: DiscoveredCatalog, current: DiscoveredCatalog): string[] {
  return previous.streams.flatMap((stream) => {
    const same = current.streams.find(({ name }) => name === stream.name);
    return same ? streamBreaks(stream, same) : [`The stream ${stream.name} was removed.`];
  });
}

function streamBreaks(previous: DiscoveredStream, current: DiscoveredStream): string[] {
  const { name } = current;
  const breaks = narrowings(previous.json_schema, current.json_schema).map((sentence) => `${name}: ${sentence}`);
  const fields = propertiesOf(current.json_schema);
  for (const [field, before] of Object.entries(propertiesOf(previous.json_schema))) {
    const now = fields[field];
    if (!now) breaks.push(`${name}: the field ${field} was removed.`);
    // A config option may be widened from integers to all numbers, but an existing integer column can't store fractions.
    else if (typesOf(before).includes('integer') && !typesOf(now).includes('integer')) {
      breaks.push(`${name}: the field ${field} is no longer an integer.`);
    } else if (before['format'] !== undefined && now['format'] === undefined) {
      breaks.push(`${name}: the field ${field} has lost its format.`);
    }
  }
  for (const property of ['default_cursor_field', 'source_defined_primary_key'] as const) {
    if (!isDeepStrictEqual(previous[property], current[property])) breaks.push(`${name}: ${property} has changed.`);
  }
  for (const mode of previous.supported_sync_modes.filter((before) => !current.supported_sync_modes.includes(before))) {
    breaks.push(`${name}: the sync mode ${mode} was removed.`);
  }
  return breaks;
}
