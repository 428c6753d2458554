import { isDeepStrictEqual } from 'node:util';
import type { DiscoveredCatalog, DiscoveredStream } from './catalog-schema.ts';
import { propertiesOf, typesOf } from './schema-nodes.ts';
import { narrowings } from './schema-compatibility.ts';

/** What breaks a user's connection when this catalog takes the place of the previous release's. */
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
    // A column cannot hold numbers where it held integers, though a config could.
    else if (typesOf(before).includes('integer') && !typesOf(now).includes('integer')) {
      breaks.push(`${name}: the field ${field} is no integer any more.`);
    } else if (!isDeepStrictEqual(before['format'], now['format'])) {
      breaks.push(`${name}: the field ${field} has another format.`);
    }
  }
  if (!isDeepStrictEqual(previous.default_cursor_field, current.default_cursor_field)) {
    breaks.push(`${name}: the cursor is another field.`);
  }
  if (!isDeepStrictEqual(previous.source_defined_primary_key, current.source_defined_primary_key)) {
    breaks.push(`${name}: the primary key is another one.`);
  }
  for (const mode of previous.supported_sync_modes.filter((before) => !current.supported_sync_modes.includes(before))) {
    breaks.push(`${name}: the sync mode ${mode} is gone.`);
  }
  return breaks;
}
